/** What telephones may subscribe to (RFC 6665): the busy lamp of a colleague (dialog, RFC 4235), whether one is there (presence), and messages that wait (RFC 3842). */
import type { Clock } from '../kernel/clock.ts'
import type { TimerQueue } from '../kernel/timer-queue.ts'
import type { MailboxCount } from '../operations/control-protocol.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import type { Endpoint, ServerTransaction } from '../sip/endpoint/contract.ts'
import type { Hop } from '../sip/flow.ts'
import type { Registrar } from '../sip/registrar/registrar.ts'
import { DIALOG_INFO, type DialogInfoEntry, dialogInfo } from '../sip/subscription/dialog-info.ts'
import { MESSAGE_SUMMARY, messageSummary } from '../sip/subscription/message-summary.ts'
import { NOTIFIER, Notifier } from '../sip/subscription/notifier.ts'
import { NotifierDriver } from '../sip/subscription/notifier-driver.ts'
import { PIDF, presenceDocument } from '../sip/subscription/presence.ts'
import { DIALOG_TIMES, type EventPackage, PRESENCE_TIMES, SUMMARY_TIMES } from '../sip/subscription/subscription.ts'
import type { BusyCounts } from './busy-counts.ts'

export interface LampsDeps {
  readonly plan: CompiledPlan
  readonly busy: BusyCounts
  readonly registrar: Registrar
  readonly endpoint: Endpoint
  readonly clock: Clock
  readonly timers: TimerQueue
  readonly contactFor: (hop: Hop) => string
}

export class Lamps {
  private readonly d: LampsDeps
  private plan: CompiledPlan
  private readonly driver: NotifierDriver
  /** Extension → accounts of that person or room. */
  private readonly accounts = new Map<string, string[]>()
  private readonly extensionOf = new Map<string, string>()
  /** Extension → voicemail boxes of which that person is told. */
  private readonly boxes = new Map<string, string[]>()
  private counts: ReadonlyMap<string, MailboxCount> = new Map()

  constructor(deps: LampsDeps) {
    this.d = deps
    this.plan = deps.plan
    this.readPlan()
    const notifier = new Notifier({ ...NOTIFIER, packages: [this.dialog(), this.presence(), this.mailbox()] })
    this.driver = new NotifierDriver({
      notifier,
      endpoint: deps.endpoint,
      clock: deps.clock,
      timers: deps.timers,
      contactFor: deps.contactFor,
    })
  }

  /** Another plan: who watches what is no more, or may not watch any more, is told so (RFC 6665 §4.4.1); the others see its lamps as they are now. */
  apply(plan: CompiledPlan): void {
    const before = new Map([...this.accounts].map(([extension, accounts]) => [extension, accounts.join(' ')]))
    const boxesBefore = new Map([...this.boxes].map(([extension, boxes]) => [extension, boxes.join(' ')]))
    this.plan = plan
    this.readPlan()
    this.driver.review(subscriber => plan.accounts.has(subscriber))
    for (const [extension, accounts] of this.accounts) {
      const resources = [extension, ...accounts]
      if (before.get(extension) !== accounts.join(' '))
        for (const name of ['dialog', 'presence']) for (const resource of resources) this.driver.changed(name, resource)
      if (boxesBefore.get(extension) !== this.boxes.get(extension)?.join(' '))
        for (const resource of resources) this.driver.changed('message-summary', resource)
    }
  }

  private readPlan(): void {
    const { plan } = this
    for (const table of [this.accounts, this.extensionOf, this.boxes]) table.clear()
    for (const a of plan.accounts.values()) {
      this.accounts.set(a.extension, [...(this.accounts.get(a.extension) ?? []), a.username])
      this.extensionOf.set(a.username, a.extension)
    }
    for (const node of plan.nodes.values()) {
      if (node.kind !== 'voicemail') continue
      for (const who of [node.id, ...node.tell]) {
        const person = plan.nodes.get(`person:${who}`)
        if (person?.kind !== 'person') continue
        const boxes = this.boxes.get(person.extension) ?? []
        if (!boxes.includes(node.id)) this.boxes.set(person.extension, [...boxes, node.id])
      }
    }
  }

  subscribe(tx: ServerTransaction, account: string): void {
    this.driver.subscribe(tx, account)
  }

  changed(account: string): void {
    const extension = this.extensionOf.get(account)
    for (const resource of new Set([account, extension ?? account])) {
      this.driver.changed('dialog', resource)
      this.driver.changed('presence', resource)
    }
  }

  /** All boxes with messages; a box that is not named has none. */
  mailboxes(counts: readonly MailboxCount[]): void {
    const before = this.counts
    this.counts = new Map(counts.map(c => [c.box, c]))
    for (const box of new Set([...before.keys(), ...this.counts.keys()])) {
      const [a, b] = [before.get(box), this.counts.get(box)]
      if (a?.fresh === b?.fresh && a?.old === b?.old) continue
      for (const [extension, boxes] of this.boxes)
        if (boxes.includes(box))
          for (const resource of [extension, ...(this.accounts.get(extension) ?? [])]) this.driver.changed('message-summary', resource)
    }
  }

  private mailbox(): EventPackage {
    return {
      ...SUMMARY_TIMES,
      name: 'message-summary',
      contentType: MESSAGE_SUMMARY,
      admit: (resource, subscriber) =>
        this.accountsOf(resource).length === 0 ? 'unknown' : this.accountsOf(resource).includes(subscriber) ? 'active' : 'forbidden',
      body: view => {
        const boxes = this.boxes.get(this.extensionOf.get(view.resource) ?? view.resource) ?? []
        const sum = (of: 'fresh' | 'old'): number => boxes.reduce((n, box) => n + (this.counts.get(box)?.[of] ?? 0), 0)
        return messageSummary(view.entity, { fresh: sum('fresh'), old: sum('old') })
      },
    }
  }

  private accountsOf(resource: string): readonly string[] {
    return this.accounts.get(resource) ?? (this.extensionOf.has(resource) ? [resource] : [])
  }

  private dialog(): EventPackage {
    return {
      ...DIALOG_TIMES,
      name: 'dialog',
      contentType: DIALOG_INFO,
      admit: resource => (this.accountsOf(resource).length > 0 ? 'active' : 'unknown'),
      body: view =>
        dialogInfo(
          view.entity,
          view.version,
          this.accountsOf(view.resource).flatMap(a => this.dialogsOf(a)),
        ),
    }
  }

  private dialogsOf(account: string): DialogInfoEntry[] {
    return this.d.busy.legsOf(account).map(leg => ({
      id: leg.id,
      state: leg.phase === 'up' ? 'confirmed' : leg.phase === 'ringing' ? 'early' : 'trying',
      direction: leg.role === 'caller' ? 'initiator' : 'recipient',
    }))
  }

  private presence(): EventPackage {
    return {
      ...PRESENCE_TIMES,
      name: 'presence',
      contentType: PIDF,
      admit: resource => (this.accountsOf(resource).length > 0 ? 'active' : 'unknown'),
      body: view => {
        const accounts = this.accountsOf(view.resource)
        const there = accounts.some(a => this.d.registrar.isRegistered(a, this.d.clock.nowMs()))
        return presenceDocument(view.entity, there, accounts.some(a => this.d.busy.ofAccount(a) > 0) ? 'On the phone' : '')
      },
    }
  }
}
