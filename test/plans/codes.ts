/** The worked example with codes for what people set by hand. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { loadPlan } from '../../src/plan/load.ts'

const LINES = `services:
  night-switch:  { name: Night switch, number: "*21", does: override, hours: office, who: [operator] }
  open-longer:   { number: "*22", does: override, hours: office, who: [department reception], set: open, for: 8h }
  stay-open:     { number: "*23", does: override, hours: office, who: [aida], set: open }
  by-calendar:   { number: "*24", does: override, hours: office, who: [on-call], set: calendar }
  forward-all:   { number: "*72", does: forward }
  forward-busy:  { number: "*90", does: forward, when: busy }
  forward-late:  { number: "*92", does: forward, when: no-answer }
  forward-away:  { number: "*94", does: forward, when: unreachable }
  forward-end:   { number: "*73", does: forward, set: off }
  quiet:         { number: "*78", does: do-not-disturb, set: on, for: 8h }
  loud:          { number: "*79", does: do-not-disturb, set: off }
  quiet-or-loud: { number: "*76", does: do-not-disturb }
`

export const CODES = readFileSync(new URL('../../examples/clinic/plan.yaml', import.meta.url), 'utf8').replace('services:\n', LINES)

/** `change`: what is different in its text. */
export function withCodes(revision = 1, change: (text: string) => string = text => text): CompiledPlan {
  const { plan, problems } = loadPlan([{ name: 'clinic.yaml', text: change(CODES) }], revision)
  assert.ok(plan, JSON.stringify(problems))
  return plan
}
