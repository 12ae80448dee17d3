/** IN-08, NUM-02: somebody answers for every number, every missed call and every message; ranges do not fill up unseen (NUM-03). */
import { forecast } from '../numbering/forecast.ts'
import { rangeUse } from '../numbering/range-use.ts'
import type { OfficeCheck } from './office.ts'

const SOON_MS = 365 * 86_400_000

export function ownerFindings({ plan, findings, touched, year }: OfficeCheck): void {
  const { source } = plan
  for (const [key, range] of Object.entries(source.numbering.ranges))
    if (range.owner === undefined && source.office.owner === undefined)
      findings.add(
        'unowned-number',
        'warning',
        `numbering.ranges.${key}`,
        `Nobody answers for the numbers ${key}: neither the range nor the office has an owner.`,
        "Write 'owner: …' at the range, or once under 'office:'.",
      )
  for (const line of plan.lines.values()) {
    const role = plan.nodes.get(`role:${line.owner}`)
    const person = source.people[line.owner]
    if (person !== undefined || role?.kind !== 'role') continue
    const nobody = role.rota === null ? role.holders.length === 0 : rotaIsEmpty(role.rota, year)
    if (nobody)
      findings.add(
        'unowned-number',
        'error',
        `lines.${line.number}.owner`,
        `Nobody owns the missed calls of ${line.number}: the role ${line.owner} is held by nobody.`,
        'Name a person, or somebody for the role.',
      )
  }
  for (const trunk of plan.trunks.values())
    if (trunk.otherwise !== null && source.office.owner === undefined)
      findings.add(
        'unowned-number',
        'warning',
        `trunks.${trunk.id}.otherwise`,
        `Nobody owns missed calls to unknown numbers by ${trunk.id}.`,
        "Write 'owner: …' under 'office:'.",
      )
  for (const node of plan.nodes.values())
    if (node.kind === 'voicemail' && node.tell.length === 0 && touched.has(node.key) && !isSomebodys(node.id, source.people))
      findings.add(
        'unheard-box',
        'warning',
        node.place.path,
        `Callers can leave messages in the box ${node.id}, but nobody is told of them.`,
        "Write 'tell: [person]', or an e-mail address.",
      )
  for (const use of rangeUse(plan).ranges) {
    const will = forecast(plan, use, year.fromMs)
    if (will === null || will.fullAtMs > year.fromMs + SOON_MS) continue
    const day = Temporal.Instant.fromEpochMilliseconds(will.fullAtMs).toZonedDateTimeISO(plan.office.timezone).toPlainDate()
    findings.add(
      'range-fills',
      'warning',
      `numbering.ranges.${use.range.key}`,
      `The range ${use.range.key} will be full on ${day.toString()}: ${use.free} numbers are free.`,
      'Set another range aside, or widen this one.',
    )
  }
}

function rotaIsEmpty(rota: string, year: OfficeCheck['year']): boolean {
  return year.classes([`rota:${rota}`]).every(m => m.states.get(`rota:${rota}`) === '')
}

function isSomebodys(box: string, people: OfficeCheck['plan']['source']['people']): boolean {
  return Object.values(people).some(p => p.voicemail === box)
}
