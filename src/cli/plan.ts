/** `switchroom plan …`: changes of the plan from the machine itself, through the office's local socket (docs/adr/0014). */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type {
  ChangeView as Change,
  ChangeSummaryView as ChangeSummary,
  PlanOverviewView as PlanOverview,
} from '../operations/change-view.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { type Asking, askOffice } from './office-client.ts'
import { dataFolder } from './options.ts'
import { readSecret } from './secret-input.ts'
import { clock, table } from './table.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom plan COMMAND [--as NAME] [--data DIR] [--json]

  propose FILE --why TEXT      hand in a plan (a YAML file or a folder of them); it is checked at once
  list                         changes and revisions, newest first
  show N                       what the check found, what will be different, what happened so far
  check N                      check again, after another change was applied
  approve N [--note TEXT]      say yes to somebody else's change; asks for your console password
  refuse N --why TEXT          say no, or take your own back
  override N --why TEXT        take errors of the check upon yourself; asks for your console password
  apply N [--at TIME]          now, or at 2026-12-31T22:00 of this machine's clock
  unschedule N --why TEXT      it waits for no time any more
  rollback N --why TEXT        put revision N in force again, at once

  --as NAME    in whose name: a person of the plan or a user of the console. It is recorded that it was done at the machine.
  --code N     the six digits, for those with a second factor

