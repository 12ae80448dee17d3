/**
 * The registrar and its location service (RFC 3261 §10.3, Path RFC 3327, Outbound RFC 5626 §6, GRUU RFC 5627 §5).
 * It gets REGISTER requests whose sender has proved who he is, and gives back what to answer and what has changed.
 */
import type { Random } from '../../kernel/clock.ts'
import { bindingParams } from '../../wire/sip/contact.ts'
import { parseDelta } from '../../wire/sip/delta-seconds.ts'
import { type HeaderField, header, headerValues, type SipRequest } from '../../wire/sip/message.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { hasParam, printParams } from '../../wire/sip/params.ts'
import { parseUri, printUri, sipUri } from '../../wire/sip/uri.ts'
import type { Flow } from '../flow.ts'
import type { Binding, BindingStore } from './binding.ts'
import { type ContactClaim, parseContactClaim } from './contact-claim.ts'
import { publicGruu, readGruu, TempGruuCodec } from './gruu.ts'
import { type Entry, LocationTable } from './location-table.ts'
import { isStream, listener, type ReachableContact, reach } from './reach.ts'

export interface RegistrarOptions {
  /** The domain of every AOR here, whatever host name or address a telephone was told. */
  readonly domain: string
  readonly defaultExpiresS: number
  /** Shorter is refused with 423. */
  readonly minExpiresS: number
  /** Longer is shortened. */
  readonly maxExpiresS: number
  readonly maxContacts: number
  /** RFC 5626 §4.4: how long a flow may be silent. */
  readonly flowTimerS: number
  readonly gruu: boolean
  /** Random, kept as long as the store is: temporary GRUUs are made with it. */
  readonly gruuKey: string
  /** May this account register for the AOR? Default: when the user part is the account's name. */
  readonly mayRegister?: (account: string, aorUser: string) => boolean
  /** Is the host of a To URI one of ours? Default: any. */
  readonly isOurs?: (host: string) => boolean
}

export const REGISTRAR: Omit<RegistrarOptions, 'domain' | 'gruuKey'> = {
  defaultExpiresS: 3600,
  minExpiresS: 60,
  maxExpiresS: 7200,
  maxContacts: 10,
  flowTimerS: 120,
  gruu: true,
}

export type RegistrarNotice =
  | { readonly is: 'registered' | 'refreshed'; readonly binding: Binding }
  /** `left`: how many reachable contacts the AOR still has. */
  | { readonly is: 'unregistered' | 'expired' | 'unreachable'; readonly binding: Binding; readonly left: number }

export interface RegisterOutcome {
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderField[]
}

export class Registrar {
  private readonly options: RegistrarOptions
  private readonly random: Random
  private readonly table: LocationTable
  private readonly tell: (notice: RegistrarNotice) => void
  private readonly gruus: TempGruuCodec

  constructor(options: RegistrarOptions, store: BindingStore, random: Random, tell: (notice: RegistrarNotice) => void) {
    this.options = options
    this.random = random
    this.tell = tell
    this.gruus = new TempGruuCodec(options.gruuKey)
    this.table = new LocationTable(store, entry => tell({ is: 'expired', binding: entry.binding, left: this.reachable(entry.binding.aor) }))
  }

  /** `account`: the user name proved by digest (or by certificate). */
  register(request: SipRequest, flow: Flow, account: string, nowMs: number): RegisterOutcome {
    for (const option of headerValues(request, 'Require'))
      if (option !== 'path' && option !== 'outbound' && option !== 'gruu')
        return refuse(420, 'Bad Extension', { name: 'Unsupported', value: option })
    const to = parseNameAddr(header(request, 'To') ?? '')
    const toUri = to.ok ? parseUri(to.value.uri) : undefined
    if (toUri === undefined || !toUri.ok) return refuse(400, 'Bad To')
    if (toUri.value.scheme === 'tel' || toUri.value.scheme === 'other') return refuse(416, 'Unsupported URI Scheme')
    if (toUri.value.user === '' || this.options.isOurs?.(toUri.value.host) === false) return refuse(404, 'Not Found')
    if (!(this.options.mayRegister ?? sameName)(account, toUri.value.user)) return refuse(403, 'Forbidden')
    const aor = this.aorOf(toUri.value.user)

    const cseq = Number.parseInt(header(request, 'CSeq') ?? '', 10)
    const callId = header(request, 'Call-ID')
    if (!(cseq >= 0) || callId === undefined) return refuse(400, 'Bad CSeq or Call-ID')
    const contacts = headerValues(request, 'Contact')
    const expires = header(request, 'Expires')
    const expiresS = expires === undefined ? undefined : (parseDelta(expires) ?? 3600)
    const asked: Asked = { request, flow, account, aor, callId, cseq, expiresS, nowMs }
    this.table.due(nowMs)

    if (contacts.includes('*')) {
      if (contacts.length > 1 || expiresS !== 0) return refuse(400, 'Wildcard needs Expires: 0 and no other Contact')
      for (const e of this.table.of(aor)) if (outOfOrder(e, asked)) return refuse(500, 'CSeq Out Of Order')
      for (const e of [...this.table.of(aor)]) this.unregister(e)
      return this.accept(asked, false)
    }
    return contacts.length === 0 ? this.accept(asked, false) : this.bind(asked, contacts)
  }

