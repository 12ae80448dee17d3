/**
 * The WebSocket under the SIP library (RFC 7118), ours for two reasons: it keeps the connection alive and notices when it is
 * dead (RFC 5626 §3.5.1: double CRLF out, single CRLF back), and it hands the library a challenge that it can answer.
 */
import { preferMd5Challenge } from './challenge.ts'

const pingEveryMs = 25_000
const pongWithinMs = 10_000

/** The shape that the SIP library asks of a socket. */
export interface SipSocket {
  readonly url: string
  readonly sip_uri: string
  via_transport: string
  connect(): void
  disconnect(): void
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): boolean
  isConnected(): boolean
  isConnecting(): boolean
  onconnect(): void
  ondisconnect(error: boolean, code?: number, reason?: string): void
  ondata<T>(data: T): void
}

export function sipSocket(url: string): SipSocket {
  const { protocol, host } = new URL(url)
  let ws: WebSocket | null = null
  let ping: number | undefined
  let pong: number | undefined
  let answersPings = false

  const socket: SipSocket = {
    url,
    sip_uri: `sip:${host};transport=ws`,
    via_transport: protocol === 'wss:' ? 'WSS' : 'WS',
    onconnect() {},
    ondisconnect() {},
    ondata() {},
    isConnected: () => ws?.readyState === WebSocket.OPEN,
    isConnecting: () => ws?.readyState === WebSocket.CONNECTING,
    connect() {
      if (ws && ws.readyState <= WebSocket.OPEN) return
      const opened = new WebSocket(url, 'sip')
      opened.binaryType = 'arraybuffer'
      opened.onopen = () => {
        ping = window.setInterval(keepAlive, pingEveryMs)
        socket.onconnect()
      }
      opened.onmessage = event => received(event.data)
      opened.onclose = event => closed(opened, !event.wasClean, event.code, event.reason)
      ws = opened
    },
    disconnect() {
      const old = ws
      if (!old) return
      forget(old)
      old.close()
    },
    send(data) {
      if (ws?.readyState !== WebSocket.OPEN) return false
      ws.send(data as string)
      return true
    },
  }

  function received(data: unknown): void {
    window.clearTimeout(pong)
    pong = undefined
    if (data === '\r\n') answersPings = true
    else socket.ondata(typeof data === 'string' ? preferMd5Challenge(data) : data)
  }

  function keepAlive(): void {
    if (!socket.send('\r\n\r\n') || !answersPings || pong !== undefined) return
    pong = window.setTimeout(() => {
      // TCP alone may take minutes to see that a laptop changed networks.
      const dead = ws
      if (dead) closed(dead, true, 4000, 'no answer to keep-alive')
      dead?.close()
    }, pongWithinMs)
  }

  function closed(which: WebSocket, error: boolean, code: number, reason: string): void {
    if (which !== ws) return
    forget(which)
    socket.ondisconnect(error, code, reason)
  }

  function forget(which: WebSocket): void {
    window.clearInterval(ping)
    window.clearTimeout(pong)
    pong = undefined
    which.onopen = which.onmessage = which.onclose = null
    ws = null
  }

  return socket
}
