/** The switch's SIP sockets, and what we write of ourselves into Via and Contact. */
import { readFileSync } from 'node:fs'
import { type QueueDelayProbe, startQueueDelayProbe } from '../net/queue-delay-probe.ts'
import { openTransports as open, type SocketTransportOptions } from '../net/socket-transports.ts'
import { answerStun } from '../net/stun-responder.ts'
import type { SipTransportEvents, SipTransports } from '../net/transport-types.ts'
import type { Hop, HostPort, Transport } from '../sip/flow.ts'
import type { ExchangeConfig } from '../store/exchange-config.ts'

export interface SipSide {
  /** Rejects with the system's error when a port is taken. */
  listen(): Promise<void>
  close(): Promise<void>
  readonly transports: SipTransports
  readonly listening: readonly { readonly transport: string; readonly address: string; readonly port: number }[]
  ours(hop: Hop): HostPort
  /** Contact URI towards a hop, without angle brackets. */
  contact(hop: Hop): string
}

/** How often the wait in our own queue is measured. */
const PROBE_MS = 20

/** `waited` hears, every so often, how long a datagram stood in our queues before it was read. Nothing is read before `listen`. */
export function sipSide(config: ExchangeConfig, events: SipTransportEvents, waited: (delayMs: number, nowMs: number) => void): SipSide {
  let probe: QueueDelayProbe | null = null
  const options: SocketTransportOptions = {
    tlsClient: {},
    onStun: answerStun,
    onShort: (bytes, remote) => void probe?.arrived(bytes, remote),
  }
  const transports = open(events, options)
  const identities = [{ identity: { cert: readFileSync(config.tlsCert, 'utf8'), key: readFileSync(config.tlsKey, 'utf8') } }]
  const { host, port } = config.sip
  const ports: Readonly<Record<Transport, number>> = { udp: port, tcp: port, tls: config.sipsPort, ws: config.wsPort, wss: config.wssPort }
  const contacts: Readonly<Record<Transport, string>> = {
    udp: `sip:${uriHost(config.advertise)}:${port}`,
    tcp: `sip:${uriHost(config.advertise)}:${port};transport=tcp`,
    tls: `sip:${uriHost(config.advertise)}:${config.sipsPort};transport=tls`,
    ws: `sip:${uriHost(config.advertise)}:${config.wsPort};transport=ws`,
    wss: `sip:${uriHost(config.advertise)}:${config.wssPort};transport=ws`,
  }
  const ours = Object.fromEntries(Object.entries(ports).map(([t, p]) => [t, { host: config.advertise, port: p }])) as Record<
    Transport,
    HostPort
  >
  return {
    async listen() {
      await Promise.all(
        (Object.keys(ports) as Transport[]).map(transport =>
          transports.listen({
            transport,
            host,
            port: ports[transport],
            ...(transport === 'tls' || transport === 'wss' ? { identities } : {}),
          }),
        ),
      )
      probe = await startQueueDelayProbe({ host, port }, PROBE_MS, waited)
    },
    close() {
      probe?.stop()
      return transports.close()
    },
    transports,
    listening: Object.entries(ports).map(([transport, p]) => ({ transport, address: host, port: p })),
    ours: hop => ours[hop.transport],
    contact: hop => contacts[hop.transport],
  }
}

function uriHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
