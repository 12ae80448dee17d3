/**
 * Reads, compiles, checks and compares a proposed plan, in a process of its own: neither calls nor the console wait for it.
 * `node plan-work.ts PROPOSAL BASE AT`: both are folders of kept texts; what was found is printed as one line of JSON.
 */
import type { BehaviourDifference, ChangeFinding } from '../operations/plan-change.ts'
import { sectionChanges } from '../operations/section-changes.ts'
import type { Finding } from '../plan/check/finding.ts'
import { check, tellWitness } from '../plan/check.ts'
import { compareBehaviour } from '../plan/compare.ts'
import { compile } from '../plan/compile.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { firstSteps } from '../plan/first-steps.ts'
import { keepPlan, revivePlan } from '../plan/kept-plan.ts'
import { parsePlan } from '../plan/parse.ts'
import { renderProblems } from '../plan/problem.ts'
import type { Language } from '../plan/schema/scalars.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { keepParsed, readParsed } from '../store/plan-revisions.ts'

export type PlanWork =
  /** It cannot become a plan at all. */
  | { readonly ok: false; readonly problems: readonly ChangeFinding[]; readonly told: string }
  | {
      readonly ok: true
      readonly findings: readonly ChangeFinding[]
      readonly situations: number
      /** It was in force before: nothing was checked. */
      readonly proven: boolean
      readonly differences: readonly BehaviourDifference[]
      /** The same, told in each language. */
      readonly told: Readonly<Partial<Record<Language, readonly string[]>>>
      readonly summary: readonly string[]
      readonly expected: Expected
    }

/** What the switch shall say of itself once it follows the plan. */
export interface Expected {
  readonly at: number
  readonly accounts: number
  readonly lines: readonly { readonly line: string; readonly step: string }[]
  /** Names of the telephones' passwords. */
  readonly secrets: readonly string[]
}

/** Comparing a very large office takes a while: then it is told in one language. */
const PATIENCE_MS = 3000
/** Up to so many telephones differences are worked out also when somebody is in a hurry. */
const COMPARED_AT_ONCE = 500

const [proposal, base, at, proven] = process.argv.slice(2)
if (import.meta.main && proposal && base && at) {
  const done = proven === 'proven' ? workOnProven(proposal, base, Number(at)) : null
  process.stdout.write(JSON.stringify(done ?? work(proposal, base, Number(at))))
}

export function work(proposalFolder: string, baseFolder: string, at: number): PlanWork {
  const texts = readPlanFiles(proposalFolder)
  const parsed = parsePlan(texts)
  const { plan, problems } = compile(parsed, 0)
  if (plan === null) return { ok: false, problems: problems.map(p => findingOf(null, p)), told: renderProblems(problems, texts) }
  const year = new Date(at).getUTCFullYear()
  keepParsed(proposalFolder, texts, keepPlan(parsed, plan, [year - 1, year, year + 1, year + 2]))
  const checked = check(plan, { fromMs: at })
  const before = planIn(baseFolder)
  return {
    ok: true,
    findings: [...problems, ...checked.findings].map(f => findingOf(plan, f)),
    situations: checked.situations,
    proven: false,
    ...(before === null ? { differences: [], told: {} } : differencesOf(before, plan, at)),
    summary: before === null ? [] : sectionChanges(before.source, plan.source),
    expected: expectedOf(plan, at),
  }
}

/** A plan that was in force before is not checked again: whoever goes back to it is in a hurry. Null when it must be read anew. */
function workOnProven(proposalFolder: string, baseFolder: string, at: number): PlanWork | null {
  const plan = revived(proposalFolder)
  if (plan === null) return null
  const before = planIn(baseFolder)
  const quick = before !== null && plan.accounts.size <= COMPARED_AT_ONCE
  return {
    ok: true,
    findings: [],
    situations: 0,
    proven: true,
    ...(quick ? differencesOf(before, plan, at) : { differences: [], told: {} }),
    summary: before === null ? [] : sectionChanges(before.source, plan.source),
    expected: expectedOf(plan, at),
  }
}

function planIn(folder: string): CompiledPlan | null {
  return revived(folder) ?? compile(parsePlan(readPlanFiles(folder)), 0).plan
}

function revived(folder: string): CompiledPlan | null {
  const kept = readParsed(folder, readPlanFiles(folder))
  return kept === null ? null : revivePlan(kept, 0)
}

function expectedOf(plan: CompiledPlan, at: number): Expected {
  return { at, accounts: plan.accounts.size, lines: firstSteps(plan, at), secrets: [...plan.accounts.values()].map(a => a.secret) }
}

/** The first in the office's language; the others are worked out only when that took no time worth speaking of. */
function differencesOf(
  before: CompiledPlan,
  after: CompiledPlan,
  fromMs: number,
): Pick<Extract<PlanWork, { ok: true }>, 'differences' | 'told'> {
  const began = performance.now()
  const of = (language: Language): readonly BehaviourDifference[] =>
    compareBehaviour(before, after, { fromMs, language }).changes.map(({ kind, subject, text }) => ({ kind, subject, text }))
  const differences = of(after.language)
  const told: Partial<Record<Language, readonly string[]>> = { [after.language]: differences.map(d => d.text) }
  for (const language of ['en', 'ru', 'kk'] as const)
    if (told[language] === undefined && performance.now() - began < PATIENCE_MS) told[language] = of(language).map(d => d.text)
  return { differences, told }
}

function findingOf(plan: CompiledPlan | null, p: Finding): ChangeFinding {
  const { file, line, column, path } = p.place
  const witness = plan === null || p.witness === undefined ? '' : tellWitness(plan, p.witness).join('\n')
  return { code: p.code, severity: p.severity, place: { file, line, column, path }, message: p.message, remedy: p.remedy, witness }
}
