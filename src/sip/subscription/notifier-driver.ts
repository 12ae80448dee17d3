/** The notifier on an endpoint: answers, NOTIFY transactions and its deadline are seen to here. Authentication has been done before. */
import type { Clock } from '../../kernel/clock.ts'
import type { Timer, TimerQueue } from '../../kernel/timer-queue.ts'
import type { Endpoint, ServerTransaction } from '../endpoint/contract.ts'
import type { Hop } from '../flow.ts'
import type { Notifier, NotifierEffect } from './notifier.ts'

export interface NotifierDriverOptions {
  readonly notifier: Notifier
  readonly endpoint: Pick<Endpoint, 'request'>
  readonly clock: Clock
  readonly timers: TimerQueue
  /** Our Contact URI towards a hop, without angle brackets. */
  readonly contactFor: (hop: Hop) => string
  /** A watcher came or went: for the board. */
  readonly told?: (what: 'began' | 'ended', packageName: string, resource: string, subscriber: string) => void
}

export class NotifierDriver {
  private readonly o: NotifierDriverOptions
  private timer: Timer | null = null

  /** Also tells the watchers restored from the store the present state. */
  constructor(options: NotifierDriverOptions) {
    this.o = options
    this.rearm()
  }

  /** A SUBSCRIBE whose sender proved to be `subscriber`. */
  subscribe(transaction: ServerTransaction, subscriber: string): void {
    const { notifier, clock, contactFor } = this.o
    const { request, source, behindNat, toTag } = transaction
    const arrived = { request, localTag: toTag, source, behindNat, contact: contactFor(source), subscriber }
    this.apply(notifier.subscribe(arrived, clock.nowMs()), transaction)
  }

  /** Watchers of `resource` get a NOTIFY, soon if not at once. */
  changed(packageName: string, resource: string): void {
    this.apply(this.o.notifier.changed(packageName, resource, this.o.clock.nowMs()))
  }

  /** Who may watch what has changed: see `Notifier.review`. */
  review(mayWatch: (subscriber: string) => boolean): void {
    this.apply(this.o.notifier.review(mayWatch, this.o.clock.nowMs()))
  }

  private apply(effects: readonly NotifierEffect[], transaction?: ServerTransaction): void {
    const { notifier, endpoint, clock } = this.o
    for (const e of effects) {
      switch (e.do) {
        case 'respond':
          transaction?.respond(e.status, { reason: e.reason, headers: e.headers })
          break
        case 'notify':
          endpoint.request(e.request, [e.hop], {
            response: response => {
              if (response.status >= 200) this.apply(notifier.notified(e.id, response.status, clock.nowMs()))
            },
          })
          break
        default:
          this.o.told?.(e.do, e.package, e.resource, e.subscriber)
      }
    }
    this.rearm()
  }

  private rearm(): void {
    const { notifier, timers, clock } = this.o
    const at = notifier.nextAt()
    if (this.timer !== null && this.timer.run !== null && this.timer.at === at) return
    timers.cancel(this.timer)
    this.timer =
      at === Number.POSITIVE_INFINITY
        ? null
        : timers.set(at, () => {
            this.timer = null
            this.apply(notifier.due(clock.nowMs()))
          })
  }
}
