/** One connection as the connection table sees it, whatever carries it: TCP, TLS or WebSocket. */
import type { HostPort, Transport } from '../sip/flow.ts'

export interface PipeHandlers {
  /** Bytes of the stream, or one whole WebSocket message. The receiver's to keep. */
  data(bytes: Uint8Array): void
  /** The carrier's own keep-alive was answered. */
  pong(): void
  /** Called once, whoever closed. `error` is empty after an orderly end. */
  closed(error: string): void
}

export interface Pipe {
  readonly transport: Transport
  readonly local: HostPort
  readonly remote: HostPort
  /** True when each `data` is one message, so that no framing is needed (RFC 7118 §4). */
  readonly whole: boolean
  /** Bytes accepted and not yet taken by the system. */
  readonly backlogBytes: number
  start(handlers: PipeHandlers): void
  write(bytes: Uint8Array): void
  /** The carrier's own keep-alive; absent where there is none and CRLF is used. */
  ping?(): void
  /** Closes after what was written is out. */
  end(): void
  destroy(): void
}

/** Makes a pipe to a peer, or says why not. `done` is called once. */
export type Dial = (host: string, port: number, serverName: string | undefined, done: (pipe: Pipe | DialFailure) => void) => void

export interface DialFailure {
  readonly failed: 'refused' | 'unreachable' | 'timeout' | 'certificate' | 'error'
  readonly detail: string
}

export function dialFailure(error: NodeJS.ErrnoException): DialFailure {
  const code = error.code ?? ''
  const detail = error.message
  if (code === 'ECONNREFUSED') return { failed: 'refused', detail }
  if (code === 'ETIMEDOUT') return { failed: 'timeout', detail }
  if (/^(ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EADDRNOTAVAIL|EAI_AGAIN)$/.test(code)) return { failed: 'unreachable', detail }
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) return { failed: 'certificate', detail }
  return { failed: 'error', detail }
}

/** `::ffff:192.0.2.1` is an IPv4 peer on a dual-stack socket. */
export function plainHost(address: string | undefined): string {
  if (address === undefined) return ''
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
