/**
 * The notifier's side of RFC 6665 for any number of packages: SUBSCRIBE comes in, answers and NOTIFYs go out. The driver sends what
 * the effects say in their order, reports how each NOTIFY fared, and comes back at `nextAt`.
 */
import { type Timer, TimerQueue } from '../../kernel/timer-queue.ts'
import { parseDelta } from '../../wire/sip/delta-seconds.ts'
import { parseEvent, printEvent } from '../../wire/sip/event.ts'
import { type HeaderField, header, headerValues, NO_BODY, type SipRequest } from '../../wire/sip/message.ts'
import { printSubscriptionState } from '../../wire/sip/subscription-state.ts'
import { parseSipUri } from '../../wire/sip/uri.ts'
import { contactUri, dialogFromRequest, retargeted, seen } from '../dialog/dialog.ts'
import { requestIn } from '../dialog/in-dialog-request.ts'
import { nextHop } from '../dialog/next-hop.ts'
import { tagIn } from '../dialog/tags.ts'
import type { Hop } from '../flow.ts'
import { COUNTER_GAP, type EventPackage, type Subscription, type SubscriptionStore } from './subscription.ts'

export interface NotifierOptions {
  readonly packages: readonly EventPackage[]
  /** Most subscriptions in all, and of one subscriber. */
  readonly most: number
  readonly mostPerSubscriber: number
  readonly store?: SubscriptionStore
}

/** A SUBSCRIBE with what is known about its arrival. */
export interface Arrived {
  readonly request: SipRequest
  /** The tag our responses carry in To: it names our side of the dialog. */
  readonly localTag: string
  readonly source: Hop
  readonly behindNat: boolean
  /** Our Contact URI towards this peer. */
  readonly contact: string
  /** The account that proved a password. */
  readonly subscriber: string
}

export type NotifierEffect =
  /** Answer the SUBSCRIBE at hand. Always before the NOTIFY that follows it. */
  | { readonly do: 'respond'; readonly status: number; readonly reason: string; readonly headers: readonly HeaderField[] }
  /** Send, and call `notified` with the final status (408 and 503 also when nobody sent them). */
  | { readonly do: 'notify'; readonly id: string; readonly request: SipRequest; readonly hop: Hop }
  | {
      readonly do: 'began' | 'ended'
      readonly id: string
      readonly package: string
      readonly resource: string
      readonly subscriber: string
    }

interface Entry {
  value: Subscription
  /** A NOTIFY has no answer yet: the next waits for it, for two could overtake each other. */
  inFlight: boolean
  /** Changed since the last NOTIFY. */
  dirty: boolean
  notifiedAt: number
  timer: Timer | null
}

export const NOTIFIER = { most: 20_000, mostPerSubscriber: 200 }

export class Notifier {
  private readonly options: NotifierOptions
  private readonly packages = new Map<string, EventPackage>()
  private readonly byId = new Map<string, Entry>()
  private readonly byResource = new Map<string, Set<Entry>>()
  private readonly perSubscriber = new Map<string, number>()
  private readonly timers = new TimerQueue()
  /** What a timer or an outcome made; `due` and `notified` return it. */
  private out: NotifierEffect[] = []

  constructor(options: NotifierOptions) {
    this.options = options
    for (const p of options.packages) this.packages.set(p.name, p)
    for (const s of options.store?.loadAll() ?? []) {
      if (!this.packages.has(s.package)) continue
      const dialog = { ...s.dialog, localSeq: s.dialog.localSeq + COUNTER_GAP }
      // After a restart everything may have changed: tell everybody at the first chance.
      const entry = this.add({ ...s, dialog, version: s.version + COUNTER_GAP })
      entry.dirty = true
      this.schedule(entry)
    }
  }

  /** Names for Allow-Events. */
  get events(): readonly string[] {
    return [...this.packages.keys()]
  }

