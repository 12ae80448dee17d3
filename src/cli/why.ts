import { parseArgs } from 'node:util'
import { callStory } from '../operations/call-story.ts'
import { LogView } from './log-view.ts'
import { dataFolder } from './options.ts'
import { clock } from './table.ts'
import { UsageError } from './usage-error.ts'

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(
      'switchroom why CALL [--data DIR] [--json]\n\nCALL is the id that `switchroom calls` shows, or its beginning; `last` is the newest call.',
    )
    return 0
  }
  const log = new LogView(dataFolder(values.data))
  const asked = positionals[0]
  if (asked === undefined) throw new UsageError('which call?', 'give the id that `switchroom calls` shows, or `last`')
  const found = asked === 'last' ? log.newest(1) : log.callsLike(asked)
  if (found.length === 0 && asked === 'last') throw new UsageError('no call has been made yet', 'dial something; the echo test will do')
  if (found.length === 0) throw new UsageError(`there is no call ${asked} in the log`, '`switchroom calls --last 100` lists the newest')
  if (found.length > 1 && !found.includes(asked)) throw new UsageError(`${asked} may be any of ${found.join(', ')}`, 'give more of the id')
  const events = log.eventsOf(found.includes(asked) ? asked : found[0]!)
  const story = callStory(events)
  if (values.json) {
    console.log(JSON.stringify(story, null, 2))
    return 0
  }
  console.log(`Call ${events[0]!.call}, ${clock(events[0]!.at)}`)
  for (const line of story) {
    const place = line.place ? `   [${line.place.file}:${line.place.line} ${line.place.path}]` : ''
    console.log(`${(line.afterMs / 1000).toFixed(1).padStart(8)} s  ${line.text}${place}`)
  }
  return 0
}
