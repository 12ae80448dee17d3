import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { nameOf } from '../operations/call-story.ts'
import type { RecordingEntry } from '../recording/recording-entry.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { Database } from '../store/sqlite.ts'
import { dataFolder } from './options.ts'
import { clock, span, table } from './table.ts'
import { UsageError } from './usage-error.ts'

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      last: { type: 'string', default: '20' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(
      'switchroom recordings [--last N] [--data DIR] [--json]\n\nWhat was recorded, for which purpose, and where it lies. Listening is done in the console, under rights and with a record.',
    )
    return 0
  }
  const path = dataPaths(dataFolder(values.data)).officeDb
  if (!existsSync(path))
    throw new UsageError('there is no index of recordings yet', 'the office process makes it; is the exchange running?')
  const db = new Database(path, { readOnly: true })
  const entries = db
    .all<{ entry: string }>('SELECT entry FROM recording ORDER BY started_at DESC LIMIT ?', Math.max(1, Number(values.last) || 20))
    .map(r => JSON.parse(r.entry) as RecordingEntry)
    .reverse()
  if (values.json) console.log(JSON.stringify(entries, null, 2))
  else if (entries.length === 0) console.log('Nothing was recorded.')
  else console.log(table(['recording', 'began', 'length', 'left', 'right', 'for', 'state', 'file'], entries.map(row)))
  return 0
}

function row(e: RecordingEntry): string[] {
  return [
    e.id,
    clock(e.startedAt),
    span(e.durationMs),
    nameOf(e.left),
    e.right === null ? '' : nameOf(e.right),
    e.box === null ? (e.purpose ?? '') : `voicemail ${e.box}`,
    e.gaps.length > 0 ? `${e.state}, ${e.gaps.length} gaps` : e.state,
    e.file ?? '',
  ]
}