  subscribe(a: Arrived, nowMs: number): readonly NotifierEffect[] {
    const { request } = a
    const event = parseEvent(header(request, 'Event') ?? '')
    const pack = event.ok ? this.packages.get(event.value.event) : undefined
    if (!event.ok || pack === undefined) return [refuse(489, 'Bad Event', { name: 'Allow-Events', value: this.events.join(', ') })]
    const asked = parseDelta(header(request, 'Expires')) ?? pack.defaultExpiresS
    if (asked > 0 && asked < pack.minExpiresS)
      return [refuse(423, 'Interval Too Brief', { name: 'Min-Expires', value: String(pack.minExpiresS) })]
    const expiresS = Math.min(asked, pack.maxExpiresS)
    const toTag = tagIn(header(request, 'To'))
    const remoteTag = tagIn(header(request, 'From'))
    const id = idOf(header(request, 'Call-ID') ?? '', toTag === '' ? a.localTag : toTag, remoteTag, event.value.event, event.value.id)
    if (toTag !== '') {
      const entry = this.byId.get(id)
      return entry === undefined ? [refuse(481, 'Subscription Does Not Exist')] : this.refresh(entry, a, expiresS, nowMs)
    }
    const accepts = headerValues(request, 'Accept')
    if (accepts.length > 0 && !accepts.some(v => accept(v, pack.contentType)))
      return [refuse(406, 'Not Acceptable', { name: 'Accept', value: pack.contentType })]
    const uri = parseSipUri(request.uri)
    const resource = uri.ok && uri.value.user !== '' ? uri.value.user : a.subscriber
    const state = pack.admit(resource, a.subscriber)
    if (state === 'unknown') return [refuse(404, 'Not Found')]
    if (state === 'forbidden') return [refuse(403, 'Forbidden')]
    const dialog = dialogFromRequest(request, a)
    if (dialog === null) return [refuse(400, 'Bad Contact, From or To')]
    if (this.byId.size >= this.options.most || (this.perSubscriber.get(a.subscriber) ?? 0) >= this.options.mostPerSubscriber)
      return [refuse(503, 'Too Many Subscriptions', { name: 'Retry-After', value: '300' })]

    // Under the same tags it is the same subscription, begun anew: it must not live twice.
    const same = this.byId.get(id)
    if (same !== undefined) this.remove(same)
    const eventId = event.value.id
    const entry = this.add({
      id,
      package: pack.name,
      ...(eventId !== undefined && { eventId }),
      resource,
      subscriber: a.subscriber,
      entity: entityOf(request.uri),
      state,
      dialog,
      version: -1,
      expiresAt: nowMs + expiresS * 1000,
    })
    this.out.push(accepted(a, expiresS), told('began', entry))
    if (expiresS === 0) this.end(entry, 'timeout', nowMs)
    else this.notify(entry, nowMs)
    this.save(entry)
    return this.taken()
  }

  /** The state of a resource has changed. */
  changed(packageName: string, resource: string, nowMs: number): readonly NotifierEffect[] {
    for (const entry of this.byResource.get(`${packageName} ${resource}`) ?? []) this.touch(entry, nowMs)
    return this.taken()
  }

  /** A NOTIFY got its final answer. */
  notified(id: string, status: number, nowMs: number): readonly NotifierEffect[] {
    const entry = this.byId.get(id)
    if (entry === undefined) return []
    entry.inFlight = false
    if (status >= 300 && final(status)) this.remove(entry)
    else if (entry.dirty) this.touch(entry, nowMs)
    return this.taken()
  }

  /** A pending subscription is approved, or any is taken away: `deactivated` asks to subscribe again, `rejected` and `noresource` not to. */
  decide(
    packageName: string,
    resource: string,
    subscriber: string,
    verdict: 'active' | 'rejected' | 'noresource' | 'deactivated',
    nowMs: number,
  ): readonly NotifierEffect[] {
    for (const entry of [...(this.byResource.get(`${packageName} ${resource}`) ?? [])]) {
      if (entry.value.subscriber !== subscriber) continue
      if (verdict !== 'active') this.end(entry, verdict, nowMs)
      else if (entry.value.state === 'pending') {
        entry.value = { ...entry.value, state: 'active' }
        this.touch(entry, nowMs)
      }
    }
    return this.taken()
  }

