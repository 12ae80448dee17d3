/** Compiles the plan and prints what the office needs of it as one line of JSON. Run by `plan-source.ts`, then over. */

import { basename } from 'node:path'
import type { Grant, Right, Scope } from '../access/rights.ts'
import { compile } from '../plan/compile.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { revivePlan } from '../plan/kept-plan.ts'
import { parsePlan } from '../plan/parse.ts'
import { renderProblems } from '../plan/problem.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { readParsed } from '../store/plan-revisions.ts'
import type { OfficePlan, PlanEntry, PlanPerson } from './office-plan.ts'

const path = process.argv[2]
if (import.meta.main && path) {
  const files = readPlanFiles(path)
  const revision = Number(/^\d{4,}$/.exec(basename(path))?.[0] ?? 1)
  const kept = readParsed(path, files)
  const revived = kept === null ? null : revivePlan(kept, revision)
  const { plan, problems } = revived === null ? compile(parsePlan(files), revision) : { plan: revived, problems: [] }
  if (plan) process.stdout.write(JSON.stringify(summarise(plan)))
  else {
    process.stderr.write(renderProblems(problems, files))
    process.exitCode = 2
  }
}

export function summarise(plan: CompiledPlan): OfficePlan {
  const nodes = [...plan.nodes.values()]
  const people = nodes.flatMap((node): PlanPerson[] =>
    node.kind === 'person' && node.is === 'person'
      ? [
          {
            id: node.id,
            name: node.name,
            extension: node.extension,
            department: node.department,
            accounts: [...node.accounts],
            roles: [...node.roles],
          },
        ]
      : [],
  )
  const grants = Object.entries(plan.source.access).flatMap(([name, rule]): Grant[] => {
    if ('needs' in rule) return []
    const may = rule.may.map((right): Right => (right === 'export' ? 'download' : right))
    return [{ name, who: rule.who, may, of: scopeOf(rule.of), newerThanMs: rule['newer-than'] ?? null }]
  })
  return {
    revision: plan.revision,
    office: { name: plan.office.name, timezone: plan.office.timezone, languages: plan.languages },
    owner: plan.source.office.owner ?? null,
    approvers: plan.source.office.approvers ?? [],
    people,
    entries: nodes.flatMap(entryOf),
    boxes: nodes.flatMap(node => (node.kind === 'voicemail' ? [{ box: node.id, tell: node.tell }] : [])),
    grants,
    administrators: grants.filter(grant => grant.may.includes('configure')).flatMap(grant => grant.who),
    recordingFormat: plan.source.storage?.format === 'wav' ? 'wav' : 'opus',
    prompts: [...plan.prompts.values()],
  }
}

/** 'department sales', 'queue support', 'all', or nothing. */
function scopeOf(text: string | undefined): Scope {
  const match = /^(department|queue|group|person|box|voicemail) (.+)$/.exec(text?.trim() ?? '')
  if (!match)
    return text === undefined || /^(all|everything|everyone)$/.test(text.trim()) ? { kind: 'everything' } : { kind: 'group', name: text }
  const kind = match[1] === 'voicemail' ? 'box' : (match[1] as Exclude<Scope['kind'], 'everything'>)
  return { kind, name: match[2]!.trim() }
}

function entryOf(node: CompiledPlan['nodes'] extends ReadonlyMap<string, infer N> ? N : never): PlanEntry[] {
  const common = { id: node.key, name: node.name, department: null, accounts: [] }
  switch (node.kind) {
    case 'person':
      return [{ ...common, kind: 'person', number: node.extension, department: node.department, accounts: [...node.accounts] }]
    case 'role':
      return node.number ? [{ ...common, kind: 'role', number: node.number }] : []
    case 'hunt':
      return node.number ? [{ ...common, kind: 'group', number: node.number }] : []
    case 'menu':
    case 'route':
    case 'voicemail':
    case 'service':
      return node.number ? [{ ...common, kind: 'service', number: node.number }] : []
    default:
      return []
  }
}
