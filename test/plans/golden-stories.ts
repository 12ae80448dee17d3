/**
 * Golden stories: a question as one would type it, and the story the plan tells. Each file under `golden/stories/EXAMPLE/` begins with
 * what it shows and the command; the rest is compared. `WRITE_GOLDEN=1` writes the stories anew, to be read before they are kept.
 * Places are told without their line numbers: a comment in the plan changes no story.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { tellRoute } from '../../src/plan/story.ts'

export interface GoldenStory {
  readonly title: string
  readonly file: URL
  readonly command: string
  readonly expected: string
}

export function goldenStories(example: string): readonly GoldenStory[] {
  const folder = new URL(`golden/stories/${example}/`, import.meta.url)
  return readdirSync(folder)
    .filter(name => name.endsWith('.txt'))
    .sort()
    .map(name => {
      const file = new URL(name, folder)
      const text = readFileSync(file, 'utf8')
      const [title = '', command = '', ...rest] = text.split('\n')
      assert.ok(title.startsWith('# ') && command.startsWith('$ switchroom route '), `${name} begins with a title and a command`)
      return { title: title.slice(2), file, command, expected: rest.join('\n') }
    })
}

export function holdStory(plan: CompiledPlan, story: GoldenStory): void {
  const told = tell(plan, story.command)
  if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(story.file, `# ${story.title}\n${story.command}\n${told}`)
  else assert.equal(told, story.expected)
}

function tell(plan: CompiledPlan, command: string): string {
  const { values } = parseArgs({
    args: shellWords(command).slice(3),
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      at: { type: 'string' },
      suppose: { type: 'string', multiple: true },
      language: { type: 'string' },
    },
  })
  const told = tellRoute(plan, {
    from: values.from!,
    to: values.to!,
    at: Temporal.PlainDateTime.from(values.at!).toZonedDateTime(plan.office.timezone).epochMilliseconds,
    suppose: (values.suppose ?? []).flatMap(s => s.split(',').map(x => x.trim())),
    ...(values.language === undefined ? {} : { language: values.language as 'ru' }),
  })
  assert.ok(told.ok, told.ok ? '' : told.error.message)
  return told.value.text.replace(/\[([^\]\s]+):\d+\]/g, '[$1]')
}

/** Words, and words in double quotes, as a shell would part them. */
function shellWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(m => m[1] ?? m[2]!)
}
