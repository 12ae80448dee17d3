/** The SIP transports over real sockets: what `SipTransports` promises. */
import { randomBytes } from 'node:crypto'
import type { Server } from 'node:net'
import type { Flow, Hop, HostPort, Transport } from '../sip/flow.ts'
import { ConnectionTable, STREAM_LIMITS, type StreamLimits } from './connection-table.ts'
import type { Dial, Pipe } from './pipe.ts'
import { dialTcp, listenTcp } from './tcp-transport.ts'
import { type Identities, listenTls, type TlsClientOptions, tlsDialler } from './tls-transport.ts'
import type { Listener, ListenSpec, SendOutcome, SipTransportEvents, SipTransports } from './transport-types.ts'
import { openUdp, type UdpEvents, type UdpSocket } from './udp-transport.ts'
import { listenWs, wsDialler } from './ws-transport.ts'

export interface SocketTransportOptions {
  readonly limits?: Partial<StreamLimits>
  readonly tlsClient?: TlsClientOptions
  /** How often connections are looked at for idleness and slowness; default once a second. */
  readonly sweepMs?: number
  /** Answers STUN on the SIP port (RFC 5626 §3.5.2). */
  readonly onStun?: UdpEvents['onStun']
  /** Datagrams too short for anything else: hand them to the queue-delay probe. */
  readonly onShort?: UdpEvents['onShort']
}

type Failed = SendOutcome & { ok: false }
type Waiting = {
  readonly bytes: Uint8Array
  readonly done: ((outcome: SendOutcome) => void) | undefined
  readonly failed: ((outcome: Failed) => void) | undefined
}

/** A queue to a peer that is being dialled holds no more than this. */
const WAITING_MESSAGES = 500

