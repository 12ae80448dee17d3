/** A check for a terminal, to be read at two in the morning: what is wrong with its lines of the file, the call that shows it, what to do; then what was proven. */
import { type CheckReport, tellWitness } from '../check.ts'
import type { CompiledPlan } from '../compiled.ts'
import { type PlanProblem, type PlanText, renderOne } from '../problem.ts'
import type { Finding } from './finding.ts'

export interface RenderOptions {
  readonly colour?: boolean
  /** Tell each call that shows a finding, step by step; otherwise only those of errors. */
  readonly witnesses?: boolean
}

export function renderCheck(
  problems: readonly PlanProblem[],
  files: readonly PlanText[],
  plan: CompiledPlan | null,
  report: CheckReport | null,
  options: RenderOptions = {},
): string {
  const lines = new Map(files.map(f => [f.name, f.text.split(/\r?\n/)]))
  const out: string[] = []
  for (const problem of problems) {
    const finding = problem as Finding
    const parts = [renderOne(problem, lines.get(problem.place.file), options.colour === true)]
    if (finding.more !== undefined)
      parts.push(`  The same of ${finding.more} more ${finding.more === 1 ? 'line or number' : 'lines and numbers'}.`)
    if (finding.witness !== undefined && plan !== null && (options.witnesses === true || finding.severity === 'error'))
      parts.push('  A call that shows it:', ...tellWitness(plan, finding.witness).map(line => `    ${line}`))
    out.push(parts.join('\n'))
  }
  const errors = problems.filter(p => p.severity === 'error').length
  const warnings = problems.length - errors
  const hidden = problems.some(p => (p as Finding).witness !== undefined && p.severity !== 'error') && options.witnesses !== true
  if (problems.length > 0)
    out.push(
      `${count(errors, 'error')}, ${count(warnings, 'warning')}${hidden ? '; --witness tells the calls that show the warnings' : ''}`,
    )
  if (plan !== null && report !== null) out.push(renderProof(plan, report, errors))
  return out.join('\n\n')
}

/** What was proven, in a few lines. */
function renderProof(plan: CompiledPlan, report: CheckReport, errors: number): string {
  const day = (ms: number): string =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(plan.office.timezone).toPlainDate().toString()
  const out = [
    `${plan.office.name}: ${plan.dial.size} numbers, ${plan.lines.size} lines, ${plan.accounts.size} telephones, ${plan.trunks.size} trunks.`,
    `${grouped(report.situations)} situations proven, from ${day(report.fromMs)} to ${day(report.untilMs)}.`,
    `Every call is answered, recorded or over within ${inWords(report.endsWithinMs)} of ringing and waiting${report.longest === '' ? '' : ` (the longest: calls to ${report.longest})`}.`,
  ]
  if (report.withReturnsMs !== null)
    out.push(`A caller who goes back in menus as often as they may: within ${inWords(report.withReturnsMs)}.`)
  out.push(errors > 0 ? 'The plan cannot be applied.' : 'The plan may be applied.')
  return out.join('\n')
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** '12,803,238' */
export function grouped(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** '87 s', '3 min 20 s' */
export function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
