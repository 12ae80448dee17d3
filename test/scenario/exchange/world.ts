/**
 * The whole switch in virtual time: its core with the real outbox, a log in memory and a media process without sound, among telephones
 * and providers on a lossy network. The same seed gives the same run.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { LoggedEvent } from '../../../src/call/events.ts'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { TimerQueue } from '../../../src/kernel/timer-queue.ts'
import type { MediaProfile } from '../../../src/media/media-profile.ts'
import type { CompiledPlan, Trunk } from '../../../src/plan/compiled.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import type { Hop } from '../../../src/sip/flow.ts'
import { createCore, type PlanChanges, type SwitchCore } from '../../../src/switch/core.ts'
import { Outbox } from '../../../src/switch/outbox.ts'
import { MemoryLog } from '../../support/switch/memory-log.ts'
import { CALM, FakeNetwork, type Weather } from '../sip/fake-network.ts'
import { golden, ladder } from '../sip/ladder.ts'
import { FakeMedia } from './fake-media.ts'
import { type Mood, Telephone } from './telephone.ts'

export const RAIN: Weather = { loss: 0.2, duplicate: 0.05, minDelayMs: 1, maxDelayMs: 80 }

export const EXCHANGE = '192.0.2.10'
/** A Monday at ten, when the office is open. */
export const MONDAY = '2026-11-23T10:00:00+05:00'

export interface WorldOptions {
  readonly plan?: 'clinic' | 'small-office' | 'branches' | 'sketch' | 'desk' | CompiledPlan
  readonly at?: string
  readonly seed?: number
  readonly weather?: Weather
  readonly rtpPorts?: number
  /** How a telephone reaches the exchange; by UDP when not said. */
  readonly transport?: (account: string) => 'udp' | 'tcp'
}

const loaded = new Map<string, CompiledPlan>()

export function planNamed(name: string): CompiledPlan {
  let plan = loaded.get(name)
  if (plan === undefined) {
    const path = name === 'clinic' ? '../../../examples/clinic/plan.yaml' : `../../plans/valid/${name}.yaml`
    const { plan: read, problems } = loadPlan([{ name, text: readFileSync(new URL(path, import.meta.url), 'utf8') }], 1)
    assert.ok(read, JSON.stringify(problems))
    plan = read
    loaded.set(name, plan)
  }
  return plan
}

export class World {
  readonly network: FakeNetwork
  /** The newest revision. */
  plan: CompiledPlan
  /** Passwords that are not as everybody expects. */
  readonly passwords = new Map<string, string>()
  private readonly revisions = new Map<number, CompiledPlan>()
  private readonly plans: { readonly latest: number; of(revision: number): CompiledPlan }
  readonly log = new MemoryLog()
  readonly media: FakeMedia
  core: SwitchCore
  readonly alarms: string[] = []
  readonly phones = new Map<string, Telephone>()
  readonly providers = new Map<string, Telephone>()
  /** The switch's own. */
  timers: TimerQueue
  /** While its process lives. */
  private life = { lives: true }
  private readonly rtpPorts: number
  private readonly street: TimerQueue
  private readonly hosts = new Map<string, string>()
  private readonly names: Record<string, string> = { [EXCHANGE]: 'exchange' }

  constructor(options: WorldOptions = {}) {
    this.plan = typeof options.plan === 'object' ? options.plan : planNamed(options.plan ?? 'clinic')
    this.revisions.set(this.plan.revision, this.plan)
    const latest = (): number => this.plan.revision
    this.plans = {
      get latest() {
        return latest()
      },
      of: revision => this.revisions.get(revision) ?? assert.fail(`revision ${revision}`),
    }
    const startAt = Date.parse(options.at ?? MONDAY)
    this.network = new FakeNetwork(options.seed ?? 1, options.weather ?? CALM, startAt)
    this.timers = this.network.begin()
    this.street = this.network.begin()
    const heart = this.network.begin()
    const { clock } = this.network
    this.placeTrunks()
    this.rtpPorts = options.rtpPorts ?? 20_000
    this.media = new FakeMedia({ timers: heart, nowMs: clock.nowMs, notify: n => this.core.driver.mediaNotice(n) })
    this.core = this.build(clock)
    const beat = (): void => {
      if (this.life.lives) this.core.everySecond()
      heart.set(clock.nowMs() + 1000, beat)
    }
    heart.set(startAt + 1000, beat)
  }

