/** A subscription to the state of a resource (RFC 6665), as plain JSON, and the packages one can subscribe to, as data. */
import type { Dialog } from '../dialog/dialog.ts'

export interface EventPackage {
  readonly name: string
  readonly contentType: string
  readonly defaultExpiresS: number
  readonly minExpiresS: number
  readonly maxExpiresS: number
  /** At most one NOTIFY in this time; what changes meanwhile is told together. */
  readonly throttleMs: number
  /** May `subscriber` (who proved a password) watch `resource` (the user part it asked for)? */
  admit(resource: string, subscriber: string): 'active' | 'pending' | 'forbidden' | 'unknown'
  /** The whole state, now. */
  body(view: PackageView): string
}

export interface PackageView {
  readonly resource: string
  readonly subscriber: string
  /** The URI subscribed to: the entity of the document. */
  readonly entity: string
  /** Counts the documents of this subscription from 0 (RFC 4235 §4.1.1). */
  readonly version: number
}

export interface Subscription {
  readonly id: string
  readonly package: string
  readonly eventId?: string
  readonly resource: string
  readonly subscriber: string
  readonly entity: string
  readonly state: 'active' | 'pending'
  readonly dialog: Dialog
  readonly version: number
  readonly expiresAt: number
}

/** Where subscriptions survive a restart, so that lamps go on without a new SUBSCRIBE. Counters are saved when made and refreshed only. */
export interface SubscriptionStore {
  loadAll(): Iterable<Subscription>
  put(subscription: Subscription): void
  remove(id: string): void
}

/** Added to stored counters on loading: more than a subscription can have used since it was saved. */
export const COUNTER_GAP = 100_000

export const SUMMARY_TIMES = { defaultExpiresS: 3600, minExpiresS: 60, maxExpiresS: 86_400, throttleMs: 1000 }
/** A lamp must follow the call: a fifth of a second is not seen, and evens out bursts of state changes. */
export const DIALOG_TIMES = { defaultExpiresS: 3600, minExpiresS: 60, maxExpiresS: 7200, throttleMs: 200 }
export const PRESENCE_TIMES = { defaultExpiresS: 3600, minExpiresS: 60, maxExpiresS: 7200, throttleMs: 1000 }
