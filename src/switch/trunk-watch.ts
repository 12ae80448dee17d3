/** One trunk kept watch over: where its provider is (DNS), whether we are registered there, whether it answers (RES-01). */
import type { Clock, Random } from '../kernel/clock.ts'
import type { Timer, TimerQueue } from '../kernel/timer-queue.ts'
import type { Trunk } from '../plan/compiled.ts'
import type { Endpoint } from '../sip/endpoint/contract.ts'
import type { Flow, Hop } from '../sip/flow.ts'
import type { Credentials } from '../sip/leg.ts'
import { HEALTH, type HealthInput, type HealthState, initialHealth, stepHealth } from '../sip/trunk/health.ts'
import {
  idleRegistration,
  type RegistrationInput,
  type RegistrationSettings,
  type RegistrationState,
  stepRegistration,
} from '../sip/trunk/registration.ts'
import { printHost } from '../wire/sip/host.ts'
import { type HeaderField, NO_BODY, type SipRequest } from '../wire/sip/message.ts'

export interface TrunkWatchDeps {
  readonly clock: Clock
  readonly random: Random
  readonly timers: TimerQueue
  readonly endpoint: Endpoint
  readonly contactFor: (hop: Hop) => string
  readonly domain: string
  /** The ways to a trunk's provider; from a cache that renews itself. */
  readonly hopsOf: (trunk: Trunk) => readonly Hop[]
}

/** A provider that is there answers OPTIONS at once; Timer F (32 s, RFC 3261 §17.1.2.2) would be a long time to send calls into the void. */
const PROBE_ANSWER_MS = 4000

/** So many servers of one provider are asked before it counts as silent. */
const MOST_SERVERS = 4

export class TrunkWatch {
  readonly trunk: Trunk
  /** The provider's last word about our registration; null: none, or a good one. */
  private refusal: string | null = null
  /** What the last change or probe showed. */
  private finding = 'not asked yet'
  private readonly d: TrunkWatchDeps
  private readonly credentials: Credentials | null
  private health: HealthState
  private registration: RegistrationState | null = null
  private settings: RegistrationSettings | null = null
  private timer: Timer | null = null
  private running = false

  constructor(trunk: Trunk, credentials: Credentials | null, deps: TrunkWatchDeps) {
    this.trunk = trunk
    this.d = deps
    this.credentials = credentials
    this.health = initialHealth(deps.clock.nowMs())
  }

  get up(): boolean {
    return this.health.up
  }

  /** Null: this trunk does not register. */
  get registered(): boolean | null {
    return this.registration === null ? null : this.registration.until > this.d.clock.nowMs()
  }

  /** In words, for the status table: what stands in the way, else what we know. */
  get why(): string {
    const { trunk, credentials } = this
    if (trunk.register !== null && credentials === null) return `its password (secret:${trunk.register.secret}) is not known`
    if (this.d.hopsOf(trunk).length === 0) return `its host ${trunk.host} has no address`
    if (this.refusal !== null) return this.refusal
    if (!this.health.up) return this.finding
    if (this.registered === null) return this.finding
    if (this.registered) return 'registered'
    return this.registration!.until === 0 ? 'registering' : 'the registration ran out and its renewal is not answered'
  }

  start(): void {
    this.running = true
    this.begin()
    this.feedHealth({ is: 'time' })
  }

  private begin(): void {
    const { register } = this.trunk
    if (register === null || this.registration !== null) return
    const [hop] = this.d.hopsOf(this.trunk)
    if (hop === undefined || this.credentials === null) return
    const named = printHost(this.trunk.host, null)
    const host = this.trunk.port === 0 ? named : `${named}:${this.trunk.port}`
    const contact = this.d.contactFor(hop).replace(/^sip:/, `sip:${register.user}@`)
    this.settings = {
      registrar: `sip:${host}`,
      aor: `sip:${register.user}@${host}`,
      contact,
      credentials: this.credentials,
      expiresS: register.expiresS,
    }
    this.registration = idleRegistration(this.settings, this.d.random)
    this.feedRegistration({ is: 'start' })
  }

  /** Whether another plan's trunk, with these credentials, needs no other watch than this one. */
  serves(trunk: Trunk, credentials: Credentials | null): boolean {
    const place = (t: Trunk): string => JSON.stringify([t.host, t.port, t.transport, t.proxy, t.register, t.checkEveryMs])
    return place(trunk) === place(this.trunk) && JSON.stringify(credentials) === JSON.stringify(this.credentials)
  }

  /** Whether that trunk would register the same address at the same provider. */
  sameBinding(trunk: Trunk): boolean {
    const binding = (t: Trunk): string => JSON.stringify([t.host, t.port, t.transport, t.proxy, t.register?.user])
    return trunk.register !== null && this.trunk.register !== null && binding(trunk) === binding(this.trunk)
  }

  /** Says nothing to the provider: somebody else keeps the registration. */
  abandon(): void {
    this.running = false
    this.d.timers.cancel(this.timer)
    this.registration = null
  }

