/**
 * Who is let in at all, judged by source address before anything costly happens (SEC-01). Banned sources and scanners get
 * silence: an answer, even a refusal, tells them that somebody lives here.
 */
import type { SipRequest } from '../../wire/sip/message.ts'
import { NetworkTable, sourceKey } from './address-set.ts'
import { BANS, BanList, type BanOptions } from './ban-list.ts'
import { looksLikeScanner } from './scanner-signs.ts'
import { TokenBuckets } from './token-buckets.ts'

export interface SourceGuardOptions {
  /** Networks that are never limited or banned: trunks, the office LAN if so wished. */
  readonly allow: readonly string[]
  /** Messages per second and burst of one unknown source. */
  readonly messagesPerS: number
  readonly messageBurst: number
  /** The same for a source that proved a password lately: an office full of telephones behind one NAT. */
  readonly knownFactor: number
  /** Offences (in points) a source may collect before it is banned; they fade by `offencesPerMinute`. */
  readonly offences: number
  readonly offencesPerMinute: number
  readonly sources: number
  readonly bans: BanOptions
}

const GUARD: SourceGuardOptions = {
  allow: [],
  messagesPerS: 50,
  messageBurst: 300,
  knownFactor: 400,
  offences: 12,
  offencesPerMinute: 2,
  sources: 20_000,
  bans: BANS,
}

export type Offence = 'wrong-password' | 'garbage' | 'scanner' | 'unknown-number' | 'flood'

/** Points by offence. A wrong password is human; a scanner's name is not. */
const POINTS: Readonly<Record<Offence, number>> = { 'wrong-password': 1, garbage: 2, scanner: 100, 'unknown-number': 2, flood: 3 }

export type GuardVerdict =
  | { readonly is: 'pass' }
  /** Drop without a word. `banned` tells whether this very message brought the ban on (worth one log line). */
  | { readonly is: 'silence'; readonly why: 'banned' | 'flood' | 'scanner'; readonly newlyBanned: boolean }

const PASS: GuardVerdict = { is: 'pass' }
const BANNED: GuardVerdict = { is: 'silence', why: 'banned', newlyBanned: false }
const FLOOD: GuardVerdict = { is: 'silence', why: 'flood', newlyBanned: false }

export class SourceGuard {
  private readonly options: SourceGuardOptions
  private allow: NetworkTable<true>
  private readonly bans: BanList
  private readonly strangers: TokenBuckets
  private readonly known: TokenBuckets
  private readonly offences: TokenBuckets
  /** Sources that proved a password → when. */
  private readonly proven = new Map<string, number>()

  constructor(options: Partial<SourceGuardOptions> = {}) {
    const o = { ...GUARD, ...options }
    this.options = o
    this.allow = new NetworkTable(o.allow.map(n => [n, true] as const))
    this.bans = new BanList(o.bans)
    this.strangers = new TokenBuckets({ rate: o.messagesPerS, burst: o.messageBurst, keys: o.sources })
    this.known = new TokenBuckets({ rate: o.messagesPerS * o.knownFactor, burst: o.messageBurst * o.knownFactor, keys: o.sources })
    this.offences = new TokenBuckets({ rate: o.offencesPerMinute / 60, burst: o.offences, keys: o.sources })
  }

  /** A new plan may have new trunks. */
  allowNetworks(networks: readonly string[]): void {
    this.allow = new NetworkTable(networks.map(n => [n, true] as const))
  }

  /** Before parsing: may this source speak at all? Costs a map lookup or two. */
  arrive(address: string, nowMs: number): GuardVerdict {
    if (this.allow.find(address)) return PASS
    const source = sourceKey(address)
    if (this.bans.banned(source, nowMs)) return BANNED
    const provenAt = this.proven.get(source)
    if (provenAt !== undefined && nowMs - provenAt < 3_600_000) return this.known.take(source, nowMs) ? PASS : FLOOD
    if (this.strangers.take(source, nowMs)) return PASS
    return this.offend(address, 'flood', nowMs) ? { is: 'silence', why: 'flood', newlyBanned: true } : FLOOD
  }

  /** After parsing a request outside any dialog. */
  inspect(request: SipRequest, address: string, nowMs: number): GuardVerdict {
    if (!looksLikeScanner(request) || this.allow.find(address)) return PASS
    return { is: 'silence', why: 'scanner', newlyBanned: this.offend(address, 'scanner', nowMs) }
  }

  /** Counts an offence; true when the source has just been banned for it. */
  offend(address: string, offence: Offence, nowMs: number): boolean {
    if (this.allow.find(address)) return false
    const source = sourceKey(address)
    if (this.bans.banned(source, nowMs)) return false
    // One mistyped password behind a NAT must not silence a whole office: known sources get ten times the patience.
    const points = POINTS[offence] / (this.proven.has(source) && offence !== 'scanner' ? 10 : 1)
    if (this.offences.spend(source, nowMs, points) > 0) return false
    this.bans.ban(source, nowMs)
    this.proven.delete(source)
    return true
  }

  /** A password was proved from there. */
  prove(address: string, nowMs: number): void {
    const source = sourceKey(address)
    const before = this.proven.get(source)
    if (before !== undefined && nowMs - before < 60_000) return
    this.proven.delete(source)
    if (this.proven.size >= this.options.sources) this.proven.delete(this.proven.keys().next().value!)
    this.proven.set(source, nowMs)
  }

  isBanned(address: string, nowMs: number): boolean {
    return this.bans.banned(sourceKey(address), nowMs)
  }

  pardon(address: string): boolean {
    return this.bans.lift(sourceKey(address))
  }

  bansInForce(nowMs: number): { source: string; until: number; times: number }[] {
    return [...this.bans.current(nowMs)].map(([source, ban]) => ({ source, ...ban }))
  }
}
