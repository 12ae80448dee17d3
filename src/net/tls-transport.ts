/** SIP over TLS (RFC 3261 §26.2, RFC 5922): several identities by server name, exchangeable while running, optional client certificates. */
import type { Server } from 'node:net'
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  createServer,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { HostPort } from '../sip/flow.ts'
import type { Dial, Pipe } from './pipe.ts'
import { dialled, listening, socketPipe } from './tcp-transport.ts'
import type { ListenSpec, TlsIdentity } from './transport-types.ts'

export type Identities = NonNullable<ListenSpec['identities']>

export interface TlsClientOptions {
  /** PEM roots instead of the built-in ones. */
  readonly ca?: string
  /** Ours, for peers that ask. */
  readonly cert?: string
  readonly key?: string
  /** Only for peers whose certificate cannot be checked, and only when the plan says so. */
  readonly trustAnyone?: boolean
}

/** What `tls.createServer` and an HTTPS server need, with contexts that `reload` exchanges. */
export class TlsContexts {
  private first!: SecureContext
  private byName = new Map<string, SecureContext>()

  constructor(identities: Identities) {
    this.reload(identities)
  }

  /** Throws when a certificate or key cannot be used; the old ones then stay in force. */
  reload(identities: Identities): void {
    if (identities.length === 0) throw new Error('TLS needs at least one certificate')
    const contexts = identities.map(({ serverNames, identity }) => ({ serverNames, context: contextOf(identity) }))
    this.byName = new Map()
    for (const { serverNames, context } of contexts) for (const name of serverNames ?? []) this.byName.set(name.toLowerCase(), context)
    this.first = contexts[0]!.context
  }

  pick(name: string): SecureContext {
    const lower = name.toLowerCase()
    const dot = lower.indexOf('.')
    return this.byName.get(lower) ?? (dot > 0 ? this.byName.get('*' + lower.slice(dot)) : undefined) ?? this.first
  }

  serverOptions(identities: Identities) {
    const { identity } = identities[0]!
    return {
      cert: identity.cert,
      key: identity.key,
      ...(identity.clientCa !== undefined && {
        ca: identity.clientCa,
        requestCert: true,
        rejectUnauthorized: identity.requireClientCert === true,
      }),
      minVersion: 'TLSv1.2' as const,
      handshakeTimeout: 10_000,
      SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => done(null, this.pick(name)),
    }
  }
}

function contextOf(identity: TlsIdentity): SecureContext {
  return createSecureContext({
    cert: identity.cert,
    key: identity.key,
    ...(identity.clientCa !== undefined && { ca: identity.clientCa }),
    minVersion: 'TLSv1.2',
  })
}

export async function listenTls(
  host: string,
  port: number,
  identities: Identities,
  accept: (pipe: Pipe) => void,
): Promise<{ server: Server; local: HostPort; reload(identities: Identities): void }> {
  const contexts = new TlsContexts(identities)
  const server = createServer(
    { ...contexts.serverOptions(identities), noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 },
    socket => accept(socketPipe(socket, 'tls')),
  )
  // Failed handshakes are everyday: port scanners, old ciphers. The socket is already closed.
  server.on('tlsClientError', () => {})
  const opened = await listening(server, host, port)
  return {
    ...opened,
    reload(next) {
      contexts.reload(next)
      server.setSecureContext(contexts.serverOptions(next))
    },
  }
}

/** `serverName`: the SIP domain that was asked for, not the host DNS led to (RFC 5922 §7.1, §7.3). */
export function tlsDialler(options: TlsClientOptions): Dial {
  return (host, port, serverName, done) => {
    const name = serverName ?? host
    const socket: TLSSocket = connect({
      host,
      port,
      ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
      ...(options.ca !== undefined && { ca: options.ca }),
      ...(options.cert !== undefined && { cert: options.cert }),
      ...(options.key !== undefined && { key: options.key }),
      rejectUnauthorized: options.trustAnyone !== true,
      checkServerIdentity: (_host, certificate) => (options.trustAnyone === true ? undefined : checkSipIdentity(name, certificate)),
      minVersion: 'TLSv1.2',
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    dialled(socket, 'secureConnect', done, () => socketPipe(socket, 'tls'))
  }
}

/** RFC 5922 §7.1: a `sip:` URI in subjectAltName speaks for the domain, and then alone; else DNS names do. No wildcards in URIs. */
export function checkSipIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  const uris = (certificate.subjectaltname ?? '').split(', ').filter(s => s.startsWith('URI:sip:'))
  if (uris.length === 0) return checkServerIdentity(name, certificate)
  if (uris.some(u => u.slice(8).toLowerCase() === name.toLowerCase())) return undefined
  return checkServerIdentity(name, certificate)
}
