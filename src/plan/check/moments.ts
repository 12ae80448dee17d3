/**
 * Moments that stand for all others: whenever some hours open or close or a rota hands over, the plan may decide differently;
 * of the moments at which it stands alike, one is kept.
 */
import type { CompiledPlan } from '../compiled.ts'

const DAY_MS = 86_400_000
const MOST = 64
/** Monday 5 January 2026: any ordinary weeks do; rotas begin their own. */
const REFERENCE_MS = Date.UTC(2026, 0, 5)

export function momentsOf(plan: CompiledPlan): readonly number[] {
  let startMs = REFERENCE_MS
  let weeks = 2
  for (const [id, rota] of plan.rotas) {
    startMs = Math.max(startMs, Date.parse(plan.source.rotas[id]?.from ?? '2026-01-05') + 7 * DAY_MS)
    weeks = Math.max(weeks, rota.turns.length + 1)
  }
  const endMs = startMs + Math.min(weeks, 12) * 7 * DAY_MS
  const instants = new Set<number>([startMs])
  for (const [id, hours] of plan.hours) {
    for (let at = startMs, n = 0; at < endMs && n < 500; n++) {
      at = hours.at(at).untilMs
      instants.add(at)
    }
    for (const day of Object.keys(plan.source.hours[id]!.except ?? {})) {
      const noon = Date.parse(day.length === 5 ? `2026-${day}` : day) + DAY_MS / 2
      for (const at of [noon - DAY_MS / 3, noon, noon + DAY_MS / 4]) if (!Number.isNaN(at)) instants.add(at)
    }
  }
  for (const rota of plan.rotas.values())
    for (let at = startMs, n = 0; at < endMs && n < 100; n++) {
      instants.add(at)
      at = rota.at(at)?.untilMs ?? endMs
    }
  const kept = new Map<string, number>()
  for (const at of [...instants].sort((a, b) => a - b)) {
    const stands =
      [...plan.hours.values()].map(h => (h.at(at).open ? '1' : '0')).join('') +
      [...plan.rotas.values()].map(r => r.at(at)?.who ?? '-').join()
    if (!kept.has(stands) && kept.size < MOST) kept.set(stands, at)
  }
  return [...kept.values()]
}