  /** Contacts that can be reached now, best first: by q, then the freshest. Takes an AOR or a GRUU of either kind. */
  lookup(uri: string, nowMs: number): ReachableContact[] {
    const parsed = parseUri(uri)
    if (!parsed.ok || parsed.value.scheme === 'tel' || parsed.value.scheme === 'other') return []
    const gruu = readGruu(parsed.value)
    if (gruu === undefined) return this.contacts(parsed.value.user, nowMs)
    if (gruu.is === 'public') {
      const same = this.contacts(parsed.value.user, nowMs).filter(c => c.binding.instance === gruu.instance)
      return newestFlows(same)
    }
    const id = this.gruus.decode(gruu.user)
    const entry = id === undefined ? undefined : this.table.byGruuId(id)
    if (entry === undefined) return []
    const { aor, instance } = entry.binding
    return newestFlows(
      this.reachableEntries(aor, nowMs)
        .filter(e => e.binding.instance === instance)
        .map(e => reach(e.binding, e.open)),
    )
  }

  /** The same by the name of an account (the user part of its AOR). */
  contacts(user: string, nowMs: number): ReachableContact[] {
    const entries = this.reachableEntries(this.aorOf(user), nowMs)
    if (entries.length > 1) entries.sort((a, b) => b.binding.q - a.binding.q || b.binding.refreshedAt - a.binding.refreshedAt)
    return entries.map(e => reach(e.binding, e.open))
  }

  isRegistered(user: string, nowMs: number): boolean {
    for (const e of this.table.of(this.aorOf(user))) if (mayBeReached(e) && e.binding.expiresAt > nowMs) return true
    return false
  }

  /** A connection is gone: what came by it cannot be reached until it registers again. */
  flowClosed(flow: Flow): void {
    for (const { binding } of this.table.closed(flow)) this.tell({ is: 'unreachable', binding, left: this.reachable(binding.aor) })
  }

  /** A contact answered from nowhere (RFC 5626 §5.3: 430, or time-out): forget that flow, keep the others. */
  flowFailed(aor: string, id: string): void {
    const entry = this.table.of(aor).find(e => e.binding.id === id)
    if (entry !== undefined && entry.binding.regId !== undefined) this.unregister(entry)
  }

  /** Removes what has expired; call it at `nextAt`. */
  expire(nowMs: number): void {
    this.table.due(nowMs)
  }

  nextAt(): number {
    return this.table.nextAt()
  }

  *bindings(): IterableIterator<Binding & { readonly reachable: boolean }> {
    for (const e of this.table.all()) yield { ...e.binding, reachable: e.open }
  }

  /** These accounts are registered nowhere any more: the office took them away, or gave them another password. Returns how many contacts that were. */
  forget(accounts: ReadonlySet<string>): number {
    const gone = [...this.table.all()].filter(e => accounts.has(e.binding.account))
    for (const entry of gone) this.unregister(entry)
    return gone.length
  }

  /** UDP flows through a NAT, which want a packet every half minute to stay open. */
  *nattedFlows(): IterableIterator<Flow> {
    for (const e of this.table.all()) if (e.binding.natted && !isStream(e.binding.flow.transport)) yield e.binding.flow
  }

  get size(): number {
    return this.table.size
  }

