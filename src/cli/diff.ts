import { parseArgs } from 'node:util'
import { type BehaviourChange, compareBehaviour, noChange } from '../plan/compare.ts'
import { languageFrom, momentFrom, planNamed } from './plan-question.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom diff OLD NEW [--from DATE] [--calls] [--language en|ru|kk] [--data DIR] [--json]

  What the two plans do differently: behaviour, not text. OLD and NEW are files, folders,
  or numbers of revisions that the exchange on --data DIR keeps.

  --from   the year that is compared begins here (default: now)
  --calls  with each change a call that shows it, as both plans decide it

Exit code 0: no change in behaviour; 1: there is one; 2: a plan cannot be read.`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      language: { type: 'string' },
      data: { type: 'string' },
      calls: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const [old, then] = positionals
  if (old === undefined || then === undefined || positionals.length > 2)
    throw new UsageError('which two plans?', 'switchroom diff OLD NEW; see switchroom diff --help')
  const before = planNamed(old, values.data)
  const after = planNamed(then, values.data)
  if (before === null || after === null) return 2
  const language = languageFrom(values.language)
  const { changes, situations } = compareBehaviour(before, after, {
    fromMs: momentFrom(values.from, after.office.timezone, '--from'),
    language,
  })
  if (values.json) console.log(JSON.stringify({ same: changes.length === 0, situations, changes }, null, 2))
  else if (changes.length === 0) console.log(noChange(language))
  else console.log(changes.map(c => (values.calls ? `${c.text}\n${shown(c)}` : c.text)).join('\n'))
  return changes.length === 0 ? 0 : 1
}

function shown({ witness }: BehaviourChange): string {
  if (witness === null) return ''
  const way = [...witness.outcomes, ...(witness.while === '' ? [] : [witness.while])].join(', ')
  const told = (mark: string, reasons: readonly string[]): string => reasons.map(r => `    ${mark} ${r}`).join('\n')
  return [
    `    ${witness.at}  ${witness.from} → ${witness.to}${way === '' ? '' : `  (${way})`}`,
    told('-', witness.before),
    told('+', witness.after),
    '',
  ].join('\n')
}
