/** Reading what a person typed: addresses, times, folders. */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { UsageError } from './usage-error.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** `HOST:PORT`, `[v6]:PORT` or `:PORT`. */
export function parseAddress(text: string, option: string): Address {
  const m = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text)
  const port = m ? Number(m[3]) : Number.NaN
  if (!m || port < 1 || port > 65535)
    throw new UsageError(`${option} ${text}: not an address with a port`, `write ${option} 0.0.0.0:5060 or ${option} [::]:5060`)
  const host = m[1] ?? m[2] ?? ''
  return { host: host === '' ? '0.0.0.0' : host, port }
}

export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

export function parsePorts(text: string, option: string): { first: number; last: number } {
  const m = /^(\d+)-(\d+)$/.exec(text)
  const first = Number(m?.[1])
  const last = Number(m?.[2])
  if (!m || first < 1024 || last > 65535 || last - first < 3)
    throw new UsageError(`${option} ${text}: not a range of ports`, `write ${option} 20000-29999`)
  return { first, last }
}

export function requireIp(text: string, option: string): string {
  if (isIP(text) === 0)
    throw new UsageError(`${option} ${text}: not an IP address`, 'names are not looked up here, because telephones are told this address')
  return text
}

/** The data folder: --data, else SWITCHROOM_DATA, else ./data. */
export function dataFolder(given: string | undefined): string {
  return resolve(given ?? process.env['SWITCHROOM_DATA'] ?? 'data')
}
