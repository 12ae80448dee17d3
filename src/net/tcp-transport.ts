/** SIP over TCP (RFC 3261 §18): listening and dialling. Framing and limits are the connection table's. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { HostPort, Transport } from '../sip/flow.ts'
import { type Dial, dialFailure, type Pipe, plainHost } from './pipe.ts'

export const DIAL_TIMEOUT_MS = 5000

export function listenTcp(host: string, port: number, accept: (pipe: Pipe) => void): Promise<{ server: Server; local: HostPort }> {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, socket =>
    accept(socketPipe(socket, 'tcp')),
  )
  return listening(server, host, port)
}

export const dialTcp: Dial = (host, port, _serverName, done) => {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
  dialled(socket, 'connect', done, () => socketPipe(socket, 'tcp'))
}

/** Waits for one of connected, failed, too late. Shared with TLS, whose sockets behave alike. */
export function dialled(socket: Socket, event: string, done: Parameters<Dial>[3], make: () => Pipe): void {
  let over = false
  const finish = (result: Parameters<typeof done>[0]): void => {
    if (over) return
    over = true
    clearTimeout(timer)
    if ('failed' in result) socket.destroy()
    done(result)
  }
  const timer = setTimeout(() => finish({ failed: 'timeout', detail: `no connection within ${DIAL_TIMEOUT_MS} ms` }), DIAL_TIMEOUT_MS)
  socket.once(event, () => {
    if (!over) finish(make())
  })
  socket.on('error', error => finish(dialFailure(error)))
  socket.once('close', () => finish({ failed: 'error', detail: 'closed while connecting' }))
}

export function listening(server: Server, host: string, port: number): Promise<{ server: Server; local: HostPort }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      server.removeListener('error', reject)
      // A failed accept (too many open files) must not end the process.
      server.on('error', () => {})
      const address = server.address()
      resolve({ server, local: { host, port: typeof address === 'object' && address !== null ? address.port : port } })
    })
  })
}

export function socketPipe(socket: Socket, transport: Transport): Pipe {
  const remote = { host: plainHost(socket.remoteAddress), port: socket.remotePort ?? 0 }
  const local = { host: plainHost(socket.localAddress), port: socket.localPort ?? 0 }
  return {
    transport,
    local,
    remote,
    whole: false,
    get backlogBytes() {
      return socket.writableLength
    },
    start(handlers) {
      let error = ''
      socket.on('data', data => handlers.data(data as Buffer))
      socket.on('error', e => (error = e.message))
      socket.on('close', () => handlers.closed(error))
      if (socket.destroyed) queueMicrotask(() => handlers.closed('closed before use'))
    },
    write: bytes => void socket.write(bytes),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  }
}
