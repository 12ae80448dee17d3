/** How the office process is started. Wrong options end it with code 2: starting it again would not help. */
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export interface OfficeOptions {
  readonly data: string
  readonly host: string
  readonly port: number
  readonly plan: string | null
  readonly tls: { readonly certPath: string; readonly keyPath: string } | null
  readonly wsPort: number | null
  readonly wssPort: number | null
  readonly consolePath: string
  readonly logLevel: string
}

export class OptionsError extends Error {}

export const USAGE = `office --data DIR --http HOST:PORT [--plan FILE] [--tls-cert FILE --tls-key FILE] [--ws-port N] [--wss-port N]`

export function parseOptions(args: readonly string[]): OfficeOptions {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: text,
      http: text,
      plan: text,
      'tls-cert': text,
      'tls-key': text,
      'ws-port': text,
      'wss-port': text,
      console: text,
      'log-level': text,
    },
    // Options of later versions do not keep an office closed.
    strict: false,
  })
  const given = (name: keyof typeof values): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined)
  const data = given('data')
  if (!data) throw new OptionsError('--data DIR is missing: say where the exchange keeps its data')
  const { host, port } = address(given('http') ?? '127.0.0.1:8080')
  const certPath = given('tls-cert')
  const keyPath = given('tls-key')
  if ((certPath === undefined) !== (keyPath === undefined))
    throw new OptionsError('--tls-cert and --tls-key belong together: give both or none')
  for (const path of [certPath, keyPath, given('plan')]) if (path && !existsSync(path)) throw new OptionsError(`there is no file ${path}`)
  return {
    data: resolve(data),
    host,
    port,
    plan: given('plan') ?? null,
    tls: certPath && keyPath ? { certPath, keyPath } : null,
    wsPort: portOf('--ws-port', given('ws-port')),
    wssPort: portOf('--wss-port', given('wss-port')),
    consolePath: given('console') ?? join(fileURLToPath(new URL('../../', import.meta.url)), 'dist', 'console'),
    logLevel: given('log-level') ?? 'info',
  }
}

/** '127.0.0.1:8080', '[::1]:8080', ':8080'. */
function address(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  if (!match || port > 65_535 || (match[1] !== undefined && isIP(host) !== 6))
    throw new OptionsError(`--http ${text}: write HOST:PORT, for example 127.0.0.1:8080`)
  return { host: host || '0.0.0.0', port }
}

function portOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new OptionsError(`${option} ${text}: a port is a number from 1 to 65535`)
  return port
}
