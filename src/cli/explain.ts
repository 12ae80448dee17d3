import { parseArgs } from 'node:util'
import { explain } from '../plan/explain.ts'
import { planFrom } from './plan-argument.ts'
import { languageFrom, momentFrom } from './plan-question.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom explain PLACE [--from DATE] [--plan FILE | --data DIR] [--language en|ru|kk] [--json]

  All that the plan means for one place in the year ahead: where it is written, who comes there and when,
  and what happens to them. PLACE is an inside number, a line, or a name: 201, +77272500000, 'queue support'.`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string' },
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
  if (positionals.length === 0) throw new UsageError('explain what?', "switchroom explain 201, or 'queue support'")
  const plan = planFrom({ path: values.plan, data: values.data })
  if (plan === null) return 2
  const told = explain(plan, positionals.join(' '), momentFrom(values.from, plan.office.timezone, '--from'), languageFrom(values.language))
  if (!told.ok) throw new UsageError(told.error.message, 'see switchroom explain --help')
  console.log(values.json ? JSON.stringify(told.value, null, 2) : told.value.text)
  return 0
}