  private placeTrunks(): void {
    for (const t of this.plan.trunks.values()) {
      if (this.hosts.has(t.id)) continue
      const host = /^[\d.]+$/.test(t.host) ? t.host : `198.51.100.${201 + this.hosts.size}`
      this.hosts.set(t.id, host)
      this.names[host] = t.id
    }
  }

  /** Another plan is applied while the exchange runs. */
  apply(plan: CompiledPlan): PlanChanges {
    assert.ok(plan.revision > this.plan.revision)
    this.plan = plan
    this.revisions.set(plan.revision, plan)
    this.placeTrunks()
    return this.core.planChanged()
  }

  private build(clock: Clock): SwitchCore {
    const { network, timers, log, life, rtpPorts } = this
    const io = network.join(EXCHANGE, (bytes, flow) => this.core.endpoint.receive(bytes, flow))
    const outbox = new Outbox({
      commit: () => log.commit(),
      commitFailed: error => this.alarms.push(String(error)),
      send: (hop, bytes, failed) => {
        if (!life.lives) return
        assert.ok(!log.dirty || log.failing, 'nothing leaves before the log holds what led to it')
        io.send(hop, bytes, failed)
      },
      media: (_node, commands) => life.lives && this.media.take(commands),
      flushed: () => {},
      nowMs: clock.nowMs,
      later: (ms, run) => void timers.set(clock.nowMs() + ms, run),
    })
    outbox.open()
    return createCore({
      clock,
      random: network.random,
      timers,
      log,
      plans: this.plans,
      secrets: { get: reference => this.passwords.get(reference) ?? `password of ${reference}` },
      io: { send: (hop, bytes, failed) => outbox.send(hop, bytes, failed), sentBy: () => ({ host: EXCHANGE, port: 5060 }) },
      contact: hop => `sip:${EXCHANGE}:5060${hop.transport === 'udp' ? '' : `;transport=${hop.transport}`}`,
      hopsOf: trunk => this.hopsOf(trunk),
      media: {
        nodes: ['media-1'],
        ports: { first: 20_000, last: 20_000 + rtpPorts - 1 },
        address: EXCHANGE,
        bindAddress: EXCHANGE,
        fingerprint: 'sha-256 00:11:22',
      },
      sendMedia: (node, command) => outbox.media(node, command),
      mediaConnected: () => true,
      appended: () => outbox.schedule(),
      domain: EXCHANGE,
      product: 'Switchroom',
      spoolPath: id => `spool/${id}.tap`,
      alarm: what => this.alarms.push(what),
    })
  }

  /** kill -9 of the switch: what it had not committed is lost, nothing more leaves it, and what arrives finds nobody. */
  crash(): void {
    this.life.lives = false
    this.network.kill(this.timers)
    this.network.join(EXCHANGE, () => {})
    this.media.connected = false
    this.log.lose()
  }

  /** Another switch takes up what the log knows. */
  restart(awayMs = 0): void {
    this.life = { lives: true }
    this.timers = this.network.begin()
    this.core = this.build(this.network.clock)
    this.core.takeUp(awayMs)
    this.media.connected = true
    this.media.take(this.core.mediaState('media-1'))
    this.core.trunks.start()
  }

  get lives(): boolean {
    return this.life.lives
  }

  hopsOf(trunk: Trunk): readonly Hop[] {
    return [{ transport: 'udp', host: this.hosts.get(trunk.id)!, port: trunk.port === 0 ? 5060 : trunk.port }]
  }

  hostOf(trunk: string): string {
    return this.hosts.get(trunk)!
  }

