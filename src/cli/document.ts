import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { documentsOf } from '../plan/document/documents.ts'
import { planFrom } from './plan-argument.ts'
import { UsageError } from './usage-error.ts'

const LANGUAGES = ['en', 'ru', 'kk'] as const

const help = `switchroom document [PLAN | --data DIR] --out DIR [--language en|ru|kk|all] [--at DATE]

  --out       the folder to write to; index.html leads to everything
  --language  default: the first language of the office; 'all' makes a folder for each
  --at        the day the documents are of, such as 2026-12-31 (default: today)`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      language: { type: 'string' },
      at: { type: 'string' },
      plan: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  if (values.out === undefined) throw new UsageError('where shall the documents go?', 'give --out DIR')
  const languages = values.language === 'all' ? LANGUAGES : LANGUAGES.filter(l => l === values.language)
  if (values.language !== undefined && languages.length === 0)
    throw new UsageError(`--language ${values.language}: not spoken here`, 'en, ru, kk or all')
  const plan = planFrom({ path: values.plan ?? positionals[0], data: values.data })
  if (plan === null) return 2
  const out = resolve(values.out)
  const nowMs = values.at === undefined ? Date.now() : dayIn(values.at, plan.office.timezone)
  let count = 0
  for (const language of values.language === undefined ? [plan.language] : languages) {
    const folder = values.language === 'all' ? join(out, language) : out
    for (const document of documentsOf(plan, { language, nowMs })) {
      const path = join(folder, document.path)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, document.text)
      count++
    }
    console.log(join(folder, 'index.html'))
  }
  console.log(`${count} documents of ${plan.office.name}`)
  return 0
}

function dayIn(text: string, timezone: string): number {
  try {
    return Temporal.PlainDate.from(text).toZonedDateTime({ timeZone: timezone, plainTime: '12:00' }).epochMilliseconds
  } catch {
    throw new UsageError(`--at ${text}: not a day`, 'write it like 2026-12-31')
  }
}
