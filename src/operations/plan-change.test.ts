import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Actor,
  approversOf,
  type ChangeEvent,
  due,
  foldChange,
  type Governance,
  LATE_MS,
  mayApply,
  mayApprove,
  mayOverride,
  mayRefuse,
  needsApproval,
  type PlanChange,
} from './plan-change.ts'

const person = (name: string): Actor => ({ user: name, person: name, via: 'console' })
const [aida, dana, marat] = [person('aida'), person('dana'), person('marat')]
const office: Governance = { revision: 4, approvers: ['aida', 'dana'], configurers: ['aida', 'dana', 'marat'] }

function checked(errors = 0, author: Actor = marat, base = 4): ChangeEvent[] {
  return [
    { type: 'proposed', by: author, why: 'summer hours', base, rollbackTo: null, source: 'plan.yaml' },
    { type: 'checked', by: author, base, findings: [], errors, warnings: 0, situations: 100, differences: [], summary: [] },
  ]
}

function after(events: readonly ChangeEvent[]): PlanChange {
  let change: PlanChange | null = null
  events.forEach((event, i) => {
    change = foldChange(change, { change: 7, at: 1000 + i, event })
  })
  return change!
}

const approved = (by: Actor): ChangeEvent => ({ type: 'approved', by, note: '' })

test('OPS-03 proposed, checked, approved by somebody else, applied, looked at: the state says which', () => {
  const steps: readonly [ChangeEvent, PlanChange['state']][] = [
    [checked()[0]!, 'proposed'],
    [checked()[1]!, 'checked'],
    [approved(dana), 'approved'],
    [{ type: 'scheduled', by: marat, at: 5000 }, 'scheduled'],
    [{ type: 'applying', by: marat, revision: 5 }, 'applying'],
    [{ type: 'applied', by: marat, revision: 5, callsOnOlder: 2, changes: [] }, 'applied'],
    [{ type: 'post-checked', checks: [{ name: 'revision', ok: true, detail: '' }] }, 'post-checked'],
    [{ type: 'rolled-back', by: aida, why: 'complaints', change: 8, revision: 6 }, 'rolled-back'],
  ]
  steps.forEach(([, state], i) => {
    assert.equal(after(steps.slice(0, i + 1).map(s => s[0])).state, state)
  })
})

test('OPS-03 without an approval nothing is applied, and the author is never the one who approves', () => {
  const change = after(checked())
  assert.equal(mayApply(change, office)?.code, 'not-approved')
  assert.equal(mayApprove(change, marat, office)?.code, 'own-change')
  assert.equal(mayApprove(change, dana, office), null)
  assert.equal(mayApply(after([...checked(), approved(dana)]), office), null)
  const own = after(checked(0, aida))
  assert.equal(mayApprove(own, aida, office)?.code, 'own-change')
  assert.deepEqual(approversOf(own, office), ['dana'])
  assert.equal(mayApply(after([...checked(0, aida), approved(aida)]), office)?.code, 'not-approved', 'whatever the record holds')
})

test('OPS-03 somebody whom the plan does not name cannot approve, even if they may configure', () => {
  assert.equal(mayApprove(after(checked(0, aida)), marat, office)?.code, 'not-an-approver')
  assert.equal(mayApprove(after(checked()), { user: 'guest', person: null, via: 'console' }, office)?.code, 'not-an-approver')
})

test('OPS-03 the same person under another user name is still the author', () => {
  assert.equal(mayApprove(after(checked(0, aida)), { user: 'admin', person: 'aida', via: 'machine' }, office)?.code, 'own-change')
})

test('OPS-03 a plan that names no approvers: another who may configure approves; an office of one waits for nobody', () => {
  const two: Governance = { ...office, approvers: [], configurers: ['aida', 'marat'] }
  assert.equal(mayApply(after(checked()), two)?.code, 'not-approved')
  assert.equal(mayApprove(after(checked()), aida, two), null)
  const one: Governance = { ...office, approvers: [], configurers: ['marat'] }
  assert.equal(needsApproval(after(checked()), one), false)
  assert.equal(mayApply(after(checked()), one), null)
  const only: Governance = { ...office, approvers: ['marat'], configurers: ['marat'] }
  assert.match(mayApply(after(checked()), only)!.message, /somebody else must propose/)
})

