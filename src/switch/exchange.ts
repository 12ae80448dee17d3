/** The switch process put together: sockets, disk, DNS, real time and the sockets to media and office around the core. Only wiring lives here. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TimerQueue } from '../kernel/timer-queue.ts'
import type { MediaNotice } from '../media/protocol.ts'
import { DnsCache } from '../net/dns.ts'
import { systemClock } from '../net/system-clock.ts'
import { systemRandom } from '../net/system-random.ts'
import type { PlanApplied, PlanFollowed, RegistrationView, SwitchStatus } from '../operations/control-protocol.ts'
import { firstSteps } from '../plan/first-steps.ts'
import type { Flow } from '../sip/flow.ts'
import type { Registrar } from '../sip/registrar/registrar.ts'
import { dataPaths, type ExchangeConfig } from '../store/exchange-config.ts'
import { LogStore } from '../store/log-store.ts'
import { Secrets } from '../store/secrets.ts'
import { ControlServer } from './control-server.ts'
import { createCore } from './core.ts'
import { MediaLink } from './media-link.ts'
import { fingerprintOf } from './media-nodes.ts'
import { Outbox } from './outbox.ts'
import type { Plans } from './plans.ts'
import { type SipSide, sipSide } from './sip-side.ts'
import { TimerDriver } from './timer-driver.ts'
import { TrunkHops } from './trunk-hops.ts'

export interface Exchange {
  status(): SwitchStatus
  /** Says BYE to everybody, then closes. */
  endCalls(): Promise<void>
  close(): Promise<void>
}

const NAT_KEEP_ALIVE_S = 25
const CRLF_CRLF = Buffer.from('\r\n\r\n')
/** A start does not wait longer than this for the names of trunks. */
const DNS_MS = 500