  /**
   * Who may watch what has changed: subscriptions that would not be accepted any more end. `noresource` says that what was watched
   * is no more, `rejected` that the watcher may not (RFC 6665 §4.1.3).
   */
  review(mayWatch: (subscriber: string) => boolean, nowMs: number): readonly NotifierEffect[] {
    for (const entry of [...this.byId.values()]) {
      const { package: name, resource, subscriber } = entry.value
      const verdict = mayWatch(subscriber) ? this.packages.get(name)!.admit(resource, subscriber) : 'forbidden'
      if (verdict === 'unknown') this.end(entry, 'noresource', nowMs)
      else if (verdict === 'forbidden') this.end(entry, 'rejected', nowMs)
    }
    return this.taken()
  }

  /** Runs expiries and put-off NOTIFYs; call it at `nextAt`. */
  due(nowMs: number): readonly NotifierEffect[] {
    this.now = nowMs
    this.timers.due(nowMs)
    return this.taken()
  }

  nextAt(): number {
    return this.timers.nextAt()
  }

  *subscriptions(): IterableIterator<Subscription> {
    for (const e of this.byId.values()) yield e.value
  }

  get size(): number {
    return this.byId.size
  }

  private now = 0

  private refresh(entry: Entry, a: Arrived, expiresS: number, nowMs: number): readonly NotifierEffect[] {
    const seq = Number.parseInt(header(a.request, 'CSeq') ?? '', 10)
    if (!(seq > entry.value.dialog.remoteSeq)) return [refuse(500, 'CSeq Out Of Order')]
    const dialog = { ...retargeted(seen(entry.value.dialog, seq), contactUri(a.request)), hop: a.source, behindNat: a.behindNat }
    entry.value = { ...entry.value, dialog, expiresAt: nowMs + expiresS * 1000 }
    this.out.push(accepted(a, expiresS))
    if (expiresS === 0) this.end(entry, 'timeout', nowMs)
    else {
      // RFC 6665 §4.2.1.2: every SUBSCRIBE is followed by a NOTIFY at once.
      this.notify(entry, nowMs)
      this.save(entry)
    }
    return this.taken()
  }

  private touch(entry: Entry, nowMs: number): void {
    entry.dirty = true
    if (!entry.inFlight && nowMs >= this.quietUntil(entry)) this.notify(entry, nowMs)
    else this.schedule(entry)
  }

  private quietUntil(entry: Entry): number {
    return entry.notifiedAt + this.packages.get(entry.value.package)!.throttleMs
  }

  private notify(entry: Entry, nowMs: number): void {
    if (entry.inFlight) {
      entry.dirty = true
      return
    }
    entry.dirty = false
    entry.inFlight = true
    entry.notifiedAt = nowMs
    const seconds = Math.max(0, Math.ceil((entry.value.expiresAt - nowMs) / 1000))
    this.send(entry, printSubscriptionState({ state: entry.value.state, expiresS: seconds, params: [] }))
    this.schedule(entry)
  }

  /** The last NOTIFY; nothing more is heard of the subscription. */
  private end(entry: Entry, reason: string, nowMs: number): void {
    entry.notifiedAt = nowMs
    this.send(entry, printSubscriptionState({ state: 'terminated', reason, params: [] }))
    this.remove(entry)
  }

  private send(entry: Entry, state: string): void {
    const s = entry.value
    const pack = this.packages.get(s.package)!
    // RFC 6665 §4.1.2.3: a pending watcher learns nothing.
    const shows = s.state === 'active'
    const version = shows ? s.version + 1 : s.version
    const dialog = { ...s.dialog, localSeq: s.dialog.localSeq + 1 }
    entry.value = { ...s, dialog, version }
    const headers: HeaderField[] = [
      { name: 'Contact', value: `<${dialog.contact}>` },
      { name: 'Event', value: printEvent({ event: s.package, ...(s.eventId !== undefined && { id: s.eventId }), params: [] }) },
      { name: 'Subscription-State', value: state },
      ...(shows ? [{ name: 'Content-Type', value: pack.contentType }] : []),
    ]
    const body = shows
      ? Buffer.from(pack.body({ resource: s.resource, subscriber: s.subscriber, entity: s.entity, version }), 'utf8')
      : NO_BODY
    const request = requestIn(dialog, { method: 'NOTIFY', seq: dialog.localSeq, headers, body })
    this.out.push({ do: 'notify', id: s.id, request, hop: nextHop(dialog) })
  }