  /** A telephone of an account of the plan, not yet registered. A second one of the same account has a contact of its own. */
  phone(
    account: string,
    mood: Mood = { is: 'rings' },
    more: { readonly key?: string; readonly password?: string; readonly legs?: object; readonly transport?: 'udp' | 'tcp' } = {},
  ): Telephone {
    const key = more.key ?? account
    const known = this.plan.accounts.get(account)
    const host = `192.0.2.${100 + this.phones.size}`
    this.names[host] = key
    const profile: MediaProfile | undefined =
      known?.media.kind === 'sdes' || known?.media.kind === 'sdes-optional' ? { ...known.media, codecs: ['PCMA', 'PCMU'] } : undefined
    const phone = new Telephone({
      network: this.network,
      timers: this.street,
      host,
      exchange: { transport: more.transport ?? 'udp', host: EXCHANGE, port: 5060 },
      username: account,
      password: more.password ?? `password of ${known?.secret ?? ''}`,
      mood,
      ...(profile ? { profile } : {}),
      ...(more.legs ? { legConfig: more.legs } : {}),
    })
    this.phones.set(key, phone)
    return phone
  }

  /** The far end of a trunk. */
  provider(trunk: string, mood: Mood = { is: 'answers' }): Telephone {
    const provider = new Telephone({
      network: this.network,
      timers: this.street,
      host: this.hosts.get(trunk)!,
      exchange: { transport: 'udp', host: EXCHANGE, port: 5060 },
      username: trunk,
      password: '',
      mood,
    })
    this.providers.set(trunk, provider)
    return provider
  }

  /** Everyone of the plan with a telephone that has registered, every trunk with a provider that lives. */
  static office(options: WorldOptions = {}, mood: Mood = { is: 'rings' }): World {
    const world = new World(options)
    const { weather } = world.network
    world.network.weather = CALM
    for (const account of world.plan.accounts.keys())
      world.phone(account, mood, { transport: options.transport?.(account) ?? 'udp' }).register()
    for (const trunk of world.plan.trunks.keys()) world.provider(trunk)
    world.core.trunks.start()
    world.run(40_000)
    world.network.weather = weather
    world.network.sent.length = 0
    return world
  }

  run(ms: number): void {
    this.network.run(ms)
  }

  /** At a moment to come, on the street. */
  later(ms: number, run: () => void): void {
    this.street.set(this.nowMs + ms, run)
  }

  get nowMs(): number {
    return this.network.clock.nowMs()
  }

  /** Holds what went over the network against a golden ladder; probes and registrations are left out unless asked for. */
  shows(text: string, noise: RegExp | null = / (OPTIONS|REGISTER)/): void {
    const all = ladder(this.network.sent, this.names).split('\n')
    const seen = all.filter(line => line !== '' && noise?.test(line) !== true).join('\n')
    assert.equal(seen, golden(text))
  }

  /** Forgets what went over the network until now. */
  clear(): void {
    this.network.sent.length = 0
  }

  nameOf(host: string): string {
    return this.names[host] ?? host
  }

  /** The calls of the log in the order they began. */
  get callIds(): string[] {
    return [...this.log.callIds]
  }

  eventsOf(call: string): readonly LoggedEvent[] {
    return this.log.eventsOf(call)
  }

  /** The only call, or the latest. */
  get story(): readonly LoggedEvent[] {
    const last = this.callIds.at(-1)
    return last === undefined ? [] : this.eventsOf(last)
  }

  /** After long enough nothing may be left of any call: no leg, no transaction, no timer, no port, no session. */
  end(): void {
    const { core } = this
    this.network.weather = CALM
    void core.trunks.stop()
    this.run(400_000)
    const left = (what: string, n: number): void => assert.equal(n, 0, `${what} left`)
    left('calls', core.driver.kept)
    left('legs', core.legs.size)
    left('lingering legs', core.legs.lingering)
    left('transactions', core.endpoint.size)
    left('timers of the switch', this.timers.size)
    left('media sessions', this.media.sessions.size)
    left('ports in use', core.media.inUse)
    for (const a of this.plan.accounts.keys()) left(`calls of ${a}`, core.busy.ofAccount(a))
    for (const t of this.plan.trunks.keys()) left(`calls of ${t}`, core.busy.ofTrunk(t))
    for (const p of [...this.phones.values(), ...this.providers.values()]) {
      left(`legs of ${p.username}`, p.legs.size)
      left(`transactions of ${p.username}`, p.endpoint.size)
    }
    left('timers of telephones', this.street.size)
    assert.deepEqual(this.media.complaints, [])
    // An outage that was meant is told of, too.
    assert.deepEqual(
      this.alarms.filter(a => !a.startsWith('outage treatment')),
      [],
    )
    assert.equal(this.media.made, this.media.dropped, 'every media session was dropped')
  }
}
