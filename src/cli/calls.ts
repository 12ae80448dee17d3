import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type CallProgress, foldCall } from '../operations/call-record.ts'
import { nameOf } from '../operations/call-story.ts'
import { LogView } from './log-view.ts'
import { dataFolder } from './options.ts'
import { clock, span, table } from './table.ts'

const help = `switchroom calls [--live] [--last N] [--follow] [--data DIR] [--json]

  --live     only calls that are not over
  --last N   how many of the newest calls (default 20)
  --follow   go on: one line whenever a call changes`

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      last: { type: 'string', default: '20' },
      live: { type: 'boolean' },
      follow: { type: 'boolean', short: 'f' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const log = new LogView(dataFolder(values.data))
  const calls = new Map<string, CallProgress>()
  let seq = log.lastSeq()
  for (const id of log.newest(Math.max(1, Number(values.last) || 20))) {
    let progress: CallProgress | null = null
    for (const e of log.eventsOf(id)) progress = foldCall(progress, e)
    if (progress !== null && (!values.live || progress.record.endedAt === null)) calls.set(id, progress)
  }
  if (values.json) console.log(JSON.stringify([...calls.values()].map(c => c.record)))
  else console.log(calls.size === 0 ? 'No calls.' : table(['call', 'began', 'from', 'to', 'state', 'talk'], [...calls.values()].map(row)))
  if (!values.follow) return 0
  for (;;) {
    for (const e of log.after(seq)) {
      seq = e.seq
      const before = calls.get(e.call) ?? null
      const now = foldCall(before, e)
      if (now === null) continue
      calls.set(e.call, now)
      if (before === null || stateOf(before) !== stateOf(now)) console.log(values.json ? JSON.stringify(now.record) : row(now).join('  '))
      if (now.record.endedAt !== null) calls.delete(e.call)
    }
    await sleep(200)
  }
}

function row(c: CallProgress): string[] {
  const r = c.record
  return [
    r.id,
    clock(r.startedAt),
    nameOf(r.from),
    r.answeredBy ? `${r.dialled} (${nameOf(r.answeredBy)})` : r.dialled,
    stateOf(c),
    r.talkMs > 0 ? span(r.talkMs) : '',
  ]
}

function stateOf(c: CallProgress): string {
  return c.record.outcome ?? c.state
}
