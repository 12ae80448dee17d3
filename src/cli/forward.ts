/** `switchroom forward …`: a person's forwards and do-not-disturb from the machine itself (CALL-01), through the office's local socket. */
import { parseArgs } from 'node:util'
import type { PersonView } from '../operations/by-hand.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { askOffice } from './office-client.ts'
import { dataFolder } from './options.ts'
import { clock, table } from './table.ts'
import { untilOf } from './until.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom forward PERSON [WHEN NUMBER|off] [--until TIME] --as NAME [--data DIR] [--json]

  forward aida                        what aida has set
  forward aida always 202             or busy, no-answer, unreachable; a number as dialled, or voicemail
  forward aida always off
  forward aida do-not-disturb on      or off

  --until TIME 18:00, 2026-12-31T22:00 or 8h; else until it is set otherwise
  --as NAME    in whose name: a person of the plan or a user of the console. It is recorded that it was done at the machine.`

export async function run(args: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { as: text, until: text, data: text, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  const [person, when, to] = positionals
  if (values.help || person === undefined) {
    console.log(help)
    return values.help ? 0 : 2
  }
  const socket = dataPaths(dataFolder(values.data)).officeSocket
  const [method, path, body] = asking(person, when, to, untilOf(values.until, Date.now()))
  const view = (await askOffice<PersonView>(socket, method, path, body, { as: values.as })).body
  console.log(values.json ? JSON.stringify(view, null, 2) : shown(person, view))
  return 0
}

function asking(person: string, when: string | undefined, to: string | undefined, until: number | null): [string, string, unknown] {
  const path = `/api/people/${encodeURIComponent(person)}`
  if (when === undefined) return ['GET', `${path}/forwards`, undefined]
  if (when === 'do-not-disturb') {
    if (to !== 'on' && to !== 'off') throw new UsageError('do-not-disturb: on or off?', 'write on or off behind it')
    return ['PUT', `${path}/do-not-disturb`, { on: to === 'on', until }]
  }
  if (!['always', 'busy', 'no-answer', 'unreachable'].includes(when))
    throw new UsageError(`${when}: which calls are these?`, 'write always, busy, no-answer, unreachable or do-not-disturb')
  if (to === undefined) throw new UsageError('forwarded to which number?', 'write a number as dialled, voicemail, or off')
  return ['PUT', `${path}/forwards/${when}`, { to: to === 'off' ? null : to, until }]
}

function shown(person: string, view: PersonView): string {
  const { doNotDisturb, ...forwards } = view
  const names = { always: 'always', busy: 'busy', noAnswer: 'no-answer', unreachable: 'unreachable' } as const
  const until = (ms: number | null): string => (ms === null ? '' : `until ${clock(ms)}`)
  const rows = (Object.keys(names) as (keyof typeof names)[]).flatMap(when => {
    const one = forwards[when]
    return one === null ? [] : [[names[when], `to ${one.to}`, until(one.untilMs)]]
  })
  if (doNotDisturb !== null) rows.push(['do-not-disturb', 'on', until(doNotDisturb.untilMs)])
  return rows.length === 0 ? `${person} forwards nothing and may be disturbed.` : table([person, '', ''], rows)
}
