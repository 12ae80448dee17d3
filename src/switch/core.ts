/**
 * The switch without sockets, disk, clock or randomness of its own: endpoint, legs, registrar, plan, calls, lamps and trunks wired to
 * edges that are given. `exchange.ts` gives the real ones, scenarios a lossy network in virtual time.
 */
import type { NewCall } from '../call/call-step.ts'
import type { Party } from '../call/events.ts'
import type { Clock, Random } from '../kernel/clock.ts'
import type { TimerQueue } from '../kernel/timer-queue.ts'
import type { MediaCommand } from '../media/protocol.ts'
import type { CompiledPlan, Trunk } from '../plan/compiled.ts'
import type { Origin } from '../plan/decision.ts'
import type { Endpoint, EndpointIo, ServerTransaction } from '../sip/endpoint/contract.ts'
import { createEndpoint } from '../sip/endpoint/endpoint.ts'
import type { Hop } from '../sip/flow.ts'
import type { Legs } from '../sip/leg/contract.ts'
import { createLegs } from '../sip/leg/legs.ts'
import type { LegNotice } from '../sip/leg.ts'
import type { Registrar } from '../sip/registrar/registrar.ts'
import { type AccountChanges, Accounts, type SecretValues } from './accounts.ts'
import { BusyCounts } from './busy-counts.ts'
import { CallDriver, callOfLeg } from './call-driver.ts'
import { Inbound } from './inbound.ts'
import { Lamps } from './lamps.ts'
import { LastLines } from './last-lines.ts'
import { LiveWorld, type LiveWorldDeps, profileFor } from './live-world.ts'
import { Lookout } from './lookout.ts'
import { MediaNodes, type MediaNodesOptions } from './media-nodes.ts'
import { OutagesNow } from './outages-now.ts'
import { OutgoingUse } from './outgoing-use.ts'
import type { Plans } from './plans.ts'
import { QueueCounts } from './queue-counts.ts'
import { SettingsByHand } from './settings-by-hand.ts'
import type { SwitchLog } from './switch-log.ts'
import { takeUpCalls } from './take-up.ts'
import { type TrunkChanges, Trunks } from './trunks.ts'

const ALLOW = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'PRACK', 'UPDATE', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'REGISTER']

export interface CoreEdges {
  readonly clock: Clock
  readonly random: Random
  readonly timers: TimerQueue
  readonly log: SwitchLog
  readonly plans: Pick<Plans, 'latest' | 'of'> & Partial<Pick<Plans, 'keepOnly'>>
  readonly secrets: SecretValues
  /** The way out of SIP messages: whatever was appended to the log before must be durable when one leaves. */
  readonly io: EndpointIo
  /** Our Contact URI towards a hop, without angle brackets. */
  readonly contact: (hop: Hop) => string
  /** Where a trunk's provider is; from a cache that renews itself. */
  readonly hopsOf: (trunk: Trunk) => readonly Hop[]
  readonly media: MediaNodesOptions
  readonly sendMedia: (node: string, command: MediaCommand) => void
  readonly mediaConnected: (node: string) => boolean
  /** Events were appended: a commit shall follow even when nothing is sent. */
  readonly appended: () => void
  /** Host of our URIs towards telephones and providers. */
  readonly domain: string
  readonly product: string
  readonly spoolPath: (recording: string) => string
  readonly alarm: (what: string, detail: unknown) => void
}

export interface PlanChanges {
  readonly accounts: AccountChanges
  readonly trunks: TrunkChanges
}

export interface SwitchCore {
  readonly endpoint: Endpoint
  readonly legs: Legs
  readonly driver: CallDriver
  readonly registrar: Registrar
  readonly trunks: Trunks
  readonly busy: BusyCounts
  readonly media: MediaNodes
  readonly accounts: Accounts
  readonly lookout: Lookout
  readonly lamps: Lamps
  readonly byHand: SettingsByHand
  /**
   * The newest revision is another one than before, or passwords are: from now on new calls follow it, telephones, trunks and lamps
   * become what it says. A call in progress is not touched; it goes on by the revision it began with.
   */
  planChanged(): PlanChanges
  /** Takes up what was open when the process before this one ended: before the first packet is read. */
  takeUp(awayMs: number): void
  /** What a media process that has just connected is told. */
  mediaState(node: string): MediaCommand[]
  /** Once a second: bindings run out, providers move. */
  everySecond(): void
}

