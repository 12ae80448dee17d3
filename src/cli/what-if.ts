import { parseArgs } from 'node:util'
import { dependencies } from '../plan/what-if/failed.ts'
import { dependenciesText, whatIfTable, whatIfText } from '../plan/what-if/words.ts'
import { everySingleFailure, whatIf } from '../plan/what-if.ts'
import { planFrom } from './plan-argument.ts'
import { languageFrom, momentFrom } from './plan-question.ts'
import { table } from './table.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom what-if "link isp-a down"… [--at TIME] [--plan FILE | --data DIR] [--language en|ru|kk] [--json]
switchroom what-if --all            every single failure, as a table
switchroom what-if --dependencies   what depends on the internet, and what stays inside

  What still works, what does not, and for whom. Failures: "link isp-a", "trunk telecom-a", "provider kaztel",
  "site branch cut off", "ups ups-main down", "internet down"; several joined by commas.`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      all: { type: 'boolean' },
      dependencies: { type: 'boolean' },
      at: { type: 'string' },
      plan: { type: 'string' },
      data: { type: 'string' },
      language: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const language = languageFrom(values.language)
  const plan = planFrom({ path: values.plan, data: values.data })
  if (plan === null) return 2
  if (values.dependencies) {
    const found = dependencies(plan)
    console.log(values.json ? JSON.stringify(found, null, 2) : dependenciesText(plan, found, language))
    return 0
  }
  const atMs = momentFrom(values.at, plan.office.timezone, '--at')
  if (values.all) {
    const all = everySingleFailure(plan, atMs)
    const { head, rows } = whatIfTable(all, language)
    console.log(values.json ? JSON.stringify(all, null, 2) : table(head, rows))
    return 0
  }
  if (positionals.length === 0) throw new UsageError('what fails?', 'switchroom what-if "link isp-a down"; see switchroom what-if --help')
  const told = whatIf(plan, positionals, atMs)
  if (!told.ok) throw new UsageError(told.error.message, 'see switchroom what-if --help')
  console.log(values.json ? JSON.stringify(told.value, null, 2) : whatIfText(plan, told.value, language))
  return 0
}