export function openTransports(events: SipTransportEvents, options: SocketTransportOptions = {}): SipTransports {
  const limits = { ...STREAM_LIMITS, ...options.limits }
  const table = new ConnectionTable(limits, randomBytes(4).toString('hex') + '-', Date.now, {
    onMessage: (bytes, flow) => events.onMessage(bytes, flow, Date.now()),
    onClosed: (flow, why) => events.onFlowClosed(flow, why),
    onGarbage: (flow, fault) => events.onGarbage?.(flow, fault),
    onPong: flow => events.onPong?.(flow),
  })
  const dials: Partial<Record<Transport, Dial>> = {
    tcp: dialTcp,
    tls: tlsDialler(options.tlsClient ?? {}),
    ws: wsDialler('ws', {}, limits.message.maxBytes),
    wss: wsDialler('wss', options.tlsClient ?? {}, limits.message.maxBytes),
  }
  const udp: UdpSocket[] = []
  const servers: { readonly server: Server; readonly transport: Transport; readonly local: HostPort; close(): void }[] = []
  const dialling = new Map<string, Waiting[]>()
  const sweeping = setInterval(() => table.sweep(), options.sweepMs ?? 1000)
  sweeping.unref()
  let closed = false

  const socketFor = (flow: Flow): UdpSocket | undefined => {
    for (const s of udp) if (s.local.port === flow.local.port && s.local.host === flow.local.host) return s
    return socketTo(flow.remote.host)
  }
  const socketTo = (host: string): UdpSocket | undefined => {
    const family = host.includes(':') ? 6 : 4
    // Not from a loopback socket to the world: the kernel would refuse, or send an address nobody can answer.
    const local = isLoopback(host)
    let second: UdpSocket | undefined
    for (const s of udp)
      if (s.family === family) {
        if (isWildcard(s.local.host) || isLoopback(s.local.host) === local) return s
        second ??= s
      }
    return second
  }

  const overUdp = (
    socket: UdpSocket | undefined,
    host: string,
    port: number,
    bytes: Uint8Array,
    failed: ((outcome: Failed) => void) | undefined,
  ): boolean => {
    if (socket === undefined) {
      failed?.({ ok: false, why: 'no-socket', detail: `no UDP socket for ${host.includes(':') ? 'IPv6' : 'IPv4'}` })
      return false
    }
    socket.send(
      bytes,
      host,
      port,
      failed &&
        (error =>
          failed({
            ok: false,
            why:
              error.code === 'EMSGSIZE'
                ? 'too-big'
                : error.code === 'ENETUNREACH' || error.code === 'EHOSTUNREACH'
                  ? 'unreachable'
                  : 'error',
            detail: error.message,
          })),
    )
    return true
  }

  const deliver = (
    target: Flow | Hop,
    bytes: Uint8Array,
    done: ((outcome: SendOutcome) => void) | undefined,
    failed: ((outcome: Failed) => void) | undefined,
  ): void => {
    const isFlow = 'connection' in target
    if (target.transport === 'udp') {
      const flow = isFlow ? target : target.flow
      const host = flow?.remote.host ?? (target as Hop).host
      const port = flow?.remote.port ?? (target as Hop).port
      const socket = flow === undefined ? socketTo(host) : socketFor(flow)
      if (overUdp(socket, host, port, bytes, failed) && done !== undefined) done({ ok: true, flow: flow ?? udpFlow(socket!, host, port) })
      return
    }
    const open = (isFlow ? undefined : target.flow && table.find(target.flow)) ?? table.find(target)
    if (open !== undefined) {
      const result = table.write(open, bytes)
      if (result === 'sent') done?.({ ok: true, flow: open })
      else
        failed?.({
          ok: false,
          why: result,
          detail: result === 'closed' ? 'the connection is gone' : 'the peer does not read what it is sent',
        })
      return
    }
    if (isFlow || onlyByFlow(target)) failed?.({ ok: false, why: 'closed', detail: 'the connection is gone' })
    else dial(target, { bytes, done, failed })
  }

  /** The peer had called us: nobody listens at the port it called from, and a browser listens nowhere. */
  const onlyByFlow = (hop: Hop): boolean => {
    const { flow, transport } = hop
    if (flow === undefined || flow.remote.port !== hop.port || flow.remote.host !== hop.host) return false
    return transport === 'ws' || transport === 'wss' || servers.some(s => s.transport === transport && s.local.port === flow.local.port)
  }

  const dial = (hop: Hop, first: Waiting): void => {
    const key = `${hop.transport} ${hop.host} ${hop.port} ${hop.serverName ?? ''}`
    const waiting = dialling.get(key)
    if (waiting !== undefined) {
      if (waiting.length < WAITING_MESSAGES) waiting.push(first)
      else first.failed?.({ ok: false, why: 'backlog', detail: 'too many messages wait for this connection' })
      return
    }
    const queue = [first]
    dialling.set(key, queue)
    dials[hop.transport]!(hop.host, hop.port, hop.serverName, result => {
      dialling.delete(key)
      if ('failed' in result) {
        for (const w of queue) w.failed?.({ ok: false, why: result.failed, detail: result.detail })
        return
      }
      const flow = closed ? void result.destroy() : table.add(result, true)
      for (const w of queue) {
        if (flow !== undefined && table.write(flow, w.bytes) === 'sent') w.done?.({ ok: true, flow })
        else w.failed?.({ ok: false, why: 'closed', detail: 'the connection closed as soon as it was made' })
      }
    })
  }

  const accept = (pipe: Pipe): void => void table.add(pipe, false)

  return {
    async listen(spec: ListenSpec): Promise<Listener> {
      if (spec.transport === 'udp') {
        const socket = await openUdp(spec.host, spec.port, {
          onDatagram: (bytes, flow) => events.onMessage(bytes, flow, Date.now()),
          ...(options.onStun && { onStun: options.onStun }),
          ...(options.onShort && { onShort: options.onShort }),
        })
        udp.push(socket)
        return { transport: 'udp', local: socket.local, reload: () => {} }
      }
      const opened = await listenStream(spec, limits.message.maxBytes, accept)
      // Handshakes that never end count here as well; the table's own limits see only finished ones.
      opened.server.maxConnections = limits.connections
      servers.push({ transport: spec.transport, ...opened })
      return { transport: spec.transport, local: opened.local, reload: opened.reload }
    },
    send: (target, bytes) => new Promise(resolve => deliver(target, bytes, resolve, resolve)),
    post: (target, bytes, failed) => deliver(target, bytes, undefined, failed),
    isOpen: flow => (flow.transport === 'udp' ? socketFor(flow) !== undefined : table.find(flow) !== undefined),
    drop: (flow, why) => table.drop(flow, why),
    flowFor(hop) {
      if (hop.transport !== 'udp') return (hop.flow && table.find(hop.flow)) ?? table.find(hop)
      if (hop.flow !== undefined) return hop.flow
      const socket = socketTo(hop.host)
      return socket && udpFlow(socket, hop.host, hop.port)
    },
    localFor(transport, remoteHost) {
      if (transport === 'udp') return socketTo(remoteHost)?.local
      const v6 = remoteHost.includes(':')
      const same = servers.filter(s => s.transport === transport)
      return (same.find(s => s.local.host.includes(':') === v6) ?? same[0])?.local
    },
    keepAlive: (flow, everyMs) => table.keepAlive(flow, everyMs),
    get connections() {
      return table.size
    },
    async close() {
      closed = true
      clearInterval(sweeping)
      const ended = servers.map(
        ({ server, close }) =>
          new Promise<void>(done => {
            server.close(() => done())
            close()
          }),
      )
      table.closeAll()
      await Promise.all([...ended, ...udp.map(s => s.close())])
    },
  }
}

interface OpenedStream {
  readonly server: Server
  readonly local: HostPort
  reload(identities: Identities): void
  close(): void
}

async function listenStream(spec: ListenSpec, maxMessageBytes: number, accept: (pipe: Pipe) => void): Promise<OpenedStream> {
  const { transport, host, port } = spec
  if (transport === 'tcp') return { ...(await listenTcp(host, port, accept)), reload: () => {}, close: () => {} }
  const identities = spec.identities ?? []
  if (transport !== 'ws' && identities.length === 0) throw new Error(`${transport} on ${host}:${port} needs a certificate`)
  if (transport === 'tls') return { ...(await listenTls(host, port, identities, accept)), close: () => {} }
  return listenWs(
    { host, port, maxMessageBytes, ...(transport === 'wss' && { identities }), ...(spec.origins && { origins: spec.origins }) },
    accept,
  )
}

function udpFlow(socket: UdpSocket, host: string, port: number): Flow {
  return { transport: 'udp', local: socket.local, remote: { host, port }, connection: '' }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1'
}
