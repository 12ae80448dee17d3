/** SIP over WebSocket (RFC 7118): subprotocol "sip", one message per frame, on a port of its own, with or without TLS. */
import { isUtf8 } from 'node:buffer'
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws'
import type { HostPort, Transport } from '../sip/flow.ts'
import { type Dial, dialFailure, type Pipe, plainHost } from './pipe.ts'
import { DIAL_TIMEOUT_MS, listening } from './tcp-transport.ts'
import { checkSipIdentity, type Identities, type TlsClientOptions, TlsContexts } from './tls-transport.ts'

export interface WsListenOptions {
  readonly host: string
  readonly port: number
  /** Present: wss. */
  readonly identities?: Identities
  readonly origins?: readonly string[]
  readonly maxMessageBytes: number
}

export async function listenWs(
  options: WsListenOptions,
  accept: (pipe: Pipe) => void,
): Promise<{ server: HttpServer; local: HostPort; reload(identities: Identities): void; close(): void }> {
  const transport: Transport = options.identities === undefined ? 'ws' : 'wss'
  const contexts = options.identities === undefined ? undefined : new TlsContexts(options.identities)
  const http = contexts === undefined ? createServer() : createSecureServer(contexts.serverOptions(options.identities!))
  http.headersTimeout = 10_000
  http.requestTimeout = 10_000
  http.maxHeadersCount = 60
  http.on('request', (_request, response) => {
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade', 'Content-Type': 'text/plain' })
    response.end('This port speaks SIP over WebSocket only.\n')
  })
  http.on('clientError', (_error, socket) => socket.destroy())
  if (contexts !== undefined) http.on('tlsClientError', () => {})
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxMessageBytes,
    handleProtocols: () => 'sip',
  })
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => {})
    const refusal = refuse(request, options.origins)
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    wss.handleUpgrade(request, socket, head, ws => accept(wsPipe(ws, socket, transport)))
  })
  const opened = await listening(http, options.host, options.port)
  return {
    server: http,
    local: opened.local,
    reload(next) {
      if (contexts === undefined) return
      contexts.reload(next)
      ;(http as unknown as { setSecureContext(o: object): void }).setSecureContext(contexts.serverOptions(next))
    },
    close() {
      http.closeAllConnections()
    },
  }
}

/** RFC 7118 §5.1: without the "sip" subprotocol there is nothing to talk about. Origin is the browser's word on whose page this is (RFC 6455 §10.2). */
function refuse(request: IncomingMessage, origins: readonly string[] | undefined): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(p => p.trim().toLowerCase())
  if (!offered.includes('sip')) return '400 Bad Request'
  const origin = request.headers.origin
  // No Origin: not a browser, so no page can have been tricked.
  if (origins !== undefined && origin !== undefined && !origins.includes(origin)) return '403 Forbidden'
  return undefined
}

export function wsDialler(transport: 'ws' | 'wss', options: TlsClientOptions, maxMessageBytes: number): Dial {
  return (host, port, serverName, done) => {
    const url = `${transport}://${host.includes(':') ? `[${host}]` : host}:${port}/`
    const name = serverName ?? host
    const settings = {
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      handshakeTimeout: DIAL_TIMEOUT_MS,
      ...(transport === 'wss' && {
        ...(options.ca !== undefined && { ca: options.ca }),
        ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
        rejectUnauthorized: options.trustAnyone !== true,
        checkServerIdentity: (_host: string, certificate: Parameters<typeof checkSipIdentity>[1]) =>
          options.trustAnyone === true ? undefined : checkSipIdentity(name, certificate),
      }),
    }
    // The types of `ws` take checkServerIdentity for a predicate; it is handed to node:tls, which wants an Error or nothing.
    const ws = new WebSocket(url, 'sip', settings as unknown as ClientOptions)
    let over = false
    ws.once('open', () => {
      if (over) return
      over = true
      done(wsPipe(ws, (ws as unknown as { _socket: Socket })._socket, transport))
    })
    ws.on('error', (error: NodeJS.ErrnoException) => {
      if (over) return
      over = true
      done(/timed out/.test(error.message) ? { failed: 'timeout', detail: error.message } : dialFailure(error))
    })
  }
}

function wsPipe(ws: WebSocket, socket: Socket, transport: Transport): Pipe {
  ws.binaryType = 'nodebuffer'
  return {
    transport,
    remote: { host: plainHost(socket.remoteAddress), port: socket.remotePort ?? 0 },
    local: { host: plainHost(socket.localAddress), port: socket.localPort ?? 0 },
    whole: true,
    get backlogBytes() {
      return ws.bufferedAmount
    },
    start(handlers) {
      let error = ''
      ws.on('message', data => handlers.data(data as Buffer))
      ws.on('pong', () => handlers.pong())
      ws.on('error', e => (error = e.message))
      ws.on('close', () => handlers.closed(error))
      if (ws.readyState >= WebSocket.CLOSING) queueMicrotask(() => handlers.closed('closed before use'))
    },
    // RFC 7118 §4.2: text where the message is UTF-8, else binary.
    write: bytes => ws.send(bytes, { binary: !isUtf8(bytes) }, () => {}),
    ping: () => ws.ping(),
    end: () => ws.close(1000),
    destroy: () => ws.terminate(),
  }
}