export async function startExchange(
  config: ExchangeConfig,
  plans: Plans,
  alarm: (what: string, detail: unknown) => void,
): Promise<Exchange> {
  const clock = systemClock
  const random = systemRandom
  const paths = dataPaths(config.data)
  const startedAt = clock.nowMs()
  const log = new LogStore(paths.switchDb)
  const timers = new TimerQueue()
  const ticking = new TimerDriver(timers, clock)
  const side: SipSide = sipSide(
    config,
    {
      onMessage: (bytes: Uint8Array, flow: Flow) => {
        core.endpoint.receive(bytes, flow)
        outbox.readOne()
        ticking.rearm()
      },
      onFlowClosed: (flow: Flow) => {
        core.registrar.flowClosed(flow)
        core.trunks.flowClosed(flow)
      },
      onGarbage: (flow: Flow) => core.lookout.garbage(flow),
    },
    (delayMs, nowMs) => core.lookout.gate.observe(delayMs, nowMs),
  )
  const links = new Map<string, MediaLink>()
  const connected = (node: string): boolean => links.get(node)?.connected ?? false
  const hops = new TrunkHops(new DnsCache(config.dns === null ? {} : { servers: config.dns }), random, {
    get: () => log.fact('trunk-hops'),
    set: value => log.setFact('trunk-hops', value),
  })
  const outbox = new Outbox({
    commit: () => log.commit(),
    commitFailed: error => alarm('the log cannot be written: calls go on, their records wait in memory', error),
    send: (hop, bytes, failed) => side.transports.post(hop, bytes, failed && (() => failed())),
    media: (node, commands) => links.get(node)?.send(commands),
    flushed: () => {
      control.logged(log.lastSeq)
      ticking.rearm()
    },
    later: (ms, run) => void (ms > 0 ? setTimeout(run, ms) : setImmediate(run)),
    nowMs: clock.nowMs,
  })
  const secrets = new Secrets(paths.secrets)
  const core = createCore({
    clock,
    random,
    timers,
    log,
    plans,
    secrets,
    io: {
      send: (hop, bytes, failed) => outbox.send(hop, bytes, failed),
      sentBy: hop => side.ours(hop),
      congestionSafe: hop => (hop.transport === 'udp' ? { ...hop, transport: 'tcp' } : null),
    },
    contact: hop => side.contact(hop),
    hopsOf: trunk => hops.of(trunk),
    media: {
      nodes: config.mediaNodes,
      ports: config.rtp,
      address: config.advertise,
      bindAddress: config.rtp.host,
      fingerprint: fingerprintOf(readFileSync(config.tlsCert, 'utf8')),
    },
    sendMedia: (node, command) => outbox.media(node, command),
    mediaConnected: connected,
    appended: () => outbox.schedule(),
    domain: config.advertise,
    product: `Switchroom/${config.version}`,
    spoolPath: id => join(paths.spool, `${id}.tap`),
    alarm,
  })
  const { accounts, driver, trunks, registrar } = core
  // What this makes us say waits in the outbox until the sockets are open.
  core.takeUp(Math.max(0, startedAt - Number(log.fact('alive') ?? startedAt)))

  const lostAt = new Map<string, number>()
  for (const node of config.mediaNodes) {
    let since = 0
    const link = new MediaLink(node, paths.mediaSocket(node), {
      connected: () => {
        link.send(core.mediaState(node))
        if (since !== 0 && since !== link.since) driver.mediaReturned(node, clock.nowMs() - (lostAt.get(node) ?? clock.nowMs()))
        since = link.since
      },
      lost: () => {
        lostAt.set(node, clock.nowMs())
        alarm(`media process ${node} is away: its sessions are made anew when it is back`, null)
      },
      notice: (_node, notice: MediaNotice) => driver.mediaNotice(notice),
    })
    links.set(node, link)
  }

  await Promise.all([
    side.listen(),
    Promise.race([hops.start(plans.of(plans.latest).trunks.values()), new Promise(done => setTimeout(done, DNS_MS).unref())]),
  ])
  const control = new ControlServer(paths.switchSocket, {
    status: () => status(),
    registrations: () => [...registrar.bindings()].map(b => viewOf(b)),
    hangUp: (call, by) => driver.hangUp(call, by),
    admit: request => accounts.admit(request),
    applyPlan: revision => applyPlan(revision),
    planFollowed: at => followed(plans, at),
    byHand: (person, as) => {
      const now = clock.nowMs()
      return { hours: core.byHand.hours(as, now), person: person === null ? null : core.byHand.person(person, now) }
    },
    setByHand: (setting, as) => core.byHand.ask(setting, as, clock.nowMs()),
    mailboxes: counts => core.lamps.mailboxes(counts),
  })
  const applyPlan = async (revision: number): Promise<PlanApplied> => {
    await plans.prepare(revision)
    const plan = plans.apply(revision)
    refreshSecrets()
    void hops.start(plan.trunks.values())
    const { accounts: telephones, trunks: providers } = core.planChanged()
    let callsOnOlder = 0
    for (const state of driver.states()) if (state.revision !== revision) callsOnOlder++
    alarm(`plan revision ${revision} is in force`, { ...telephones, trunks: providers, callsOnOlder })
    ticking.rearm()
    outbox.schedule()
    const { registrationsEnded, ...accounts } = telephones
    return { revision, accounts, registrationsEnded, trunks: providers, callsOnOlder }
  }
  /** Passwords that were changed hold at once, without a new plan: `switchroom secret set`. */
  const refreshSecrets = (): boolean => {
    try {
      return secrets.refresh()
    } catch (error) {
      alarm('passwords stay as they were', error)
      return false
    }
  }
  outbox.open()
  trunks.start()
  let seconds = 0
  const heartbeat = setInterval(() => {
    core.everySecond()
    if (refreshSecrets()) core.planChanged()
    // A NAT forgets a UDP flow that is silent for half a minute (RFC 5626 §4.4 has telephones do this; many do not).
    if (++seconds % NAT_KEEP_ALIVE_S === 0) for (const flow of registrar.nattedFlows()) side.transports.post(flow, CRLF_CRLF)
    if (driver.size > 0 || log.dirty) log.setFact('alive', String(clock.nowMs()))
    outbox.schedule()
  }, 1000)
  heartbeat.unref()

  const status = (): SwitchStatus => ({
    version: config.version,
    startedAt,
    planRevision: plans.latest,
    planName: plans.of(plans.latest).office.name,
    calls: driver.size,
    registrations: registrar.size,
    media: config.mediaNodes.map(node => ({ node, connected: connected(node) })),
    listening: side.listening,
    trunks: trunks.statuses(),
  })

  return {
    status,
    async endCalls() {
      for (const state of [...driver.states()]) driver.hangUp(state.id, 'the exchange is being stopped')
      await trunks.stop()
      outbox.flush()
      await new Promise(done => setTimeout(done, 300))
    },
    async close() {
      clearInterval(heartbeat)
      hops.close()
      outbox.flush()
      control.close()
      for (const link of links.values()) link.close()
      await side.close()
      log.close()
    },
  }
}

function followed(plans: Plans, at: number): PlanFollowed {
  const plan = plans.of(plans.latest)
  return { revision: plan.revision, accounts: plan.accounts.size, lines: firstSteps(plan, at) }
}

function viewOf(b: ReturnType<Registrar['bindings']> extends IterableIterator<infer B> ? B : never): RegistrationView {
  return {
    account: b.account,
    contact: b.contact,
    transport: b.flow.transport,
    userAgent: b.userAgent ?? '',
    expiresAt: b.expiresAt,
    reachable: b.reachable,
  }
}
