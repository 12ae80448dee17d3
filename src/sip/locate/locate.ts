/**
 * From a URI to the hops that may serve it, in order (RFC 3263 §4, RFC 7984 for two address families, RFC 7118 §7 for WebSocket).
 * A pure function of what is known: it names the questions still open, and is asked again when they are answered. A cache, a real
 * resolver or a table in a test are all the same to it.
 */
import type { Random } from '../../kernel/clock.ts'
import { isAddress } from '../../wire/sip/host.ts'
import { param } from '../../wire/sip/params.ts'
import type { SipUri } from '../../wire/sip/uri.ts'
import type { Hop, Transport } from '../flow.ts'
import type { DnsQuestion, Known, NaptrRecord, SrvRecord } from './dns-values.ts'

export interface LocateOptions {
  /** What we speak, most wanted first: decides where DNS leaves the choice to us. */
  readonly transports: readonly Transport[]
  /** Families we can reach, most wanted first. */
  readonly families: readonly (4 | 6)[]
  /** Most hops worth trying. */
  readonly hops: number
}

export const LOCATE: LocateOptions = { transports: ['udp', 'tcp', 'tls'], families: [4, 6], hops: 12 }

export type Located =
  | { readonly is: 'asking'; readonly questions: readonly DnsQuestion[] }
  /** Never empty. */
  | { readonly is: 'found'; readonly hops: readonly Hop[] }
  /** No hop: `no-address` (DNS knows none), `no-transport` (none that we speak). */
  | { readonly is: 'lost'; readonly why: 'no-address' | 'no-transport' }

interface Service {
  readonly transport: Transport
  /** Name of the SRV record. */
  readonly srv: string
}

const NAPTR_SERVICES: Readonly<Record<string, Transport>> = {
  'SIP+D2U': 'udp',
  'SIP+D2T': 'tcp',
  'SIPS+D2T': 'tls',
  'SIP+D2W': 'ws',
  'SIPS+D2W': 'wss',
}
const SRV_PREFIX: Readonly<Record<Transport, string>> = {
  udp: '_sip._udp.',
  tcp: '_sip._tcp.',
  tls: '_sips._tcp.',
  ws: '_sip._ws.',
  wss: '_sips._ws.',
}
const DEFAULT_PORT: Readonly<Record<Transport, number>> = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 }

export function locate(uri: SipUri, known: Known, random: Random, options: LocateOptions = LOCATE): Located {
  const ask = new Questions(known)
  const host = (param(uri.params, 'maddr') || uri.host).toLowerCase().replace(/\.$/, '')
  const named = namedTransport(uri)
  if (named === null) return { is: 'lost', why: 'no-transport' }
  if (named !== undefined && !options.transports.includes(named)) return { is: 'lost', why: 'no-transport' }
  const plain = named ?? (uri.scheme === 'sips' ? 'tls' : 'udp')
  const context: Context = { ask, random, options, serverName: uri.host.toLowerCase(), port: uri.port }

  // §4.1, §4.2: a numeric host or a port leaves nothing to NAPTR and SRV.
  if (isAddress(host)) return found([hop(plain, host, uri.port ?? DEFAULT_PORT[plain], context)], options)
  if (uri.port !== null) return finish(addresses(plain, host, uri.port, context), context)

  if (named !== undefined) return finish(bySrv([{ transport: named, srv: SRV_PREFIX[named] + host }], host, context, named), context)
  const naptr = ask.naptr(host)
  if (naptr === undefined) return finish(undefined, context)
  const services = fromNaptr(naptr, uri, options)
  if (services.length > 0) return finish(bySrv(services, host, context, plain), context)
  const usual = options.transports.filter(t => (uri.scheme === 'sips' ? t === 'tls' : t === 'udp' || t === 'tcp' || t === 'tls'))
  return finish(
    bySrv(
      usual.map(t => ({ transport: t, srv: SRV_PREFIX[t] + host })),
      host,
      context,
      plain,
    ),
    context,
  )
}

interface Context {
  readonly ask: Questions
  readonly random: Random
  readonly options: LocateOptions
  readonly serverName: string
  readonly port: number | null
}

/** Undefined: the URI leaves it open. Null: none that exists. */
function namedTransport(uri: SipUri): Transport | undefined | null {
  const text = param(uri.params, 'transport')?.toLowerCase()
  if (text === undefined || text === '') return undefined
  if (uri.scheme === 'sips') return text === 'tcp' || text === 'tls' ? 'tls' : text === 'ws' || text === 'wss' ? 'wss' : null
  // transport=tls is deprecated (RFC 3261 §26.2.2) and everywhere.
  return text === 'udp' || text === 'tcp' || text === 'tls' || text === 'ws' || text === 'wss' ? text : null
}

