/** The case table of the decision function, played by telephones: what is decided on paper happens on the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action } from '../../../src/plan/decision.ts'
import { CASES, type CallCase } from '../../plans/cases.ts'
import { sketch } from '../../plans/sketch.ts'
import { CALM } from '../sip/fake-network.ts'
import { type Decided, originOf, paper, play } from './played-case.ts'
import { planNamed, RAIN } from './world.ts'

/** Whoever is nobody here: no decision is taken for them, and they learn nothing. */
function isStranger(c: CallCase): boolean {
  const plan = planNamed(c.plan)
  const origin = originOf(c.from)
  return origin.kind === 'trunk' ? !plan.trunks.has(origin.trunk) : origin.kind === 'device' && !plan.accounts.has(origin.account)
}

for (const c of CASES) {
  if (isStranger(c)) {
    test(`live: ${c.plan}: SEC-02 ${c.title}: nobody knows them`, () => {
      const { world, call, decided } = play(c, [], CALM, 1)
      assert.equal(call.status, 401)
      assert.deepEqual(decided, [])
      world.end()
    })
    continue
  }
  test(`live: ${c.plan}: ${c.title}`, () => {
    const steps = paper(c)
    const { world, caller, call, decided, rung, prompts } = play(c, steps, CALM, 1)
    sameDecisions(decided, steps)
    steps.forEach((s, i) => {
      const who = rung.filter(r => r.decision === i).map(r => r.who)
      const expected = whoRings(s, c)
      // The agents of a queue are rung again and again, in the same order, as long as the call waits.
      const waits = s.action.do === 'ring' && s.action.queue !== undefined && who.length > expected.length
      assert.deepEqual(who, waits ? who.map((_, n) => expected[n % expected.length]) : expected, `rung for decision ${i}`)
    })
    const words = steps.flatMap(s => wordsOf(s.action)).filter((w, i, all) => all.indexOf(w) === i)
    const heard = prompts.filter((w, i, all) => all.indexOf(w) === i)
    assert.deepEqual(heard.slice(0, words.length), words)
    const last = steps.at(-1)!.action
    if (last.do === 'end') assert.equal(call.status, steps.some(s => answers(s.action)) ? 200 : last.status)
    else caller.hangUp(call)
    for (const p of [...world.phones.values(), ...world.providers.values()]) for (const open of p.open) p.hangUp(open)
    world.end()
  })
  test(`live in the rain: ${c.plan}: ${c.title}`, () => {
    const steps = paper(c)
    const { world, decided } = play(c, steps, RAIN, 7)
    sameDecisions(decided, steps)
    for (const p of [...world.phones.values(), ...world.providers.values()]) for (const open of p.open) p.hangUp(open)
    world.end()
  })
}

/** A case may end before the call does. */
function sameDecisions(decided: readonly Action[], steps: readonly Decided[]): void {
  assert.deepEqual(
    decided.slice(0, steps.length).map(sketch),
    steps.map(s => sketch(s.action)),
  )
}

/** Whose bell a decision rings, given what becomes of it. */
function whoRings({ action, outcome }: Decided, c: CallCase): string[] {
  const isDown = (trunk: string): boolean => c.suppose?.includes(`${trunk} down`) === true
  if (action.do === 'dial-out') {
    if (action.attempts.every(a => isDown(a.trunk))) return []
    const tried = outcome?.startsWith('failed 5') ? action.attempts : action.attempts.slice(0, 1)
    return tried.map(a => `${a.trunk}:${a.number} ${a.shows.number}`)
  }
  if (action.do !== 'ring') return []
  const rings = action.targets.flatMap(t => {
    const first = t.outside?.attempts[0]
    return first ? [`${first.trunk}:${first.number} ${first.shows.number}`] : [t.account, ...(t.also ?? [])]
  })
  // Only the last step of a case is looked at before its time is over.
  return action.order === 'one-by-one' && outcome === undefined ? rings.slice(0, 1) : rings
}

function wordsOf(action: Action): string[] {
  switch (action.do) {
    case 'dial-out':
      return [] // the far party would hear it, once it answers
    case 'ring':
      return action.announcement ? [action.announcement.prompts.join(' ')] : []
    case 'voicemail':
      return [[...action.greeting, 'beep'].join(' ')]
    case 'announce':
    case 'menu':
    case 'echo':
    case 'end':
      return action.prompts.length > 0 ? [action.prompts.join(' ')] : []
  }
}

/** The caller is connected for it, so that no refusal can follow. */
function answers(action: Action): boolean {
  return 'announcement' in action
    ? action.announcement !== null
    : (action.do === 'announce' && action.answer) || action.do === 'voicemail' || action.do === 'echo'
}
