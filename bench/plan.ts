/**
 * What the plan costs: reading, compiling, checking, checking again after a small edit, one decision, the difference of two revisions,
 * the documents; for the clinic and for campuses of growing size, against what was promised.
 *
 *   node bench/plan.ts [--sizes 2500,5000,10000] [--runs 5] [--out FILE] [--smoke]
 *
 * Times are of processors, all threads together (what one core would take), medians of the runs; a decision is timed by the clock.
 * Ratios to the calibration loop of the same run are what can be compared between machines.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { campusPlan } from '../examples/campus/generate.ts'
import { Checker } from '../src/plan/check.ts'
import { compareBehaviour } from '../src/plan/compare.ts'
import { compile } from '../src/plan/compile.ts'
import type { CompiledPlan } from '../src/plan/compiled.ts'
import { documentsOf } from '../src/plan/document/documents.ts'
import { parsePlan } from '../src/plan/parse.ts'
import { type DecisionCost, decisionCost } from './plan/decisions.ts'
import { calibrationNs, timed } from './plan/measure.ts'

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '2500,5000,10000' },
    runs: { type: 'string', default: '5' },
    out: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
})

/** What was promised for the office of 10,000 extensions, 500 queues and 2,000 lines. */
const FLOORS = { decisionUs: 20, checkMs: 1_000, incrementalMs: 100, growth: 1.5 } as const
/** A moment from which checks and differences look ahead. */
const FROM = Date.UTC(2026, 10, 23)

interface Figures {
  readonly name: string
  readonly extensions: number
  readonly parseMs: number
  readonly compileMs: number
  readonly checkMs: number
  readonly situations: number
  readonly findings: number
  readonly incrementalMs: number
  readonly decision: DecisionCost
  readonly diffMs: number
  readonly changes: number
  readonly documentMs: number
}

const runs = options.smoke ? 1 : Math.max(1, Number(options.runs))
const sizes = options.smoke ? [60, 120] : options.sizes.split(',').map(Number)

const before = calibrationNs()
const clinic = readFileSync(new URL('../examples/clinic/plan.yaml', import.meta.url), 'utf8')
const figures: Figures[] = [measure('clinic', clinic, clinic.replace('ring-for: 25s', 'ring-for: 20s'))]
for (const extensions of sizes) {
  const text = campusPlan({ extensions, queues: Math.round(extensions / 20), lines: Math.round(extensions / 5) })
  figures.push(measure(`campus ${extensions.toLocaleString('en')}`, text, smallEdit(text)))
}
const after = calibrationNs()
const report = [...heading(before, after), '', ...table(figures), '', ...verdicts(figures)].join('\n')
console.log(report)
if (options.out !== undefined) {
  mkdirSync(dirname(options.out), { recursive: true })
  writeFileSync(options.out, `${report}\n`)
}

function measure(name: string, text: string, edited: string): Figures {
  const parsed = timed(runs, () => parsePlan([{ name: 'plan.yaml', text }]))
  const compiled = timed(runs, () => compile(parsed.value, 1))
  const plan = compiled.value.plan
  if (plan === null) throw new Error(`${name} does not compile: ${compiled.value.problems[0]?.message}`)
  const other = compile(parsePlan([{ name: 'plan.yaml', text: edited }]), 2).plan
  if (other === null || edited === text) throw new Error(`the edit of ${name} is none`)
  const checked = timed(runs, () => new Checker({ fromMs: FROM }).check(plan))
  const diff = timed(Math.min(runs, 2), () => compareBehaviour(plan, other, { fromMs: FROM }))
  const document = timed(Math.min(runs, 2), () => documentsOf(plan, { nowMs: FROM, language: 'en' }))
  return {
    name,
    extensions: plan.accounts.size,
    parseMs: parsed.ms,
    compileMs: compiled.ms,
    checkMs: checked.ms,
    situations: checked.value.situations,
    findings: checked.value.findings.length,
    incrementalMs: incremental(plan, other),
    decision: decisionCost(plan, options.smoke ? 200 : 20_000),
    diffMs: diff.ms,
    changes: diff.value.changes.length,
    documentMs: document.ms,
  }
}