  aorOf(user: string): string {
    return printUri(sipUri(user, this.options.domain))
  }

  /** All contacts of one request are bound, or none (RFC 3261 §10.3, last paragraph of step 7). */
  private bind(asked: Asked, contacts: readonly string[]): RegisterOutcome {
    const { request, aor } = asked
    const path = headerValues(request, 'Path')
    const supported = headerValues(request, 'Supported')
    if (path.length > 0 && !supported.includes('path')) return refuse(421, 'Extension Required', { name: 'Require', value: 'path' })
    const hasOutbound = supported.includes('outbound')
    const plan: { claim: ContactClaim; id: string; forS: number; outbound: boolean }[] = []
    let adding = 0
    for (const value of contacts) {
      const parsed = parseContactClaim(value)
      if (!parsed.ok) return refuse(400, 'Bad Contact')
      const claim = parsed.value
      const outbound = hasOutbound && claim.instance !== undefined && claim.regId !== undefined
      if (outbound && !firstHopIsOutbound(request, path)) return refuse(439, 'First Hop Lacks Outbound Support')
      const id = outbound ? `${claim.instance}#${claim.regId}` : claim.key
      const before = this.find(aor, id, claim, outbound)
      if (before !== undefined && outOfOrder(before, asked)) return refuse(500, 'CSeq Out Of Order')
      const wished = claim.expiresS ?? asked.expiresS ?? this.options.defaultExpiresS
      if (wished > 0 && wished < this.options.minExpiresS)
        return refuse(423, 'Interval Too Brief', { name: 'Min-Expires', value: String(this.options.minExpiresS) })
      if (before === undefined && wished > 0) adding++
      plan.push({ claim, id, forS: Math.min(wished, this.options.maxExpiresS), outbound })
    }
    if (adding > 0 && this.table.of(aor).length + adding > this.options.maxContacts) return refuse(403, 'Too Many Contacts')

    let usesOutbound = false
    for (const { claim, id, forS, outbound } of plan) {
      // Looked up anew: a list may name one contact twice, and the second is then a refresh of the first.
      const known = this.find(aor, id, claim, outbound)
      if (forS === 0) {
        if (known !== undefined) this.unregister(known)
        continue
      }
      usesOutbound ||= outbound
      const next = this.binding(asked, claim, id, forS, outbound, path, known?.binding)
      const was = known?.binding
      if (was !== undefined && was.id !== id) this.table.remove(known!)
      this.table.put(next, was !== undefined && was.id !== id ? undefined : known)
      this.tell({ is: was === undefined ? 'registered' : 'refreshed', binding: next })
    }
    return this.accept(asked, usesOutbound)
  }

