/** The trunks as the switch sees them: whose call this is, how to leave by one, which are up. */
import type { Reach } from '../call/world.ts'
import type { SwitchStatus } from '../operations/control-protocol.ts'
import type { CompiledPlan, Trunk } from '../plan/compiled.ts'
import type { TrunkAttempt } from '../plan/decision.ts'
import type { ServerTransaction } from '../sip/endpoint/contract.ts'
import type { Flow } from '../sip/flow.ts'
import { callerOf, presentCaller } from '../sip/identity/identity.ts'
import type { Credentials, NameAddr } from '../sip/leg.ts'
import { type TrunkMatch, type TrunkSource, TrunkTable } from '../sip/trunk/trunk-match.ts'
import { printHost } from '../wire/sip/host.ts'
import { header, headerValues } from '../wire/sip/message.ts'
import { parseNameAddr } from '../wire/sip/name-addr.ts'
import type { SecretValues } from './accounts.ts'
import { TrunkWatch, type TrunkWatchDeps } from './trunk-watch.ts'

export interface TrunksDeps extends TrunkWatchDeps {
  readonly plan: CompiledPlan
  readonly secrets: SecretValues
  /** The addresses from which trunks may call have changed: they are not limited or banned as strangers are. */
  readonly networksKnown: (networks: readonly string[]) => void
}

/** What another plan, or other secrets, did to the trunks. */
export interface TrunkChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

export class Trunks {
  private readonly d: TrunksDeps
  private table: TrunkTable
  private tableFrom = ''
  private readonly watches = new Map<string, TrunkWatch>()
  private plan: CompiledPlan
  /** Plans that calls in progress still follow: a trunk that only they name stays until the last of them is over. */
  private older: readonly CompiledPlan[] = []
  private started = false

  constructor(deps: TrunksDeps) {
    this.d = deps
    this.plan = deps.plan
    this.table = new TrunkTable([])
    this.refreshTable()
    for (const t of deps.plan.trunks.values()) this.watches.set(t.id, new TrunkWatch(t, this.credentials(t), deps))
  }

  start(): void {
    this.started = true
    for (const w of this.watches.values()) w.start()
  }

  /**
   * Another plan, other secrets, or the last call of an older plan has ended. A trunk that is as it was is not touched; one that
   * nobody names any more takes its leave of the provider; a new one, or one whose place or login changed, begins.
   */
  apply(plan: CompiledPlan, older: readonly CompiledPlan[]): TrunkChanges {
    this.plan = plan
    this.older = older
    const added: string[] = []
    const removed: string[] = []
    const changed: string[] = []
    for (const [id, watch] of this.watches) {
      if (plan.trunks.has(id) || older.some(p => p.trunks.has(id))) continue
      this.watches.delete(id)
      removed.push(id)
      void watch.stop()
    }
    for (const trunk of plan.trunks.values()) {
      const credentials = this.credentials(trunk)
      const watch = this.watches.get(trunk.id)
      if (watch?.serves(trunk, credentials) === true) continue
      const next = new TrunkWatch(trunk, credentials, this.d)
      this.watches.set(trunk.id, next)
      if (watch === undefined) added.push(trunk.id)
      else changed.push(trunk.id)
      // The same binding at the same provider is taken over by the new registration; any other one is given up.
      if (watch !== undefined) void (watch.sameBinding(trunk) ? watch.abandon() : watch.stop())
      if (this.started) next.start()
    }
    // After a restart: trunks that only calls in progress still know.
    for (const trunk of older.flatMap(p => [...p.trunks.values()])) {
      if (this.watches.has(trunk.id)) continue
      const watch = new TrunkWatch(trunk, this.credentials(trunk), this.d)
      this.watches.set(trunk.id, watch)
      if (this.started) watch.start()
    }
    this.refreshTable()
    return { added, removed, changed }
  }

  /** Watched: what they show counts. */
  get isRunning(): boolean {
    return this.started
  }

  async stop(): Promise<void> {
    this.started = false
    await Promise.all([...this.watches.values()].map(w => w.stop()))
  }

