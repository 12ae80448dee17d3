import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { renderCheck } from '../plan/check/render.ts'
import { sarifOf } from '../plan/check/sarif.ts'
import { loadPlan } from '../plan/load.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

const help = `switchroom check PLAN [--json | --sarif] [--pairs] [--from DATE] [--witness] [--strict]

  Proves a plan before it is applied: every line, number and code, at every hour of the year ahead, whatever callers,
  people and machines do. See docs/check.md.

  --from DATE  the year that begins then, as 2026-12-31 (default: today)
  --pairs      any two failures at once, too
  --witness    tell the call that shows each warning; those of errors are always told
  --json       findings with their witnesses, and what was proven
  --sarif      SARIF 2.1.0, for code hosts and editors
  --strict     warnings too are a reason not to apply

Exit code 0: may be applied; 1: only warnings, and --strict; 2: errors.`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      plan: { type: 'string' },
      json: { type: 'boolean' },
      sarif: { type: 'boolean' },
      pairs: { type: 'boolean' },
      from: { type: 'string' },
      witness: { type: 'boolean' },
      strict: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  if (values.json && values.sarif) throw new UsageError('--json and --sarif at once', 'give one of them')
  const path = values.plan ?? positionals[0]
  if (path === undefined || !existsSync(resolve(path)))
    throw new UsageError(path === undefined ? 'which plan?' : `there is no plan at ${path}`, 'give a YAML file or a folder of them')
  const files = readPlanFiles(resolve(path))
  const { plan, compiled, problems, report } = loadPlan(files, 0, {
    fromMs: values.from === undefined ? Date.now() : dayFrom(values.from),
    pairs: values.pairs === true,
  })
  if (values.json)
    console.log(JSON.stringify({ ok: plan !== null, problems, ...(report === null ? {} : { proven: { ...report, findings: undefined } }) }))
  else if (values.sarif) console.log(JSON.stringify(sarifOf(problems, compiled, report, version), null, 2))
  else {
    const out = plan === null ? process.stderr : process.stdout
    out.write(renderCheck(problems, files, compiled, report, { colour: out.isTTY, witnesses: values.witness === true }) + '\n')
  }
  if (plan === null) return 2
  return values.strict && problems.length > 0 ? 1 : 0
}

function dayFrom(text: string): number {
  try {
    return Temporal.PlainDate.from(text).toZonedDateTime('UTC').epochMilliseconds
  } catch {
    throw new UsageError(`--from ${text}: not a day`, 'write it like 2026-12-31')
  }
}