Calls in progress are never touched: they end by the plan they began with.`

interface Options {
  readonly as?: string | undefined
  readonly why?: string | undefined
  readonly note?: string | undefined
  readonly at?: string | undefined
  readonly code?: string | undefined
  readonly data?: string | undefined
  readonly json?: boolean | undefined
}

export async function run(args: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      as: text,
      why: text,
      note: text,
      at: text,
      code: text,
      data: text,
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const [command, what] = positionals
  if (values.help || command === undefined) {
    console.log(help)
    return values.help ? 0 : 2
  }
  const socket = dataPaths(dataFolder(values.data)).officeSocket
  const ask = async <T>(method: string, path: string, body?: unknown, asking: Asking = { as: values.as }): Promise<T> =>
    (await askOffice<T>(socket, method, path, body, asking)).body
  const say = (change: Change): number => {
    console.log(values.json ? JSON.stringify(change, null, 2) : shown(change))
    return 0
  }
  switch (command) {
    case 'list': {
      const overview = await ask<PlanOverview>('GET', '/api/plan')
      console.log(values.json ? JSON.stringify(overview, null, 2) : listed(overview))
      return 0
    }
    case 'show':
      return say(await ask<Change>('GET', `/api/plan/changes/${numberOf(what)}`))
    case 'propose': {
      if (what === undefined || !existsSync(resolve(what)))
        throw new UsageError(what === undefined ? 'which plan?' : `there is no plan at ${what}`, 'give a YAML file or a folder of them')
      return say(await ask<Change>('POST', '/api/plan/changes', { why: whyOf(values), files: readPlanFiles(resolve(what)) }))
    }
    case 'check':
      return say(await ask<Change>('POST', `/api/plan/changes/${numberOf(what)}/check`))
    case 'refuse':
    case 'unschedule':
      return say(await ask<Change>('POST', `/api/plan/changes/${numberOf(what)}/${command}`, { why: whyOf(values) }))
    case 'approve':
    case 'override': {
      const body = command === 'approve' ? { note: values.note ?? '' } : { why: whyOf(values) }
      const path = `/api/plan/changes/${numberOf(what)}/${command}`
      return say(await personally(socket, values, session => ask<Change>('POST', path, body, session)))
    }
    case 'apply': {
      const id = numberOf(what)
      const applied = await ask<Change>('POST', `/api/plan/changes/${id}/apply`, { at: values.at === undefined ? null : timeOf(values.at) })
      return afterwards(applied, ask, say)
    }
    case 'rollback':
      return afterwards(await ask<Change>('POST', '/api/plan/rollback', { to: numberOf(what), why: whyOf(values) }), ask, say)
    default:
      throw new UsageError(`plan ${command}: there is no such command`, 'see switchroom plan --help')
  }
}

/** With the session of the person who says so, which ends with it. */
async function personally<T>(socket: string, options: Options, work: (session: Asking) => Promise<T>): Promise<T> {
  if (options.as === undefined) throw new UsageError('in whose name?', 'add --as NAME, a user of the console; the password is asked for')
  const password = await readSecret(`Console password of ${options.as}: `)
  if (password === '') throw new UsageError('no password was given', 'nothing was changed')
  const body = { user: options.as, password, ...(options.code ? { code: options.code } : {}) }
  const { cookie } = await askOffice(socket, 'POST', '/api/session', body, {})
  try {
    return await work({ cookie })
  } finally {
    await askOffice(socket, 'DELETE', '/api/session', undefined, { cookie }).catch(() => {})
  }
}

/** Waits until the exchange has been looked at after the change; exit code 1 when something is wrong with it. */
async function afterwards(
  change: Change,
  ask: (method: string, path: string) => Promise<Change>,
  say: (change: Change) => number,
): Promise<number> {
  let now = change
  for (const until = Date.now() + 40_000; now.state === 'applied' && Date.now() < until; ) {
    await sleep(250)
    now = await ask('GET', `/api/plan/changes/${change.id}`)
  }
  say(now)
  if (now.state !== 'post-check-failed') return 0
  console.error(`Revision ${now.revision} is in force, but not all is well. To go back: switchroom plan rollback ${now.base} --why "…"`)
  return 1
}

function listed(o: PlanOverview): string {
  const rows = o.changes.map(c => [
    String(c.id),
    c.state,
    c.revision === null ? '' : `revision ${c.revision}`,
    clock(c.proposedAt),
    who(c),
    c.why,
  ])
  return [
    `Plan revision ${o.revision} is in force.${o.approvers.length > 0 ? ` Changes are approved by ${o.approvers.join(', ')}.` : ''}`,
    '',
    table(['change', 'state', '', 'proposed', 'by', 'why'], rows),
  ].join('\n')
}

function who(c: Pick<ChangeSummary, 'author'>): string {
  return c.author.person ?? c.author.user
}

function shown(c: Change): string {
  const out = [
    `Change ${c.id} by ${who(c)}: ${c.why}`,
    `  state         ${c.state}${c.revision === null ? '' : `, revision ${c.revision}`}`,
  ]
  if (c.scheduledFor !== null) out.push(`  applied at    ${clock(c.scheduledFor)}`)
  out.push(`  compared with revision ${c.base}`)
  if (c.proven) out.push('  checked       not anew: it was in force before')
  else if (c.situations > 0) out.push(`  checked       ${c.situations} situations: ${c.errors} errors, ${c.warnings} warnings`)
  else out.push(`  checked       ${c.errors} errors, ${c.warnings} warnings`)
  for (const s of c.summary) out.push(`  changed       ${s}`)
  if (c.differences.length > 0) out.push('', 'What will be different:', ...c.differences.map(d => `  ${d.text}`))
  if (c.findings.length > 0) {
    out.push('', 'What the check found:')
    for (const f of c.findings) {
      out.push(
        `  ${f.severity} ${f.code}  ${f.place.file}:${f.place.line}:${f.place.column}  ${f.place.path}`,
        `    ${f.message} ${f.remedy}`,
      )
      if (f.witness !== '') out.push(...f.witness.split('\n').map(l => `      ${l}`))
    }
  }
  out.push('', 'What happened:')
  for (const h of c.history)
    out.push(
      `  ${clock(h.at)}  ${h.type.padEnd(12)}  ${h.by ? `${h.by.person ?? h.by.user}${h.by.via === 'machine' ? ' (at the machine)' : ''}` : ''}  ${h.text}`.trimEnd(),
    )
  if (c.may.apply !== null && c.revision === null) out.push('', `Next: ${c.may.apply}`)
  return out.join('\n')
}

function numberOf(text: string | undefined): number {
  const n = Number(text)
  if (text === undefined || !Number.isInteger(n) || n < 1) throw new UsageError('which one?', 'give its number; see switchroom plan list')
  return n
}

function whyOf(options: Options): string {
  if (options.why === undefined || options.why.trim() === '')
    throw new UsageError('why?', 'say it with --why "…": it is kept with the change')
  return options.why
}

function timeOf(text: string): number {
  try {
    const zoned = /Z$|[+-]\d\d:?\d\d$/.test(text)
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(Temporal.Now.timeZoneId())
    return zoned.epochMilliseconds
  } catch {
    throw new UsageError(`--at ${text}: not a date and time`, 'write it like 2026-12-31T22:00')
  }
}
