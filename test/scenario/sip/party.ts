/** One SIP element on the fake network with its legs, and a diary of what they told. */

import type { TimerQueue } from '../../../src/kernel/timer-queue.ts'
import type { Endpoint, EndpointConfig, EndpointUser, ServerTransaction } from '../../../src/sip/endpoint/contract.ts'
import { createEndpoint } from '../../../src/sip/endpoint/endpoint.ts'
import type { Hop } from '../../../src/sip/flow.ts'
import type { LegConfig, Legs, LegsOptions } from '../../../src/sip/leg/contract.ts'
import { createLegs } from '../../../src/sip/leg/legs.ts'
import type { LegCommand, LegId, LegNotice, LegSnapshot } from '../../../src/sip/leg.ts'
import type { HeaderField } from '../../../src/wire/sip/message.ts'
import type { FakeNetwork } from './fake-network.ts'

export const OFFER = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n'
export const ANSWER = 'v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n'
export const HOLD = OFFER.replace('o=- 1 1', 'o=- 1 2') + 'a=sendonly\r\n'
export const HELD = ANSWER.replace('o=- 2 1', 'o=- 2 2') + 'a=recvonly\r\n'

export interface PartyOptions {
  readonly transport?: Hop['transport']
  readonly config?: Partial<EndpointConfig>
  readonly legConfig?: Partial<LegConfig>
  readonly user?: Partial<EndpointUser>
  readonly authenticate?: LegsOptions['authenticate']
  /** Answers to notices: runs inside notify, as the call layer does. */
  readonly react?: (party: Party, leg: LegId, notice: LegNotice) => unknown
}

export class Party {
  readonly host: string
  readonly network: FakeNetwork
  endpoint: Endpoint
  legs: Legs
  readonly diary: { readonly leg: LegId; readonly notice: LegNotice }[] = []
  /** Requests outside legs. */
  readonly requests: ServerTransaction[] = []
  private readonly options: PartyOptions
  private incomingCount = 0
  private timers: TimerQueue

  constructor(network: FakeNetwork, host: string, options: PartyOptions = {}) {
    this.network = network
    this.host = host
    this.options = options
    this.timers = network.begin()
    const made = this.build()
    this.endpoint = made.endpoint
    this.legs = made.legs
  }

  private build(): { endpoint: Endpoint; legs: Legs } {
    const { network, options } = this
    const io = network.join(this.host, (bytes, flow) => this.endpoint.receive(bytes, flow))
    const endpoint = createEndpoint({
      timers: this.timers,
      clock: network.clock,
      random: network.random,
      io,
      config: { product: '', ...options.config },
      user: {
        ...options.user,
        request: t => {
          if (options.user?.request) options.user.request(t)
          else if (t.request.method === 'INVITE') this.legs.incoming(t, `${this.host}-in-${++this.incomingCount}`)
          else this.requests.push(t)
        },
      },
    })
    const legs = createLegs({
      endpoint,
      timers: this.timers,
      clock: network.clock,
      random: network.random,
      contactFor: hop => `sip:${this.host}:5060${hop.transport === 'udp' ? '' : `;transport=${hop.transport}`}`,
      ...(options.authenticate ? { authenticate: options.authenticate } : {}),
      ...(options.legConfig ? { config: options.legConfig } : {}),
      credentialsFor: username => ({ username, password: 'restored' }),
      notify: (leg, notice) => {
        this.diary.push({ leg, notice })
        options.react?.(this, leg, notice)
      },
    })
    return { endpoint, legs }
  }

  /** The process dies and another takes its place: nothing is left but what is restored. */
  restart(): void {
    this.network.kill(this.timers)
    this.timers = this.network.begin()
    const made = this.build()
    this.endpoint = made.endpoint
    this.legs = made.legs
  }

  hop(to: string): Hop {
    return { transport: this.options.transport ?? 'udp', host: to, port: 5060 }
  }

  call(
    to: string,
    more: Partial<LegCommand & { do: 'invite' }> & { offerless?: boolean; headers?: readonly HeaderField[] } = {},
    leg = 'out',
  ): void {
    const { offerless, ...rest } = more
    this.command(leg, {
      do: 'invite',
      requestUri: `sip:bob@${to}`,
      from: { display: 'Alice', uri: `sip:alice@${this.host}` },
      to: { uri: `sip:bob@${to}` },
      hops: [this.hop(to)],
      ...(offerless ? {} : { sdp: OFFER }),
      ...rest,
    })
  }

  command(leg: LegId, command: LegCommand): void {
    this.legs.command(leg, command)
  }

  notices<K extends LegNotice['is']>(is: K): Extract<LegNotice, { is: K }>[] {
    return this.diary.map(d => d.notice).filter((n): n is Extract<LegNotice, { is: K }> => n.is === is)
  }

  /** The words of the diary, snapshots left out. */
  get story(): string[] {
    return this.diary.filter(d => d.notice.is !== 'snapshot').map(d => tell(d.notice))
  }

  lastSnapshot(): LegSnapshot {
    for (let i = this.diary.length - 1; i >= 0; i--) {
      const n = this.diary[i]!.notice
      if ('snapshot' in n) return n.snapshot
    }
    throw new Error('no snapshot told')
  }
}

function tell(n: LegNotice): string {
  switch (n.is) {
    case 'progress':
      return `progress ${n.status}${n.sdp === undefined ? '' : ' +sdp'}`
    case 'failed':
      return `failed ${n.status}`
    case 'ended':
      return `ended ${n.by}`
    case 'dtmf':
      return `dtmf ${n.digit}`
    case 'offer-refused':
      return `offer-refused ${n.status}`
    case 'answered':
      return n.needsAnswer ? 'answered, wants answer' : 'answered'
    default:
      return n.is
  }
}

/** A called party that rings and answers at once. */
export function answering(sdp = ANSWER): NonNullable<PartyOptions['react']> {
  return (party, leg, n) => {
    if (n.is === 'offered') {
      party.command(leg, { do: 'progress', status: 180 })
      party.command(leg, { do: 'accept', sdp })
    }
    if (n.is === 'offer') party.command(leg, { do: 'answer', sdp: HELD })
  }
}
