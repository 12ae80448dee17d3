/** How one exchange was started: written by `switchroom up`, read by its processes. `DATA/run/exchange.json`. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ExchangeConfig {
  readonly v: 1
  readonly version: string
  /** Absolute. */
  readonly planPath: string
  readonly data: string
  /** UDP and TCP. */
  readonly sip: { readonly host: string; readonly port: number }
  readonly sipsPort: number
  readonly wsPort: number
  readonly wssPort: number
  readonly http: { readonly host: string; readonly port: number }
  /** The address that goes into Contact, Via and SDP when the listening address is a wildcard or behind NAT. */
  readonly advertise: string
  readonly rtp: { readonly host: string; readonly first: number; readonly last: number }
  readonly mediaNodes: readonly string[]
  /** Name servers, `address:port`; null: the system's. */
  readonly dns: readonly string[] | null
  readonly tlsCert: string
  readonly tlsKey: string
}

export function dataPaths(data: string) {
  return {
    run: join(data, 'run'),
    config: join(data, 'run', 'exchange.json'),
    switchSocket: join(data, 'run', 'switch.sock'),
    officeSocket: join(data, 'run', 'office.sock'),
    mediaSocket: (node: string) => join(data, 'run', `${node}.sock`),
    pid: (process: string) => join(data, 'run', `${process}.pid`),
    log: (process: string) => join(data, 'log', `${process}.log`),
    switchDb: join(data, 'switch.db'),
    officeDb: join(data, 'office.db'),
    spool: join(data, 'spool'),
    recordings: join(data, 'recordings'),
    secrets: join(data, 'secrets.json'),
    planProblems: join(data, 'run', 'plan-problems.txt'),
    firstPassword: join(data, 'first-password.txt'),
    plans: join(data, 'plan'),
    prompts: join(data, 'prompts'),
    /** Which words of the plan have no sound. */
    promptsState: join(data, 'run', 'prompts.json'),
    tls: join(data, 'tls'),
  }
}

export function writeConfig(config: ExchangeConfig): void {
  const path = dataPaths(config.data).config
  mkdirSync(dataPaths(config.data).run, { recursive: true })
  writeFileSync(path + '.new', JSON.stringify(config, null, 2), { mode: 0o600 })
  renameSync(path + '.new', path)
}

/** Throws when there is none: no exchange was ever started on this folder. */
export function readConfig(data: string): ExchangeConfig {
  return JSON.parse(readFileSync(dataPaths(data).config, 'utf8')) as ExchangeConfig
}
