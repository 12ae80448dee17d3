/** The trunks as the switch sees them: whose call this is, how to leave by one, which are up. */
import type { Reach } from '../call/world.ts'
import type { SwitchStatus } from '../operations/control-protocol.ts'
import type { CompiledPlan, Trunk } from '../plan/compiled.ts'
import type { TrunkAttempt } from '../plan/decision.ts'
import type { ServerTransaction } from '../sip/endpoint/contract.ts'
import type { Flow } from '../sip/flow.ts'
import { callerOf, presentCaller } from '../sip/identity/identity.ts'
import type { Credentials, NameAddr } from '../sip/leg.ts'
import { type TrunkMatch, TrunkTable } from '../sip/trunk/trunk-match.ts'
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

export class Trunks {
  private readonly d: TrunksDeps
  private table: TrunkTable
  private tableFrom = ''
  private readonly watches = new Map<string, TrunkWatch>()

  constructor(deps: TrunksDeps) {
    this.d = deps
    this.table = new TrunkTable([])
    this.refreshTable()
    for (const t of deps.plan.trunks.values()) this.watches.set(t.id, new TrunkWatch(t, this.credentials(t), deps))
  }

  start(): void {
    for (const w of this.watches.values()) w.start()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.watches.values()].map(w => w.stop()))
  }

  /** Providers move: the addresses that names stand for count as theirs. Cheap when nothing changed; called once a second. */
  refreshTable(): void {
    const sources = [...this.d.plan.trunks.values()].map(t => {
      const named = t.sources.some(s => !isNumeric(s)) || (t.sources.length === 0 && t.register !== null)
      const networks = [...t.sources.filter(isNumeric), ...(named ? this.d.hopsOf(t).map(h => h.host) : [])]
      return { trunk: t.id, networks }
    })
    const from = JSON.stringify(sources)
    if (from === this.tableFrom) return
    this.tableFrom = from
    this.table = new TrunkTable(sources.filter(s => s.networks.length > 0))
    this.d.networksKnown(sources.flatMap(s => s.networks))
  }

  isTrunk(flow: Flow): boolean {
    return this.table.match(flow.remote.host).is !== 'stranger'
  }

  /** By where it comes from, never by what From says. Of a provider's several trunks the dialled line tells which. */
  match(tx: ServerTransaction): string | null {
    const found: TrunkMatch = this.table.match(tx.flow.remote.host)
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
      this.d.plan.trunks.get(trunk)!.trustsIdentity,
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
    for (const t of this.d.plan.trunks.values()) if (t.login?.user === user) return this.credentials(t)
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
