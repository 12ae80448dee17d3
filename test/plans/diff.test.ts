import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareBehaviour } from '../../src/plan/compare.ts'
import { compile } from '../../src/plan/compile.ts'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { enter, next } from '../../src/plan/decide.ts'
import type { Action, Facts, Origin, Outcome, Step } from '../../src/plan/decision.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import type { Language } from '../../src/plan/schema/scalars.ts'
import { EDITS, RENAMES } from './edits.ts'

const folder = new URL('./golden/diff/', import.meta.url)
const text = readFileSync(new URL('clinic.yaml', folder), 'utf8')
const FROM = Date.parse('2026-11-23T00:00:00+05:00')

function plan(written: string): CompiledPlan {
  const { plan, problems } = compile(parsePlan([{ name: 'plan.yaml', text: written }]), 1)
  assert.ok(plan, JSON.stringify(problems.find(p => p.severity === 'error')))
  return plan
}
function edited(edit: { readonly from: string; readonly to: string }): string {
  assert.ok(text.includes(edit.from), `the clinic has no '${edit.from}'`)
  return text.replace(edit.from, edit.to)
}

const clinic = plan(text)
const told = (after: CompiledPlan, language: Language = 'en', everything = false): readonly string[] =>
  compareBehaviour(clinic, after, { fromMs: FROM, language, everything }).changes.map(c => c.text)

test('CHK-04 a plan does what it does: no difference from itself', () => {
  assert.deepEqual(compareBehaviour(clinic, plan(text), { fromMs: FROM, everything: true }).changes, [])
})

test('CHK-04 renaming what nobody hears or sees is no change in behaviour', () => {
  for (const [from, to] of RENAMES) {
    const renamed = plan(text.replaceAll(new RegExp(`(?<![\\w-])${from}(?![\\w-])`, 'g'), to))
    assert.deepEqual(told(renamed), [], from)
  }
})

test('CHK-04 what differs is told in sentences: golden', () => {
  for (const language of ['en', 'ru', 'kk'] as const) {
    const file = new URL(`clinic.${language}.txt`, folder)
    const out = (language === 'en' ? EDITS : EDITS.slice(0, 8))
      .map(edit => `# ${edit.name}\n${told(plan(edited(edit)), language).join('\n')}\n`)
      .join('\n')
    if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(file, out)
    assert.equal(out, readFileSync(file, 'utf8'))
  }
})

test('CHK-04 leaving out what cannot have changed leaves nothing out', () => {
  for (const edit of EDITS) {
    const after = plan(edited(edit))
    assert.deepEqual(new Set(told(after)), new Set(told(after, 'en', true)), edit.name)
  }
})

test('CHK-04 every difference of calls has a call that shows it', () => {
  for (const edit of EDITS.slice(0, 10))
    for (const change of compareBehaviour(clinic, plan(edited(edit)), { fromMs: FROM }).changes) {
      assert.ok(change.witness !== null, change.text)
      assert.ok(change.witness.before.length > 0 && change.witness.after.length > 0)
    }
})

// Completeness: whatever any call in any world does otherwise, something is told of it.

interface World {
  readonly seed: number
  readonly atMs: number
}

/** The same coin for both plans, by what is asked. */
function coin(seed: number, what: string): number {
  let h = seed | 0
  for (let i = 0; i < what.length; i++) h = Math.imul(h ^ what.charCodeAt(i), 0x01000193)
  h ^= h >>> 15
  return Math.abs(Math.imul(h, 0x2c1b3c6d)) % 100
}

function facts(world: World, nowMs: number): Facts {
  const { seed } = world
  return {
    nowMs,
    registered: a => coin(seed, `registered ${a}`) < 80,
    activeCalls: a => (coin(seed, `active ${a}`) < 75 ? 0 : 1),
    trunkUp: t => coin(seed, `up ${t}`) < 75,
    trunkCalls: t => [0, 6, 40][coin(seed, `calls ${t}`) % 3]!,
    outgoingUse: () => ({ todayMs: (coin(seed, 'use') % 3) * 2_400_000, atOnce: coin(seed, 'at once') % 3 }),
    treatment: () => false,
    forward: () => null,
    queue: () => ({ waiting: coin(seed, 'waiting') % 2, expectedWaitMs: null, loggedIn: coin(seed, 'logged') < 15 ? new Set() : null }),
    override: () => null,
  }
}

