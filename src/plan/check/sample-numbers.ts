/** One outside number of each class of calls, as seen from a place: what a right or a rule says of one it says of all of its class. */
import type { CompiledPlan } from '../compiled.ts'
import { type DiallingHabit, outsideNumber } from '../normalise.ts'
import type { CallClass } from '../schema/call-classes.ts'

const WORLD: readonly string[] = [
  '+77012345678',
  '+77172223344',
  '+77272223344',
  '+78091234567',
  '+79161234567',
  '+74952345678',
  '+442079460018',
  '+447400123456',
  '+449098790879',
  '+12125550123',
  '+19002345678',
  '+4930123456',
  '+4915123456789',
  '+499001234567',
  '+48221234567',
  '+48601234567',
  '+48701234567',
]

export function sampleNumbers(plan: CompiledPlan, habit: DiallingHabit): ReadonlyMap<CallClass, string> {
  const out = new Map<CallClass, string>()
  for (const number of [...nearby(plan), ...WORLD]) {
    const read = outsideNumber(number, habit)
    if (read === null || plan.lines.has(read.e164) || out.has(read.class)) continue
    out.set(read.class, read.e164)
  }
  return out
}

/** Numbers beside our own lines: local ones. */
function nearby(plan: CompiledPlan): string[] {
  const out: string[] = []
  for (const number of plan.lines.keys()) {
    if (out.length >= 4) break
    const other = number.slice(0, -4) + String((Number(number.slice(-4)) + 4_321) % 10_000).padStart(4, '0')
    if (!plan.lines.has(other)) out.push(other)
  }
  return out
}