export function createCore(edges: CoreEdges): SwitchCore {
  const { clock, random, timers, log, plans, domain } = edges
  let plan = plans.of(plans.latest)
  /** Older revisions that calls in progress follow. */
  let older: readonly number[] = []
  const busy = new BusyCounts({
    account: account => lamps.changed(account),
    trunk: (trunk, status) => trunks.callOutcome(trunk, status),
  })
  const accounts = new Accounts(plan, edges.secrets, log, clock, random)
  const { registrar } = accounts
  const lookout = new Lookout(clock, random, [], (address, why) => edges.alarm(`${address} is banned: ${why}`, null))
  const media = new MediaNodes(edges.media, clock, random)
  const endpoint = createEndpoint({
    timers,
    clock,
    random,
    io: edges.io,
    config: { allow: ALLOW, product: edges.product },
    user: {
      early: (bytes, flow) => lookout.look(bytes, flow),
      gate: (request, flow) => lookout.admits(request, flow),
      request: tx => inbound.request(tx),
      garbage: (_code, flow) => lookout.garbage(flow),
    },
  })
  /** Ended calls, and their legs whose BYE has not been answered: until then a new switch would have to say it again. */
  const closing = new Map<string, Set<string>>()
  const close = (call: string): void => {
    closing.delete(call)
    log.closed(call)
    edges.appended()
  }
  const legs: Legs = createLegs({
    endpoint,
    timers,
    clock,
    random,
    notify: (leg, notice) => legNotice(leg, notice),
    heardOut: leg => {
      const waiting = closing.get(callOfLeg(leg))
      if (waiting?.delete(leg) && waiting.size === 0) close(callOfLeg(leg))
    },
    contactFor: edges.contact,
    authenticate: (challenge, request, credentials) => accounts.answer(challenge, request, credentials),
    credentialsFor: username => trunks.credentialsByUser(username),
  })
  const trunks = new Trunks({
    plan,
    clock,
    random,
    timers,
    secrets: edges.secrets,
    endpoint,
    contactFor: edges.contact,
    domain,
    hopsOf: edges.hopsOf,
    networksKnown: networks => lookout.guard.allowNetworks(networks),
  })
  const queues = new QueueCounts()
  const lastLines = new LastLines(plan, {
    get: number => log.fact(`last-line ${number}`),
    set: (number, line) => log.setFact(`last-line ${number}`, line),
  })
  const byHand = new SettingsByHand(plan, { get: name => log.fact(name), set: (name, value) => log.setFact(name, value) })
  const outages = new OutagesNow(
    plan,
    clock,
    trunk => trunks.isUp(trunk),
    (treatment, begun) => edges.alarm(`outage treatment '${treatment.text}' ${begun ? 'is in force' : 'has ended'}`, null),
  )
  const use = new OutgoingUse(
    clock,
    revision => plans.of(revision),
    { get: () => log.fact('outgoing-use'), set: value => log.setFact('outgoing-use', value) },
    plan.office.timezone,
  )
  const lamps = new Lamps({ plan, busy, registrar, endpoint, clock, timers, contactFor: edges.contact })
  const deps: LiveWorldDeps = {
    clock,
    random,
    planOf: r => plans.of(r),
    registrar,
    trunks,
    busy,
    use,
    queues,
    lastLines,
    byHand,
    outages,
    media,
    domain,
    spoolPath: edges.spoolPath,
  }
  const driver = new CallDriver({
    clock,
    timers,
    append: (at, call, event) => {
      log.append(at, call, event)
      if (event.type === 'setting.changed') byHand.set(event.setting)
      edges.appended()
    },
    command: (leg, command) => legs.command(leg, command),
    media: edges.sendMedia,
    world: (revision, node, before) => new LiveWorld(deps, revision, node, before),
    release: state => {
      media.release(state)
      const waiting = Object.keys(state.legs).filter(id => legs.awaits(id))
      if (waiting.length > 0) closing.set(state.id, new Set(waiting))
      else close(state.id)
    },
    changed: (before, after, folded) => {
      busy.changed(before, after)
      use.changed(before, after, folded === true)
      queues.changed(before, after)
      lastLines.changed(before, after)
    },
  })

  const arriving = new Map<string, { origin: Origin; from: Party; node: string; transport: string }>()
  const invite = (tx: ServerTransaction, origin: Origin, from: Party): void => {
    const call = `${clock.nowMs().toString(36)}${random.hex(4)}`
    const leg = `${call}-0`
    arriving.set(leg, { origin, from, node: media.choose(edges.mediaConnected), transport: tx.flow.transport })
    legs.incoming(tx, leg)
    arriving.delete(leg)
  }
  const legNotice = (leg: string, notice: LegNotice): void => {
    const arrival = arriving.get(leg)
    if (notice.is !== 'offered' || !arrival) {
      driver.legNotice(leg, notice)
      return
    }
    const wish =
      arrival.origin.kind === 'trunk' ? plan.trunks.get(arrival.origin.trunk)!.media : plan.accounts.get(arrival.origin.account)!.media
    const profile = profileFor(wish, arrival.transport)
    const secure = notice.sdp?.includes('SAVP') === true
    const local = media.take(arrival.node, leg, profile, secure, notice.invite.flow.remote.host)
    if (local === null) {
      legs.command(leg, {
        do: 'reject',
        status: 503,
        headers: [{ name: 'Retry-After', value: '5' }],
        why: { protocol: 'Q.850', cause: 47 },
      })
      return
    }
    const call: NewCall = {
      id: leg.slice(0, leg.lastIndexOf('-')),
      leg,
      origin: arrival.origin,
      from: arrival.from,
      dialled: notice.invite.dialled,
      revision: plans.latest,
      invite: notice.invite,
      offer: notice.sdp ?? null,
      local,
      profile,
      node: arrival.node,
    }
    driver.start(call)
  }
  const inbound = new Inbound({
    clock,
    random,
    digest: accounts.digest,
    registrar,
    lookout,
    trunks,
    plan: () => plan,
    accountOf: username => accounts.accountOf(username),
    invite,
    subscribe: (tx, account) => lamps.subscribe(tx, account),
    allow: ALLOW.join(', '),
  })

  const planChanged = (): PlanChanges => {
    plan = plans.of(plans.latest)
    older = olderInUse()
    const changes = { accounts: accounts.apply(plan), trunks: trunks.apply(plan, olderPlans()) }
    lamps.apply(plan)
    outages.apply(plan)
    lastLines.apply(plan)
    byHand.apply(plan)
    plans.keepOnly?.(new Set(older))
    return changes
  }
  const olderPlans = (): CompiledPlan[] =>
    older.flatMap(revision => {
      try {
        return [plans.of(revision)]
      } catch (error) {
        // Its calls will be refused their next decision; all others go on.
        edges.alarm(`plan revision ${revision}, which a call follows, cannot be read`, error)
        return []
      }
    })
  const olderInUse = (): readonly number[] => {
    const used = new Set<number>()
    for (const state of driver.states()) if (state.revision !== plans.latest) used.add(state.revision)
    return [...used].sort((a, b) => a - b)
  }

  return {
    endpoint,
    legs,
    driver,
    registrar,
    trunks,
    busy,
    media,
    accounts,
    lookout,
    lamps,
    byHand,
    planChanged,
    takeUp(awayMs) {
      const now = clock.nowMs()
      takeUpCalls({ log, driver, legs, media, alarm: edges.alarm }, now - awayMs, now)
      // Calls of an older revision may need its trunks; and what was registered under it may be there no more.
      planChanged()
    },
    mediaState(node) {
      const sessions = driver.sessionsOn(node)
      return [{ op: 'only', ids: sessions.map(s => s.id) }, ...sessions.map(session => ({ op: 'put', session }) as const)]
    },
    everySecond() {
      registrar.expire(clock.nowMs())
      trunks.refreshTable()
      if (trunks.isRunning) outages.look()
      if (older.length > 0 && olderInUse().length < older.length) {
        older = olderInUse()
        trunks.apply(plan, olderPlans())
        plans.keepOnly?.(new Set(older))
      }
      if (log.dirty) edges.appended()
    },
  }
}