  /** Asks the provider to forget us; resolves when it has answered or two seconds are over. */
  stop(): Promise<void> {
    this.running = false
    this.d.timers.cancel(this.timer)
    if (!this.registration || this.registered !== true) return Promise.resolve()
    return new Promise(done => {
      this.feedRegistration({ is: 'stop' }, done)
      this.d.timers.set(this.d.clock.nowMs() + 2000, done)
    })
  }

  flowClosed(flow: Flow): void {
    if (flow.transport !== this.trunk.transport || !this.d.hopsOf(this.trunk).some(h => h.host === flow.remote.host)) return
    this.feedRegistration({ is: 'flow-lost' })
  }

  /** A call over this trunk got this status: live calls are the best witnesses. */
  callOutcome(status: number): void {
    this.feedHealth({ is: 'call', status })
  }

  private feedRegistration(input: RegistrationInput, answered?: () => void): void {
    if (this.registration === null || this.settings === null) return
    const { clock, random, endpoint } = this.d
    const step = stepRegistration(this.registration, input, this.settings, clock.nowMs(), random)
    this.registration = step.state
    for (const effect of step.effects) {
      if (effect.do === 'send') {
        endpoint.request(effect.request, this.d.hopsOf(this.trunk), {
          response: response => {
            if (response.status < 200) return
            this.feedRegistration({ is: 'response', response }, answered)
            if (this.registration?.phase === 'stopped') answered?.()
          },
        })
      } else if (effect.do === 'report') {
        this.refusal = effect.up ? null : `registration failed: ${effect.why}${effect.status === 0 ? '' : ` (${effect.status})`}`
        this.feedHealth({ is: 'registration', up: effect.up })
      }
    }
    this.rearm()
  }

  private feedHealth(input: HealthInput): void {
    const { clock } = this.d
    const everyMs = this.trunk.checkEveryMs || HEALTH.everyMs
    const settings = { ...HEALTH, everyMs, doubtMs: Math.min(HEALTH.doubtMs, everyMs), probes: this.trunk.checkEveryMs > 0 }
    const step = stepHealth(this.health, input, settings, clock.nowMs())
    this.health = step.state
    for (const effect of step.effects) {
      if (effect.do === 'report')
        this.finding = `${effect.up ? 'answers again' : 'does not answer'} (${witness[effect.why]}${effect.status === 0 ? '' : ` ${effect.status}`})`
      else this.ask()
    }
    this.rearm()
  }

  /** One OPTIONS to each of the provider's servers until one answers. Whatever comes late counts as nothing. */
  private ask(tries = 1): void {
    const { clock, timers, endpoint, hopsOf } = this.d
    const hops = hopsOf(this.trunk)
    if (hops.length === 0) {
      this.feedHealth({ is: 'probed', status: 503 })
      return
    }
    let late: Timer | null = null
    const answered = (status: number): void => {
      if (late === null) return
      timers.cancel(late)
      late = null
      if (this.health.up && status !== 408 && status !== 503) this.finding = `answers (${status})`
      this.feedHealth({ is: 'probed', status })
    }
    late = timers.set(clock.nowMs() + PROBE_ANSWER_MS, () => {
      // Calls shall not find out for themselves that this server is silent.
      endpoint.demote(probe.hop)
      if (tries >= Math.min(hops.length, MOST_SERVERS)) answered(408)
      else {
        late = null
        this.ask(tries + 1)
      }
    })
    const probe = endpoint.request(this.probe(), hops, {
      response: response => {
        if (response.status >= 200) answered(response.status)
      },
    })
  }

  private probe(): SipRequest {
    const { random, domain } = this.d
    const uri = `sip:${printHost(this.trunk.host, null)}`
    const headers: HeaderField[] = [
      { name: 'From', value: `<sip:exchange@${printHost(domain, null)}>;tag=${random.hex(6)}` },
      { name: 'To', value: `<${uri}>` },
      { name: 'Call-ID', value: random.hex(12) },
      { name: 'CSeq', value: '1 OPTIONS' },
      { name: 'Accept', value: 'application/sdp' },
    ]
    return { kind: 'request', method: 'OPTIONS', uri, headers, body: NO_BODY }
  }

  private rearm(): void {
    if (!this.running) return
    this.d.timers.cancel(this.timer)
    const wanted = [this.health.nextAt, this.registration?.nextAt ?? 0].filter(at => at > 0)
    // A provider without an address yet is looked for again soon.
    const at = Math.min(
      ...wanted,
      this.registration === null && this.trunk.register !== null ? this.d.clock.nowMs() + 2000 : Number.MAX_SAFE_INTEGER,
    )
    if (at === Number.MAX_SAFE_INTEGER) return
    this.timer = this.d.timers.set(Math.max(at, this.d.clock.nowMs() + 10), () => {
      this.begin()
      this.feedRegistration({ is: 'time' })
      this.feedHealth({ is: 'time' })
    })
  }
}

const witness: Record<'probe' | 'call' | 'registration' | 'time', string> = {
  probe: 'OPTIONS',
  call: 'calls',
  registration: 'registration',
  time: 'time',
}
