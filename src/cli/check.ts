import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { planOrRefusal } from '../plan/plan-or-refusal.ts'
import { PlanRefused } from '../plan/plan-refused.ts'
import { renderProblems } from '../plan/problem.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { UsageError } from './usage-error.ts'

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { plan: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log('switchroom check PLAN [--json]\n\nExit code 0: may be applied; 2: not.')
    return 0
  }
  const path = values.plan ?? positionals[0]
  if (path === undefined || !existsSync(resolve(path)))
    throw new UsageError(path === undefined ? 'which plan?' : `there is no plan at ${path}`, 'give a YAML file or a folder of them')
  const files = readPlanFiles(resolve(path))
  try {
    const { plan, problems } = planOrRefusal(files, 0)
    if (values.json) console.log(JSON.stringify({ ok: true, problems }))
    else {
      if (problems.length > 0) console.log(renderProblems(problems, files, process.stdout.isTTY))
      console.log(
        `${plan.office.name}: ${plan.dial.size} numbers, ${plan.lines.size} lines, ${plan.accounts.size} telephones, ${plan.trunks.size} trunks. The plan may be applied.`,
      )
    }
    return 0
  } catch (error) {
    if (!(error instanceof PlanRefused)) throw error
    if (values.json) console.log(JSON.stringify({ ok: false, problems: error.problems }))
    else console.error(renderProblems(error.problems, files, process.stderr.isTTY))
    return 2
  }
}
