import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { RegistrationView, SwitchStatus } from '../operations/control-protocol.ts'
import { missingSound, type PromptsState } from '../operations/prompts-state.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { askSwitch } from './control-client.ts'
import { dataFolder } from './options.ts'
import { clock, span, table } from './table.ts'

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log('switchroom status [--data DIR] [--json]\n\nExit code 1 when a media process or a trunk is down.')
    return 0
  }
  const { switchSocket: socket, promptsState } = dataPaths(dataFolder(values.data))
  const status = await askSwitch<SwitchStatus>(socket, 'status')
  const prompts = promptsIn(promptsState)
  const registrations = await askSwitch<RegistrationView[]>(socket, 'registrations')
  if (values.json) console.log(JSON.stringify({ ...status, registered: registrations, prompts }, null, 2))
  else console.log(render(status, registrations, prompts))
  return status.media.every(m => m.connected) && status.trunks.every(t => t.up) ? 0 : 1
}

/** Null: the office has not said yet. */
function promptsIn(path: string): PromptsState | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PromptsState
  } catch {
    return null
  }
}

function render(s: SwitchStatus, registrations: readonly RegistrationView[], prompts: PromptsState | null): string {
  const silent = prompts && missingSound(prompts)
  const out = [
    `Switchroom ${s.version}, ${s.planName}, plan revision ${s.planRevision}; the switch has run for ${span(Date.now() - s.startedAt)}`,
    `Calls now: ${s.calls}.  Registered contacts: ${s.registrations}.`,
    `Sound: ${s.media.map(m => `${m.node} ${m.connected ? 'runs' : 'IS AWAY'}`).join(', ')}.`,
    `Listening: ${s.listening.map(l => `${l.transport} ${l.address}:${l.port}`).join(', ')}.`,
  ]
  if (silent) out.push(`Prompts: ${silent}.`)
  if (s.trunks.length > 0)
    out.push(
      '',
      table(
        ['trunk', 'state', 'registered', 'because'],
        s.trunks.map(t => [t.trunk, t.up ? 'up' : 'DOWN', t.registered === null ? '-' : t.registered ? 'yes' : 'NO', t.why]),
      ),
    )
  if (registrations.length > 0)
    out.push(
      '',
      table(
        ['account', 'by', 'telephone', 'until', ''],
        registrations.map(r => [r.account, r.transport, r.userAgent, clock(r.expiresAt), r.reachable ? '' : 'connection lost']),
      ),
    )
  return out.join('\n')
}