/** §4.1: by order, then preference; of what we do not speak, or what a sips URI forbids, nothing. */
function fromNaptr(records: readonly NaptrRecord[], uri: SipUri, options: LocateOptions): Service[] {
  const usable = records.filter(r => {
    const transport = NAPTR_SERVICES[r.service.toUpperCase()]
    if (transport === undefined || r.flags.toLowerCase() !== 's' || !options.transports.includes(transport)) return false
    return uri.scheme === 'sip' || transport === 'tls' || transport === 'wss'
  })
  usable.sort((a, b) => a.order - b.order || a.preference - b.preference)
  return usable.slice(0, 8).map(r => ({ transport: NAPTR_SERVICES[r.service.toUpperCase()]!, srv: clean(r.replacement) }))
}

/** The servers of each service in turn; where there is no SRV record at all, the host itself at the default port. */
function bySrv(services: readonly Service[], host: string, context: Context, fallback: Transport): Hop[] | undefined {
  const sets = services.map(s => context.ask.srv(s.srv))
  if (sets.some(s => s === undefined)) return undefined
  let open = false
  let any = false
  const hops: Hop[] = []
  for (let i = 0; i < services.length; i++) {
    const records = sets[i]!
    if (records.length > 0) any = true
    const targets = records.filter(r => r.target !== '.' && r.target !== '').slice(0, 16)
    // Ask for every address before drawing weights, so that the draw is made once, over everything.
    for (const r of targets) if (addresses(services[i]!.transport, clean(r.target), r.port, context) === undefined) open = true
    if (open) continue
    for (const r of byWeight(targets, context.random)) hops.push(...addresses(services[i]!.transport, clean(r.target), r.port, context)!)
  }
  if (open) return undefined
  return any ? hops : addresses(fallback, host, DEFAULT_PORT[fallback], context)
}

/** RFC 2782: lowest priority first; within one, drawn in proportion to weight. */
export function byWeight(records: readonly SrvRecord[], random: Random): SrvRecord[] {
  const out: SrvRecord[] = []
  const priorities = [...new Set(records.map(r => r.priority))].sort((a, b) => a - b)
  for (const priority of priorities) {
    // Weight zero goes first in the running sum, so that it has its small chance.
    const left = records.filter(r => r.priority === priority).sort((a, b) => a.weight - b.weight)
    while (left.length > 0) {
      const total = left.reduce((sum, r) => sum + r.weight, 0)
      const drawn = Math.floor(random.fraction() * (total + 1))
      let sum = 0
      const at = left.findIndex(r => (sum += r.weight) >= drawn)
      out.push(...left.splice(at < 0 ? left.length - 1 : at, 1))
    }
  }
  return out
}

function addresses(transport: Transport, host: string, port: number, context: Context): Hop[] | undefined {
  if (isAddress(host)) return [hop(transport, host, port, context)]
  const lists = context.options.families.map(f => context.ask.addresses(f === 4 ? 'A' : 'AAAA', host))
  if (lists.some(l => l === undefined)) return undefined
  return lists.flatMap(l => l!.map(a => hop(transport, a, port, context)))
}

function hop(transport: Transport, host: string, port: number, context: Context): Hop {
  return transport === 'tls' || transport === 'wss' ? { transport, host, port, serverName: context.serverName } : { transport, host, port }
}

function finish(hops: readonly Hop[] | undefined, context: Context): Located {
  if (hops === undefined) return { is: 'asking', questions: context.ask.open }
  return found(hops, context.options)
}

function found(hops: readonly Hop[], options: LocateOptions): Located {
  const seen = new Set<string>()
  const unique = hops.filter(h => {
    const key = `${h.transport} ${h.host} ${h.port}`
    return !seen.has(key) && seen.add(key) !== undefined
  })
  return unique.length === 0 ? { is: 'lost', why: 'no-address' } : { is: 'found', hops: unique.slice(0, options.hops) }
}

function clean(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

/** Looks things up, and notes what could not be. */
class Questions {
  readonly open: DnsQuestion[] = []
  private readonly known: Known

  constructor(known: Known) {
    this.known = known
  }

  naptr(name: string): readonly NaptrRecord[] | undefined {
    const a = this.get({ type: 'NAPTR', name })
    return a === undefined ? undefined : a.type === 'NAPTR' ? a.records : []
  }

  srv(name: string): readonly SrvRecord[] | undefined {
    const a = this.get({ type: 'SRV', name })
    return a === undefined ? undefined : a.type === 'SRV' ? a.records : []
  }

  addresses(type: 'A' | 'AAAA', name: string): readonly string[] | undefined {
    const a = this.get({ type, name })
    return a === undefined ? undefined : a.type === type ? a.addresses : []
  }

  private get(question: DnsQuestion) {
    const answer = this.known(question)
    if (answer === undefined && !this.open.some(q => q.type === question.type && q.name === question.name)) this.open.push(question)
    return answer
  }
}