const OUTCOMES: Readonly<Record<Action['do'], readonly Outcome[]>> = {
  ring: [{ was: 'no-answer' }, { was: 'busy' }, { was: 'unreachable' }, { was: 'rejected' }],
  'dial-out': [{ was: 'no-answer' }, { was: 'busy' }, { was: 'failed', status: 503 }],
  announce: [{ was: 'finished' }],
  menu: [
    { was: 'silence' },
    { was: 'keys', keys: '1' },
    { was: 'keys', keys: '2' },
    { was: 'keys', keys: '201' },
    { was: 'keys', keys: '4' },
  ],
  voicemail: [],
  echo: [],
  end: [],
}

/** All that parties of the call notice. */
function played(of: CompiledPlan, world: World, origin: Origin, dialled: string): string {
  const out: string[] = []
  let atMs = world.atMs
  let step: Step = enter(of, facts(world, atMs), origin, dialled)
  for (let n = 0; n < 25; n++) {
    const { action } = step
    out.push(JSON.stringify(action))
    const choices = OUTCOMES[action.do]
    if (choices.length === 0) break
    const outcome = choices[coin(world.seed, `outcome ${n}`) % choices.length]!
    // No time passes but what ringing takes: a call is compared within one moment of the calendar.
    atMs += (action.do === 'ring' || action.do === 'dial-out') && outcome.was === 'no-answer' ? action.forMs : 0
    step = next(of, facts(world, atMs), step.position, outcome)
  }
  return out.join('\n')
}

test('CHK-04 completeness: no call in any world is other than it was without a word of it', () => {
  const numbers = [
    ...clinic.dial.keys(),
    ...clinic.lines.keys(),
    '112',
    '109',
    '89991',
    '223',
    '+77017654321',
    '87272765432',
    '+4930123456',
    '84952765432',
  ]
  const origins: Origin[] = [
    ...[...clinic.accounts.keys()].map((account): Origin => ({ kind: 'device', account })),
    { kind: 'trunk', trunk: 'telecom-a', number: '+77015550101' },
    { kind: 'trunk', trunk: 'telecom-b', number: null },
  ]
  const plans = EDITS.filter(e => !['a box kept longer', 'another owner of a line', 'words of an announcement'].includes(e.name)).map(
    edit => {
      const after = plan(edited(edit))
      return { edit, after, changes: compareBehaviour(clinic, after, { fromMs: FROM }).changes.length }
    },
  )
  let differing = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...plans),
      fc.constantFrom(...origins),
      fc.constantFrom(...numbers),
      fc.integer(),
      fc.integer({ min: 0, max: 364 * 96 }),
      ({ edit, after, changes }, origin, number, seed, quarter) => {
        const world = { seed, atMs: FROM + quarter * 900_000 }
        if (played(clinic, world, origin, number) === played(after, world, origin, number)) return
        differing++
        assert.ok(changes > 0, `${edit.name}: a call of ${JSON.stringify(origin)} to ${number} differs`)
      },
    ),
    { numRuns: 6_000 },
  )
  assert.ok(differing > 50, `${differing} calls differed`)
})

test('CHK-04 completeness by number: a line or extension whose calls differ is among those told', () => {
  // A telephone whose login is its extension has another login: that is told of the telephone, not of each who rings it.
  for (const edit of EDITS.filter(e => e.name !== 'a new extension')) {
    const after = plan(edited(edit))
    const { changes } = compareBehaviour(clinic, after, { fromMs: FROM })
    const subjects = new Set(changes.flatMap(c => c.subjects))
    for (const number of clinic.lines.keys())
      for (let hour = 0; hour < 14 * 24; hour++) {
        const world = { seed: 7 * hour, atMs: FROM + hour * 3_600_000 + 600_000 }
        const well: Facts = { nowMs: world.atMs, registered: () => true, activeCalls: () => 0, trunkUp: () => true, trunkCalls: () => 0 }
        const origin: Origin = { kind: 'trunk', trunk: 'telecom-a', number: '+77015550101' }
        const [was, is] = [enter(clinic, well, origin, number), enter(after, well, origin, number)]
        if (JSON.stringify(was.action) === JSON.stringify(is.action)) continue
        const at = (step: Step): string => (JSON.parse(step.position.at) as { n: string }).n
        assert.ok(
          subjects.has(`line:${number}`) || subjects.has(at(was)),
          `${edit.name}: ${number} at ${new Date(world.atMs).toISOString()}`,
        )
      }
  }
})