  private schedule(entry: Entry): void {
    const { expiresAt } = entry.value
    const at = entry.dirty && !entry.inFlight ? Math.min(expiresAt, this.quietUntil(entry)) : expiresAt
    if (entry.timer !== null && entry.timer.run !== null && entry.timer.at === at) return
    this.timers.cancel(entry.timer)
    entry.timer = this.timers.set(at, () => {
      entry.timer = null
      if (this.now >= entry.value.expiresAt) this.end(entry, 'timeout', this.now)
      else if (entry.dirty && !entry.inFlight) this.notify(entry, this.now)
      else this.schedule(entry)
    })
  }

  private add(value: Subscription): Entry {
    const entry: Entry = { value, inFlight: false, dirty: false, notifiedAt: Number.NEGATIVE_INFINITY, timer: null }
    this.byId.set(value.id, entry)
    const key = `${value.package} ${value.resource}`
    const there = this.byResource.get(key)
    if (there === undefined) this.byResource.set(key, new Set([entry]))
    else there.add(entry)
    this.perSubscriber.set(value.subscriber, (this.perSubscriber.get(value.subscriber) ?? 0) + 1)
    return entry
  }

  private remove(entry: Entry): void {
    const { id, package: name, resource, subscriber } = entry.value
    if (!this.byId.delete(id)) return
    const key = `${name} ${resource}`
    const there = this.byResource.get(key)
    if (there?.delete(entry) && there.size === 0) this.byResource.delete(key)
    const left = (this.perSubscriber.get(subscriber) ?? 1) - 1
    if (left === 0) this.perSubscriber.delete(subscriber)
    else this.perSubscriber.set(subscriber, left)
    this.timers.cancel(entry.timer)
    this.options.store?.remove(id)
    this.out.push(told('ended', entry))
  }

  private save(entry: Entry): void {
    if (this.byId.has(entry.value.id)) this.options.store?.put(entry.value)
  }

  private taken(): readonly NotifierEffect[] {
    const out = this.out
    this.out = []
    return out
  }
}

/** RFC 6665 §4.2.2: these answers to NOTIFY end a subscription; others (401, 503 with Retry-After …) do not need to. */
function final(status: number): boolean {
  switch (status) {
    case 404:
    case 405:
    case 408:
    case 410:
    case 416:
    case 480:
    case 481:
    case 482:
    case 483:
    case 484:
    case 485:
    case 489:
    case 501:
    case 503:
    case 604:
      return true
    default:
      return false
  }
}

function idOf(callId: string, localTag: string, remoteTag: string, event: string, eventId: string | undefined): string {
  return `${callId} ${localTag} ${remoteTag} ${event} ${eventId ?? ''}`
}

function accept(value: string, contentType: string): boolean {
  const type = value.split(';')[0]!.trim().toLowerCase()
  return type === contentType || type === '*/*' || type === contentType.split('/')[0] + '/*'
}

function entityOf(requestUri: string): string {
  const end = requestUri.search(/[;?]/)
  return end < 0 ? requestUri : requestUri.slice(0, end)
}

function accepted(a: Arrived, expiresS: number): NotifierEffect {
  const headers = [
    { name: 'Expires', value: String(expiresS) },
    { name: 'Contact', value: `<${a.contact}>` },
  ]
  return { do: 'respond', status: 200, reason: 'OK', headers }
}

function told(what: 'began' | 'ended', { value }: Entry): NotifierEffect {
  return { do: what, id: value.id, package: value.package, resource: value.resource, subscriber: value.subscriber }
}

function refuse(status: number, reason: string, extra?: HeaderField): NotifierEffect {
  return { do: 'respond', status, reason, headers: extra === undefined ? [] : [extra] }
}