  private binding(
    a: Asked,
    claim: ContactClaim,
    id: string,
    forS: number,
    outbound: boolean,
    path: readonly string[],
    was: Binding | undefined,
  ): Binding {
    const userAgent = header(a.request, 'User-Agent')
    const gruuId = this.gruuIdFor(a, claim, was)
    return {
      id,
      aor: a.aor,
      account: a.account,
      contact: claim.uri,
      q: claim.q,
      ...(claim.instance !== undefined && { instance: claim.instance }),
      ...(outbound && { regId: claim.regId! }),
      callId: a.callId,
      cseq: a.cseq,
      path,
      flow: a.flow,
      natted: path.length === 0 && (claim.parsed.host !== a.flow.remote.host || (claim.parsed.port ?? 5060) !== a.flow.remote.port),
      ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 120) }),
      registeredAt: was?.registeredAt ?? a.nowMs,
      refreshedAt: a.nowMs,
      expiresAt: a.nowMs + forS * 1000,
      ...(gruuId !== undefined && { gruuId }),
    }
  }

  /** RFC 5627 §5.2: temporary GRUUs live as long as the instance is registered under one Call-ID. */
  private gruuIdFor(a: Asked, claim: ContactClaim, was: Binding | undefined): number | undefined {
    if (!this.options.gruu || claim.instance === undefined || !headerValues(a.request, 'Supported').includes('gruu')) return undefined
    if (was?.gruuId !== undefined && was.callId === a.callId) return was.gruuId
    return Number.parseInt(this.random.hex(6), 16)
  }

  /**
   * The binding a contact refreshes. An instance that registers without reg-id and from another address is the same telephone after a
   * restart, not a second one: it takes the place of its former self, or calls would ring a socket that nobody reads.
   */
  private find(aor: string, id: string, claim: ContactClaim, outbound: boolean): Entry | undefined {
    const entries = this.table.of(aor)
    for (const e of entries) if (e.binding.id === id) return e
    if (outbound || claim.instance === undefined) return undefined
    for (const e of entries) if (e.binding.instance === claim.instance && e.binding.regId === undefined) return e
    return undefined
  }

  private unregister(entry: Entry): void {
    this.table.remove(entry)
    this.tell({ is: 'unregistered', binding: entry.binding, left: this.reachable(entry.binding.aor) })
  }

  private accept(asked: Asked, outbound: boolean): RegisterOutcome {
    const headers: HeaderField[] = []
    const wantsGruu = this.options.gruu && headerValues(asked.request, 'Supported').includes('gruu')
    for (const { binding } of this.table.of(asked.aor))
      headers.push({ name: 'Contact', value: this.printed(binding, asked.nowMs, wantsGruu) })
    if (headerValues(asked.request, 'Supported').includes('path'))
      for (const value of headerValues(asked.request, 'Path')) headers.push({ name: 'Path', value })
    if (outbound) headers.push({ name: 'Require', value: 'outbound' }, { name: 'Flow-Timer', value: String(this.options.flowTimerS) })
    headers.push({ name: 'Supported', value: 'path' }, { name: 'Supported', value: 'outbound' })
    if (this.options.gruu) headers.push({ name: 'Supported', value: 'gruu' })
    return { status: 200, reason: 'OK', headers }
  }

  private printed(b: Binding, nowMs: number, wantsGruu: boolean): string {
    const { instance, regId, gruuId } = b
    const gruu = wantsGruu && instance !== undefined && gruuId !== undefined
    const params = bindingParams({
      expiresS: Math.max(0, Math.ceil((b.expiresAt - nowMs) / 1000)),
      qThousandths: b.q,
      ...(instance !== undefined && { instance }),
      ...(regId !== undefined && { regId }),
      ...(gruu && {
        pubGruu: publicGruu(b.aor, instance),
        tempGruu: `sip:${this.gruus.encode(gruuId, this.random.hex(8))}@${this.options.domain};gr`,
      }),
    })
    return `<${b.contact}>${printParams(params)}`
  }

  private reachableEntries(aor: string, nowMs: number): Entry[] {
    return this.table.of(aor).filter(e => mayBeReached(e) && e.binding.expiresAt > nowMs)
  }

  private reachable(aor: string): number {
    let n = 0
    for (const e of this.table.of(aor)) if (mayBeReached(e)) n++
    return n
  }
}

function mayBeReached(e: Entry): boolean {
  return e.open || listener(e.binding) !== undefined
}

interface Asked {
  readonly request: SipRequest
  readonly flow: Flow
  readonly account: string
  readonly aor: string
  readonly callId: string
  readonly cseq: number
  readonly expiresS: number | undefined
  readonly nowMs: number
}

function sameName(account: string, aorUser: string): boolean {
  return account === aorUser
}

/** RFC 3261 §10.3 step 7: within one Call-ID a binding only ever goes forward. */
function outOfOrder(entry: Entry, asked: Asked): boolean {
  return entry.binding.callId === asked.callId && asked.cseq <= entry.binding.cseq
}

/** RFC 5626 §6: we are the first hop ourselves, or the first one put `ob` into its Path URI. */
function firstHopIsOutbound(request: SipRequest, path: readonly string[]): boolean {
  if (headerValues(request, 'Via').length === 1) return true
  const first = path[path.length - 1]
  if (first === undefined) return false
  const address = parseNameAddr(first)
  const uri = address.ok ? parseUri(address.value.uri) : undefined
  return uri?.ok === true && 'params' in uri.value && hasParam(uri.value.params, 'ob')
}

/** RFC 5627 §5.4 with RFC 5626 §5.3: one instance, its flows newest first. */
function newestFlows(contacts: ReachableContact[]): ReachableContact[] {
  return contacts.sort((a, b) => b.binding.refreshedAt - a.binding.refreshedAt)
}

function refuse(status: number, reason: string, extra?: HeaderField): RegisterOutcome {
  return { status, reason, headers: extra === undefined ? [] : [extra] }
}
