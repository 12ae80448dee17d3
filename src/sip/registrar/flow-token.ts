/**
 * A flow as an opaque, signed word for the user part of a Path, Record-Route or Contact URI of ours (RFC 5626 §5.2): whoever
 * sends it back is led to that very connection, and cannot invent one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Flow, Transport } from '../flow.ts'

const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls', 'ws', 'wss']
const MAC_CHARS = 14

export class FlowTokens {
  private readonly key: string

  /** `key`: random, the same on every node that shall understand the tokens. */
  constructor(key: string) {
    this.key = key
  }

  encode(flow: Flow): string {
    const plain = [
      TRANSPORTS.indexOf(flow.transport),
      flow.local.host,
      flow.local.port,
      flow.remote.host,
      flow.remote.port,
      flow.connection,
    ].join(' ')
    const body = Buffer.from(plain, 'utf8').toString('base64url')
    return body + '.' + this.mac(body)
  }

  decode(token: string): Flow | undefined {
    const dot = token.indexOf('.')
    if (dot < 1 || token.length > 400 || token.length - dot - 1 !== MAC_CHARS) return undefined
    const given = Buffer.from(token.slice(dot + 1), 'utf8')
    const right = Buffer.from(this.mac(token.slice(0, dot)))
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
    const [transport, localHost, localPort, host, port, connection] = Buffer.from(token.slice(0, dot), 'base64url')
      .toString('utf8')
      .split(' ')
    const named = TRANSPORTS[Number(transport)]
    if (named === undefined || connection === undefined) return undefined
    return {
      transport: named,
      local: { host: localHost!, port: Number(localPort) },
      remote: { host: host!, port: Number(port) },
      connection,
    }
  }

  private mac(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('base64url').slice(0, MAC_CHARS)
  }
}