  /** Providers move: the addresses that names stand for count as theirs. Cheap when nothing changed; called once a second. */
  refreshTable(): void {
    const of = (t: Trunk): TrunkSource => {
      const named = t.sources.some(s => !isNumeric(s)) || (t.sources.length === 0 && t.register !== null && t.incoming === null)
      const networks = [...t.sources.filter(isNumeric), ...(named ? this.d.hopsOf(t).map(h => h.host) : [])]
      return t.incoming === null ? { trunk: t.id, networks } : { trunk: t.id, networks, username: t.incoming.user }
    }
    const sources = [...this.plan.trunks.values()].map(of)
    const others = this.older.flatMap(p => [...p.trunks.values()].map(of))
    const from = JSON.stringify([sources, others])
    if (from === this.tableFrom) return
    this.tableFrom = from
    this.table = new TrunkTable(sources.filter(s => s.networks.length > 0 || s.username !== undefined))
    this.d.networksKnown([...sources, ...others].flatMap(s => s.networks))
  }

  isTrunk(flow: Flow): boolean {
    return this.table.match(flow.remote.host).is !== 'stranger'
  }

  /**
   * By where it comes from and what it proves, never by what From says. Of a provider's several trunks the dialled line tells which.
   * `proven`: the user name that a digest proved, if one did.
   */
  match(tx: ServerTransaction, proven?: string): string | null {
    const found: TrunkMatch = this.table.match(tx.flow.remote.host, proven)
    return found.is === 'trunk' ? found.trunk : null
  }

  /** The caller as the trunk says: asserted identity from those whom the plan trusts with it, else From (RFC 3325 §5). */
  callerOf(tx: ServerTransaction, trunk: string): { readonly number: string | null; readonly display?: string } {
    const request = tx.request
    const from = nameAddr(header(request, 'From')) ?? { uri: 'sip:anonymous@anonymous.invalid' }
    const asserted = headerValues(request, 'P-Asserted-Identity').flatMap(v => nameAddr(v) ?? [])
    const privacy = headerValues(request, 'Privacy').flatMap(v => v.split(';').map(p => p.trim().toLowerCase()))
    const caller = callerOf(
      { from, asserted, privacy, remoteParty: headerValues(request, 'Remote-Party-ID') },
      this.plan.trunks.get(trunk)!.trustsIdentity,
    )
    if (caller.withheld || caller.user === '') return { number: null }
    return caller.display === undefined ? { number: caller.user } : { number: caller.user, display: caller.display }
  }

  isUp(trunk: string): boolean {
    const watch = this.watches.get(trunk)
    return watch?.up === true && watch.registered !== false
  }

  reach(attempt: TrunkAttempt, plan: CompiledPlan): Reach | null {
    const t = plan.trunks.get(attempt.trunk)
    if (!t) return null
    const hops = this.d.hopsOf(t)
    if (hops.length === 0) return null
    const host = t.port === 0 || t.port === 5060 ? printHost(t.host, null) : `${printHost(t.host, null)}:${t.port}`
    const { from, headers } = presentCaller(
      {
        user: attempt.shows.number,
        ...(attempt.shows.name ? { name: attempt.shows.name } : {}),
        withheld: attempt.shows.withheld === true,
      },
      { domain: t.register === null ? this.d.domain : t.host, trusted: true, assertion: 'p-asserted-identity' },
    )
    const uri = `sip:${attempt.number}@${host}`
    return {
      contact: `trunk ${t.id}`,
      requestUri: uri,
      from,
      to: { uri },
      hops,
      routes: [],
      headers,
      profile: t.media,
      credentials: this.credentials(t),
    }
  }

  /** A connection was lost: registrations that went over it are made anew. */
  flowClosed(flow: Flow): void {
    for (const w of this.watches.values()) w.flowClosed(flow)
  }

  callOutcome(trunk: string, status: number): void {
    this.watches.get(trunk)?.callOutcome(status)
  }

  credentialsByUser(user: string): Credentials | null {
    for (const plan of [this.plan, ...this.older])
      for (const t of plan.trunks.values()) if (t.login?.user === user) return this.credentials(t)
    return null
  }

  statuses(): SwitchStatus['trunks'] {
    return [...this.watches.values()].map(w => ({ trunk: w.trunk.id, up: this.isUp(w.trunk.id), registered: w.registered, why: w.why }))
  }

  private credentials(t: Trunk): Credentials | null {
    if (!t.login) return null
    const password = this.d.secrets.get(t.login.secret)
    return password === undefined ? null : { username: t.login.user, password, ...(t.login.realm ? { realm: t.login.realm } : {}) }
  }
}

function isNumeric(source: string): boolean {
  return /^[\d.]+(\/\d+)?$|:/.test(source)
}

function nameAddr(value: string | undefined): NameAddr | null {
  const read = value === undefined ? null : parseNameAddr(value)
  if (!read?.ok) return null
  return read.value.display === undefined ? { uri: read.value.uri } : { display: read.value.display, uri: read.value.uri }
}
