/** What the SIP transports promise to the switch, and what each of them promises to the facade. */
import type { Flow, Hop, HostPort, Transport } from '../sip/flow.ts'
import type { SipFault } from '../wire/sip/parse-message.ts'

export interface TlsIdentity {
  /** PEM. */
  readonly cert: string
  readonly key: string
  /** PEM; when given, a client certificate signed by it is asked for. */
  readonly clientCa?: string
  readonly requireClientCert?: boolean
}

export interface ListenSpec {
  readonly transport: Transport
  readonly host: string
  /** 0: any free port; see `Listener.local`. */
  readonly port: number
  /** tls and wss. Several: chosen by server name (SNI), the first is the default. */
  readonly identities?: readonly { readonly serverNames?: readonly string[]; readonly identity: TlsIdentity }[]
  /** ws and wss: allowed Origin values; absent allows all. */
  readonly origins?: readonly string[]
}

export interface Listener {
  readonly transport: Transport
  readonly local: HostPort
  /** tls and wss: new certificates for connections made from now on. */
  reload(identities: NonNullable<ListenSpec['identities']>): void
}

export type SendFailure =
  | 'closed'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'certificate'
  /** Over the path's or our own limit for UDP, or the peer reads too slowly. */
  | 'too-big'
  | 'backlog'
  | 'no-socket'
  | 'error'

export type SendOutcome =
  | { readonly ok: true; readonly flow: Flow }
  | { readonly ok: false; readonly why: SendFailure; readonly detail: string }

export type FlowCloseReason = 'peer' | 'idle' | 'error' | 'garbage' | 'slow' | 'limit' | 'us'

export interface SipTransportEvents {
  /** One complete message. The bytes are the receiver's to keep. `receivedAt` is epoch milliseconds. */
  onMessage(bytes: Uint8Array, flow: Flow, receivedAt: number): void
  onFlowClosed(flow: Flow, why: FlowCloseReason): void
  /** A stream lost its message boundaries. `fault.status` with `fault.partial` may be answered on the flow now; it closes right after. */
  onGarbage?(flow: Flow, fault: SipFault): void
  /** A keep-alive was answered (RFC 5626 §4.4): the flow lives. */
  onPong?(flow: Flow): void
}

export interface SipTransports {
  listen(spec: ListenSpec): Promise<Listener>
  /**
   * Sends one message. To a flow: only there, 'closed' when it is gone. To a hop: by its flow if that is open, else by an open
   * connection to the same address, else by a new one. UDP to a hop leaves from the listening socket of the same address family.
   */
  send(target: Flow | Hop, bytes: Uint8Array): Promise<SendOutcome>
  /** The same without a promise, for the hot path: `done` is called only on failure (and at once for UDP when nothing listens). */
  post(target: Flow | Hop, bytes: Uint8Array, failed?: (outcome: SendOutcome & { ok: false }) => void): void
  isOpen(flow: Flow): boolean
  /** Drop a connection, for instance of a banned source. */
  drop(flow: Flow, why: FlowCloseReason): void
  /** The flow that `send(hop)` would use now, for Via and Contact (RFC 3261 §18.1.1); undefined when a connection must be made first. */
  flowFor(hop: Hop): Flow | undefined
  /** Our address for a transport and family, as listened. */
  localFor(transport: Transport, remoteHost: string): HostPort | undefined
  /** Starts CRLF keep-alive pings on a stream flow (RFC 5626 §4.4.1); a missing pong within 10 s closes it. */
  keepAlive(flow: Flow, everyMs: number): void
  readonly connections: number
  close(): Promise<void>
}
