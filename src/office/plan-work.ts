/**
 * Reads, compiles, checks and compares a proposed plan, in a process of its own: neither calls nor the console wait for it.
 * `node plan-work.ts PROPOSAL BASE AT`: both are folders of kept texts; what was found is printed as one line of JSON.
 */
import type { BehaviourDifference, ChangeFinding } from '../operations/plan-change.ts'
import { sectionChanges } from '../operations/section-changes.ts'
import { check } from '../plan/check.ts'
import { compareBehaviour } from '../plan/compare.ts'
import { compile } from '../plan/compile.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { firstSteps } from '../plan/first-steps.ts'
import { keepPlan } from '../plan/kept-plan.ts'
import { parsePlan } from '../plan/parse.ts'
import { type PlanProblem, renderProblems } from '../plan/problem.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { keepParsed } from '../store/plan-revisions.ts'

export type PlanWork =
  /** It cannot become a plan at all. */
  | { readonly ok: false; readonly problems: readonly ChangeFinding[]; readonly told: string }
  | {
      readonly ok: true
      readonly findings: readonly ChangeFinding[]
      readonly situations: number
      readonly differences: readonly BehaviourDifference[]
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

const [proposal, base, at] = process.argv.slice(2)
if (import.meta.main && proposal && base && at) process.stdout.write(JSON.stringify(work(proposal, base, Number(at))))

export function work(proposalFolder: string, baseFolder: string, at: number): PlanWork {
  const texts = readPlanFiles(proposalFolder)
  const parsed = parsePlan(texts)
  const { plan, problems } = compile(parsed, 0)
  if (plan === null) return { ok: false, problems: problems.map(findingOf), told: renderProblems(problems, texts) }
  const year = new Date(at).getUTCFullYear()
  keepParsed(proposalFolder, texts, keepPlan(parsed, plan, [year - 1, year, year + 1, year + 2]))
  const checked = checkOf(plan, at)
  const before = compile(parsePlan(readPlanFiles(baseFolder)), 0).plan
  return {
    ok: true,
    findings: [...problems, ...checked.findings].map(findingOf),
    situations: checked.situations,
    differences: before === null ? [] : differencesOf(before, plan, at),
    summary: before === null ? [] : sectionChanges(before.source, plan.source),
    expected: {
      at,
      accounts: plan.accounts.size,
      lines: firstSteps(plan, at),
      secrets: [...plan.accounts.values()].map(a => a.secret),
    },
  }
}

function checkOf(plan: CompiledPlan, fromMs: number): { readonly findings: readonly PlanProblem[]; readonly situations: number } {
  const report = (check as (plan: CompiledPlan, options: { fromMs: number }) => unknown)(plan, { fromMs })
  if (Array.isArray(report)) return { findings: report as PlanProblem[], situations: 0 }
  return report as { findings: PlanProblem[]; situations: number }
}

function differencesOf(before: CompiledPlan, after: CompiledPlan, fromMs: number): BehaviourDifference[] {
  return compareBehaviour(before, after, { fromMs, language: after.language }).changes.map(({ kind, subject, text }) => ({
    kind,
    subject,
    text,
  }))
}

function findingOf(p: PlanProblem & { readonly witness?: unknown }): ChangeFinding {
  const told = p.witness as { text?: string } | string | undefined
  const witness = typeof told === 'string' ? told : (told?.text ?? '')
  const { file, line, column, path } = p.place
  return { code: p.code, severity: p.severity, place: { file, line, column, path }, message: p.message, remedy: p.remedy, witness }
}