/** A checker that knows the plan looks at it again after a small edit, and after the edit was taken back. */
function incremental(plan: CompiledPlan, other: CompiledPlan): number {
  const checker = new Checker({ fromMs: FROM })
  checker.check(plan)
  let turn = 0
  return timed(runs * 2, () => checker.check(turn++ % 2 === 0 ? other : plan)).ms
}

/** One queue of the middle of the plan lets callers wait ten seconds longer. */
function smallEdit(text: string): string {
  const wait = 'on-waited: { after: 40s'
  const middle = text.indexOf(wait, text.length / 2)
  const at = middle < 0 ? text.lastIndexOf(wait) : middle
  return `${text.slice(0, at)}on-waited: { after: 50s${text.slice(at + wait.length)}`
}

function heading(first: number, last: number): string[] {
  return [
    `Measured ${new Date().toISOString().slice(0, 16)}Z, Node ${process.version}, ${cpus()[0]?.model ?? 'an unknown processor'}; load of the machine ${loadavg()[0]!.toFixed(1)}.`,
    `Calibration loop: ${first.toFixed(2)} ns before, ${last.toFixed(2)} ns after. Medians of ${runs} runs.`,
  ]
}

function table(rows: readonly Figures[]): string[] {
  const columns: readonly (readonly [string, (f: Figures) => string])[] = [
    ['plan', f => f.name],
    ['telephones', f => f.extensions.toLocaleString('en')],
    ['parse ms', f => f.parseMs.toFixed(0)],
    ['compile ms', f => f.compileMs.toFixed(0)],
    ['check ms', f => f.checkMs.toFixed(0)],
    ['situations', f => f.situations.toLocaleString('en')],
    ['findings', f => String(f.findings)],
    ['check after edit ms', f => f.incrementalMs.toFixed(1)],
    ['decision p50 µs', f => f.decision.p50Us.toFixed(1)],
    ['p99 µs', f => f.decision.p99Us.toFixed(1)],
    ['bytes', f => f.decision.bytes.toFixed(0)],
    ['diff ms', f => f.diffMs.toFixed(0)],
    ['changes', f => String(f.changes)],
    ['documents ms', f => f.documentMs.toFixed(0)],
  ]
  const cells = [columns.map(([head]) => head), ...rows.map(f => columns.map(([, cell]) => cell(f)))]
  const widths = columns.map((_, i) => Math.max(...cells.map(row => row[i]!.length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((c, i) => (i === 0 ? c.padEnd(widths[i]!) : c.padStart(widths[i]!))).join(' | ')} |`
  return [
    line(cells[0]!),
    `| ${widths.map((w, i) => (i === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`)).join(' | ')} |`,
    ...cells.slice(1).map(line),
  ]
}

/** The largest plan against the floors; growth is time per extension of the largest against that of the smallest campus. */
function verdicts(rows: readonly Figures[]): string[] {
  const [small, large] = [rows[1]!, rows.at(-1)!]
  const growth = (ms: (f: Figures) => number): number => ms(large) / ms(small) / (large.extensions / small.extensions)
  const judged: readonly (readonly [string, number, number, string])[] = [
    ['decision, median', large.decision.p50Us, FLOORS.decisionUs, 'µs'],
    ['decision, 99 of 100', large.decision.p99Us, FLOORS.decisionUs, 'µs'],
    ['check', large.checkMs, FLOORS.checkMs, 'ms'],
    ['check after a small edit', large.incrementalMs, FLOORS.incrementalMs, 'ms'],
    ['growth of parsing', growth(f => f.parseMs), FLOORS.growth, '× linear'],
    ['growth of compiling', growth(f => f.compileMs), FLOORS.growth, '× linear'],
    ['growth of checking', growth(f => f.checkMs), FLOORS.growth, '× linear'],
    ['growth of a decision', large.decision.p50Us / small.decision.p50Us, FLOORS.growth, '× constant'],
  ]
  return judged.map(
    ([what, is, floor, unit]) => `${is <= floor ? 'holds ' : 'misses'}  ${what}: ${is.toFixed(is < 10 ? 2 : 0)} ${unit} (at most ${floor})`,
  )
}
