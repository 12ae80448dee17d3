/** A way to reach a peer: one connection, or one UDP socket and a remote address (RFC 5626 §3.1). */
export type Transport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

export interface HostPort {
  readonly host: string
  readonly port: number
}

export interface Flow {
  readonly transport: Transport
  /** Our end. */
  readonly local: HostPort
  /** Their end. */
  readonly remote: HostPort
  /** Names one connection for stream transports (unique in the process's life); '' for UDP. */
  readonly connection: string
}

/** Where a request shall go once URI and DNS are resolved (RFC 3263): tried in order. `flow` wins when it is still open. */
export interface Hop {
  readonly transport: Transport
  readonly host: string
  readonly port: number
  readonly flow?: Flow
  /** TLS: the name that the certificate must carry. */
  readonly serverName?: string
}