test('OPS-03 of two proposals on one revision the second is out of date and must be checked again; its approval is void', () => {
  const stale = after([...checked(), approved(dana)])
  const later = { ...office, revision: 5 }
  assert.equal(mayApply(stale, later)?.code, 'out-of-date')
  assert.equal(mayApprove(after(checked()), dana, later)?.code, 'out-of-date')
  const again = after([...checked(), approved(dana), checked(0, marat, 5)[1]!])
  assert.equal(mayApply(again, later)?.code, 'not-approved')
})

test('OPS-03 errors of the check are overridden only by a named person other than the author', () => {
  const change = after([...checked(2), approved(dana)])
  assert.equal(mayApply(change, office)?.code, 'errors-found')
  assert.equal(mayOverride(change, marat)?.code, 'own-change')
  assert.equal(mayOverride(change, { user: 'admin', person: null, via: 'console' })?.code, 'not-allowed')
  assert.equal(mayOverride(change, dana), null)
  assert.equal(mayOverride(after(checked()), dana)?.code, 'no-errors')
  assert.equal(mayApply(after([...checked(2), approved(dana), { type: 'overridden', by: dana, why: 'moving today' }]), office), null)
})

test('OPS-03 going back to what was approved before waits for nobody', () => {
  const [proposed, check] = checked()
  const back = after([{ ...proposed, rollbackTo: 3 } as ChangeEvent, check!])
  assert.equal(mayApply(back, office), null)
})

test('OPS-03 what is over stays over', () => {
  const refused = after([...checked(), { type: 'refused', by: dana, why: 'not now' }])
  assert.equal(mayApprove(refused, dana, office)?.code, 'wrong-state')
  assert.equal(mayApply(refused, office)?.code, 'wrong-state')
  assert.equal(mayRefuse(refused, dana, office)?.code, 'wrong-state')
  assert.equal(mayRefuse(after(checked()), marat, office), null, 'the author may take it back')
})

test('OPS-03 a time that passed while the exchange was off: soon after it is applied, long after somebody is asked', () => {
  const change = after([...checked(), approved(dana), { type: 'scheduled', by: marat, at: 10_000 }])
  assert.equal(due(change, 9_999), 'wait')
  assert.equal(due(change, 10_000 + LATE_MS), 'apply')
  assert.equal(due(change, 10_001 + LATE_MS), 'missed')
})

test('property OPS-03: whatever people do, nothing is in force that its author alone has seen', () => {
  const people = [aida, dana, marat, person('erlan')]
  const act = fc.record({
    do: fc.constantFrom('approve', 'refuse', 'override', 'check', 'apply', 'other'),
    who: fc.constantFrom(...people),
  })
  fc.assert(
    fc.property(fc.constantFrom(...people), fc.nat(2), fc.array(act, { maxLength: 12 }), (author, errors, acts) => {
      let revision = 4
      const events = checked(errors, author)
      for (const { do: what, who } of acts) {
        const change = after(events)
        const now = { ...office, revision }
        if (what === 'approve' && mayApprove(change, who, now) === null) events.push(approved(who))
        if (what === 'refuse' && mayRefuse(change, who, now) === null) events.push({ type: 'refused', by: who, why: 'no' })
        if (what === 'override' && mayOverride(change, who) === null) events.push({ type: 'overridden', by: who, why: 'must' })
        if (what === 'check' && (change.state === 'checked' || change.state === 'approved'))
          events.push(checked(errors, author, revision)[1]!)
        if (what === 'other') revision++
        if (what === 'apply' && mayApply(change, now) === null) {
          assert.equal(change.base, revision)
          assert.ok(change.approvals.some(a => a.by.person !== author.person && office.approvers.includes(a.by.person!)))
          assert.ok(errors === 0 || (change.override !== null && change.override.by.person !== author.person))
          events.push({ type: 'applied', by: who, revision: ++revision, callsOnOlder: 0, changes: [] })
        }
      }
    }),
  )
})
