/** `switchroom override …`: hours opened and closed by hand from the machine itself, through the office's local socket (SCH-04). */
import { parseArgs } from 'node:util'
import type { HoursView } from '../operations/by-hand.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { askOffice } from './office-client.ts'
import { dataFolder } from './options.ts'
import { clock, table } from './table.ts'
import { untilOf } from './until.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom override [HOURS open|closed|calendar] [--until TIME] --as NAME [--data DIR] [--json]

  override                            which hours are open, and what is set by hand
  override office closed              until the calendar turns
  override office open --until 18:00  or --until 2026-12-31T22:00, or --until 8h
  override office calendar            the calendar holds again

  --as NAME    in whose name: a person of the plan or a user of the console. It is recorded that it was done at the machine.

Persons may whom a service of the plan names that 'does: override' for these hours, and those who may configure.`

const STATES = ['open', 'closed', 'calendar']

export async function run(args: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { as: text, until: text, data: text, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const socket = dataPaths(dataFolder(values.data)).officeSocket
  const [hours, state] = positionals
  const asked = async (): Promise<readonly HoursView[]> => {
    if (hours === undefined) return (await askOffice<Answer>(socket, 'GET', '/api/hours', undefined, { as: values.as })).body.hours
    if (state === undefined || !STATES.includes(state))
      throw new UsageError(`override ${hours}: what shall they be?`, 'write open, closed or calendar')
    const body = { state, until: untilOf(values.until, Date.now()) }
    const path = `/api/hours/${encodeURIComponent(hours)}/override`
    return (await askOffice<Answer>(socket, 'PUT', path, body, { as: values.as })).body.hours
  }
  const all = await asked()
  console.log(values.json ? JSON.stringify(all, null, 2) : shown(all))
  return 0
}

interface Answer {
  readonly hours: readonly HoursView[]
}

function shown(hours: readonly HoursView[]): string {
  if (hours.length === 0) return 'The plan has no hours.'
  const rows = hours.map(h => [
    h.id,
    h.open ? 'open' : 'closed',
    h.byHand === null ? 'by the calendar' : `by hand until ${clock(h.byHand.untilMs)}; the calendar says ${h.calendar}`,
  ])
  return table(['hours', 'now', ''], rows)
}
