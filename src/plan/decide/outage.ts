/** Outage treatments that are in force now: RES-02, RES-03, OUT-06. Whether one is, `Facts.treatment` says. */
import type { LineNode, NodeKey, Treatment, TreatmentEffect } from '../compiled.ts'
import type { CallClass } from '../schema/call-classes.ts'
import type { Walk } from './journey.ts'

type Does<D extends TreatmentEffect['does']> = Treatment & { readonly effect: Extract<TreatmentEffect, { does: D }> }

/** The first treatment in force with this effect that `applies`. */
function inForce<D extends TreatmentEffect['does']>(walk: Walk, does: D, applies: (treatment: Does<D>) => boolean): Does<D> | null {
  const { facts, plan } = walk
  if (facts.treatment === undefined) return null
  for (const treatment of plan.outages)
    if (treatment.effect.does === does && applies(treatment as Does<D>) && facts.treatment(treatment.index)) return treatment as Does<D>
  return null
}

/** Where a line's calls go because of an outage; null: as on other days. */
export function lineInOutage(walk: Walk, line: LineNode): NodeKey | null {
  const { plan } = walk
  const treatment = inForce(
    walk,
    'lines-to',
    ({ effect }) =>
      (effect.lines === 'all' || effect.lines.has(line.number)) && (effect.to !== 'their-mobiles' || plan.mobilesOfLines.has(line.number)),
  )
  if (treatment === null) return null
  const to = treatment.effect.to === 'their-mobiles' ? plan.mobilesOfLines.get(line.number)! : treatment.effect.to
  walk.because('outage-line', { condition: treatment.text, line: line.name, target: walk.nameOf(to) }, treatment.place)
  return to
}

/** Trunks in the order in which they are to be tried: those that carry all in an outage first. */
export function trunksInOutage(walk: Walk, trunks: readonly string[]): readonly string[] {
  const treatment = inForce(walk, 'carry-all', () => true)
  if (treatment === null) return trunks
  walk.because('outage-carry', { condition: treatment.text, trunks: treatment.effect.trunks.join(', ') }, treatment.place)
  return [...new Set([...treatment.effect.trunks, ...trunks])]
}

/** What is spoken to somebody whose call may not leave during an outage; null: it may. */
export function refusedInOutage(walk: Walk, cls: CallClass): readonly string[] | null {
  const treatment = inForce(walk, 'refuse-out', ({ effect }) => effect.classes.has(cls))
  if (treatment === null) return null
  walk.because('outage-refused', { condition: treatment.text, class: `@class-${cls}` }, treatment.place)
  return treatment.effect.prompts
}
