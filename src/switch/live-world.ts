/** The world as the call machine sees it: the plan of the call's revision, live facts, live contacts, live ports. */
import type { CallState } from '../call/call-state.ts'
import type { CallWorld, Reach } from '../call/world.ts'
import type { Clock, Random } from '../kernel/clock.ts'
import type { LocalMedia, MediaProfile } from '../media/media-profile.ts'
import type { CompiledPlan, MediaWish } from '../plan/compiled.ts'
import { enter, next } from '../plan/decide.ts'
import type { Facts, Origin, Outcome, Position, Shown, Step, TrunkAttempt } from '../plan/decision.ts'
import type { Registrar } from '../sip/registrar/registrar.ts'
import { printHost } from '../wire/sip/host.ts'
import type { BusyCounts } from './busy-counts.ts'
import type { LastLines } from './last-lines.ts'
import type { MediaNodes } from './media-nodes.ts'
import type { OutagesNow } from './outages-now.ts'
import type { OutgoingUse } from './outgoing-use.ts'
import type { QueueCounts } from './queue-counts.ts'
import type { SettingsByHand } from './settings-by-hand.ts'
import type { Trunks } from './trunks.ts'

export interface LiveWorldDeps {
  readonly clock: Clock
  readonly random: Random
  readonly planOf: (revision: number) => CompiledPlan
  readonly registrar: Registrar
  readonly trunks: Trunks
  readonly busy: BusyCounts
  readonly use: OutgoingUse
  readonly queues: QueueCounts
  readonly outages: OutagesNow
  readonly lastLines: LastLines
  readonly byHand: SettingsByHand
  readonly media: MediaNodes
  /** Host of our URIs towards telephones. */
  readonly domain: string
  readonly spoolPath: (recording: string) => string
}

type Legs = CallState['legs']
type Counted = 'account' | 'trunk' | 'rule'

/** The counts know a call as it was before the step that is being worked out; `before` is taken out of them and `now` put in. */
function liveFacts(
  d: LiveWorldDeps,
  plan: CompiledPlan,
  before: CallState | null,
  now: (leg: Counted, name: string | number) => number,
): Facts {
  const was = (what: Counted, name: string | number): number => (before === null ? 0 : openLegs(before.legs, what, name))
  return {
    nowMs: d.clock.nowMs(),
    registered: account => d.registrar.isRegistered(account, d.clock.nowMs()),
    activeCalls: account => d.busy.ofAccount(account) - was('account', account) + now('account', account),
    trunkUp: trunk => d.trunks.isUp(trunk),
    trunkCalls: trunk => d.busy.ofTrunk(trunk) - was('trunk', trunk) + now('trunk', trunk),
    outgoingUse: rule => {
      const { todayMs, atOnce, lastHourCalls } = d.use.of(plan.outgoing[rule]!)
      return { todayMs, atOnce: atOnce - was('rule', rule) + now('rule', rule), lastHourCalls }
    },
    lastLine: number => d.lastLines.of(number),
    forward: person => d.byHand.forward(person, d.clock.nowMs()),
    override: hours => d.byHand.override(hours, d.clock.nowMs()),
    treatment: index => d.outages.inForce(plan.outages[index]),
    // How long a call would wait, and who has logged out, is known once agents log in and out.
    queue: id => ({ waiting: d.queues.of(id, before), expectedWaitMs: null, loggedIn: null }),
  }
}

function openLegs(legs: Legs, what: Counted, name: string | number): number {
  let n = 0
  for (const id in legs) if (legs[id]![what] === name && legs[id]!.phase !== 'over') n++
  return n
}

export class LiveWorld implements CallWorld {
  readonly nowMs: number
  private readonly d: LiveWorldDeps
  private readonly revision: number
  private readonly node: string
  private readonly secureCaller: boolean
  private readonly before: CallState | null

  /** `before`: the call as the busy counts know it; null for one that begins. */
  constructor(d: LiveWorldDeps, revision: number, node: string, before: CallState | null, secureCaller = false) {
    this.d = d
    this.before = before
    this.revision = revision
    this.node = node
    this.secureCaller = secureCaller
    this.nowMs = d.clock.nowMs()
  }

  enter(origin: Origin, dialled: string, legs: Legs | null): Step {
    const caller = origin.kind === 'trunk' ? origin.trunk : origin.account
    const now = (what: Counted, name: string | number): number =>
      legs !== null ? openLegs(legs, what, name) : name === caller && (origin.kind === 'trunk') === (what === 'trunk') ? 1 : 0
    const plan = this.d.planOf(this.revision)
    return enter(plan, liveFacts(this.d, plan, this.before, now), origin, dialled)
  }

  next(position: Position, outcome: Outcome, legs: Legs): Step {
    const plan = this.d.planOf(this.revision)
    const facts = liveFacts(this.d, plan, this.before, (what, name) => openLegs(legs, what, name))
    return next(plan, facts, position, outcome)
  }

  reachAccount(account: string, shows: Shown): Reach[] {
    const plan = this.d.planOf(this.revision)
    const known = plan.accounts.get(account)
    if (!known) return []
    const from = this.from(shows)
    const to = { uri: `sip:${account}@${printHost(this.d.domain, null)}` }
    return this.d.registrar.contacts(account, this.nowMs).map(c => ({
      contact: c.requestUri,
      name: known.displayName,
      requestUri: c.requestUri,
      from,
      to,
      hops: c.hops,
      routes: c.routes,
      headers: [],
      profile: profileFor(known.media, c.hops[0]?.transport ?? 'udp'),
      credentials: null,
    }))
  }

  reachTrunk(attempt: TrunkAttempt): Reach | null {
    return this.d.trunks.reach(attempt, this.d.planOf(this.revision))
  }

  takeMedia(leg: string, profile: MediaProfile, peer: string | null): LocalMedia | null {
    return this.d.media.take(this.node, leg, profile, this.secureCaller, peer)
  }

  newRecordingId(): string {
    return `r${this.nowMs.toString(36)}${this.d.random.hex(4)}`
  }

  spoolPath(recording: string): string {
    return this.d.spoolPath(recording)
  }

  private from(shows: Shown): Reach['from'] {
    if (shows.withheld || shows.number === '') return { display: 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' }
    return {
      ...(shows.name ? { display: shows.name } : {}),
      uri: `sip:${encodeURIComponent(shows.number).replace(/%2B/g, '+')}@${printHost(this.d.domain, null)}`,
    }
  }
}

/**
 * A browser always speaks WebRTC; other telephones what the plan says of them. Where it says nothing, a telephone that came by TLS
 * is offered keys as well (RFC 8643): they are safe on the way, and whoever does not know them goes on in plain RTP.
 */
export function profileFor(wish: MediaProfile & Pick<MediaWish, 'plain'>, transport: string): MediaProfile {
  if (transport !== 'ws' && transport !== 'wss') {
    if (wish.kind === 'rtp' && transport === 'tls' && wish.plain !== true) return { ...wish, kind: 'sdes-optional' }
    return wish.kind === 'webrtc' ? { ...wish, kind: 'rtp' } : wish
  }
  return wish.kind === 'webrtc'
    ? wish
    : { ...wish, kind: 'webrtc', codecs: ['opus', ...wish.codecs.filter(c => c !== 'opus' && c !== 'L16')] }
}
