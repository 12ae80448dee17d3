/** SCH-02: hours of the year ahead at which nobody has the turn, or one person two of them, told ahead of time. */
import { zoned } from '../hours.ts'
import { coverage } from '../rota.ts'
import type { OfficeCheck } from './office.ts'

export function rotaFindings({ plan, year, findings }: OfficeCheck): void {
  const { timezone } = plan.office
  for (const [id, rota] of plan.rotas) {
    const { gaps, overlaps } = coverage(rota, year.fromMs, year.untilMs)
    const [gap] = gaps
    if (gap !== undefined)
      findings.add(
        'rota-gap',
        'warning',
        rota.place.path,
        `Nobody has the turn in the rota ${id} from ${when(gap.fromMs, timezone)} to ${when(gap.untilMs, timezone)}${more(gaps.length)}.`,
        'Let the rota begin earlier, or name somebody for that time.',
      )
    const twice = overlaps.filter(o => new Set(o.lines.map(l => l.who)).size < o.lines.length)
    const [first] = twice
    if (first !== undefined)
      findings.add(
        'rota-overlap',
        'warning',
        rota.place.path,
        `In the rota ${id} ${first.lines[0]!.who} stands in two lines at once from ${when(first.fromMs, timezone)} to ${when(first.untilMs, timezone)}${more(twice.length)}: when they do not answer, nobody else is asked.`,
        'Let the layers change at different turns, or swap one of them.',
      )
  }
}

function more(count: number): string {
  return count > 1 ? `, and ${count - 1} more times within a year` : ''
}

function when(ms: number, timezone: string): string {
  return zoned(ms, timezone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
}
