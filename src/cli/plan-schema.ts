/** The plan language for editors (JSON Schema) and for people (Markdown), from the one schema that also validates. */
import { parseArgs } from 'node:util'
import { planJsonSchema, planReference } from '../plan/schema/reference.ts'

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { reference: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    console.log(
      'switchroom plan-schema [--reference]\n\nThe language of plans as JSON Schema, for editors that check while typing; with --reference as Markdown, to be read.',
    )
    return 0
  }
  process.stdout.write(values.reference ? planReference() : `${JSON.stringify(planJsonSchema(), null, 2)}\n`)
  return 0
}
