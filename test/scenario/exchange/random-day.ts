/** A day at a random office: calls between everybody at random moments, answered, refused, ignored, held, transferred, given up. */
import type { Random } from '../../../src/kernel/clock.ts'
import { seededRandom } from '../../../src/kernel/clock.ts'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import type { Weather } from '../sip/fake-network.ts'
import type { Mood, PhoneCall, Telephone } from './telephone.ts'
import { World } from './world.ts'

export interface Dice {
  readonly random: Random
  below(n: number): number
  pick<T>(of: readonly T[]): T
  chance(p: number): boolean
}

export function dice(seed: number): Dice {
  const random = seededRandom(seed)
  const below = (n: number): number => Math.floor(random.fraction() * n)
  return { random, below, pick: of => of[below(of.length)]!, chance: p => random.fraction() < p }
}

/** A plan with people, groups, fallbacks, a route, recordings and two trunks, wired at random; null when its check refuses it. */
export function randomPlan(d: Dice): CompiledPlan | null {
  const people = 2 + d.below(4)
  const groups = d.below(3)
  const name = (i: number): string => `p${i}`
  const goal = (): string =>
    d.pick(['voicemail box', 'busy', name(d.below(people)), ...(groups > 0 ? [`g${d.below(groups)}`] : []), 'notice', 'night'])
  const fallback = (key: string): string => (d.chance(0.5) ? `, ${key}: ${goal()}` : '')
  const lines = [
    'plan: 1',
    'office: { name: Somewhere, country: KZ, timezone: Asia/Almaty, languages: [en], owner: p0, area: "727", shows: "+77272500000" }',
    'numbering: { ranges: { "200-299": { for: people }, "620-639": { for: groups }, "670-679": { for: services }, "680-699": { for: voicemail } }, emergency: ["112"] }',
    `defaults: { calls-at-once: ${1 + d.below(4)}, ring-for: ${5 + d.below(20)}s, on-no-answer: voicemail box${d.chance(0.5) ? ', on-busy: voicemail box' : ''} }`,
    'people:',
    ...Array.from(
      { length: people },
      (_, i) =>
        `  p${i}: { name: Person ${String.fromCharCode(65 + i)}, extension: "${201 + i}", mobile: "+7701555000${i}"${fallback('on-no-answer')}${fallback('on-busy')}${fallback('on-unreachable')} }`,
    ),
    'trunks:',
    '  one: { host: 203.0.113.10, by-address: true, channels: 5 }',
    '  two: { host: sip.two.example, register: { user: "77272500000", password: "secret:two" }, channels: 5 }',
    'lines:',
    `  "+77272500000": { to: ${goal()}, owner: p0 }`,
    `  "+77272500001": { to: ${name(0)}, owner: p0 }`,
    ...(groups > 0 ? ['groups:'] : []),
    ...Array.from({ length: groups }, (_, i) => {
      const members = Array.from({ length: people }, (_x, k) => name(k)).filter(() => d.chance(0.7))
      const order = d.chance(0.5) ? 'together: true' : `one-by-one: true, each: ${4 + d.below(6)}s`
      return `  g${i}: { number: "${620 + i}", ring: [${(members.length > 0 ? members : [name(0)]).join(', ')}], ${order}, for: ${8 + d.below(15)}s, on-no-answer: voicemail box, on-busy: voicemail box }`
    }),
    `routes: { night: { steps: [ { to: ${d.pick(['notice', name(0), 'mobile p0'])}, for: 10s }, { to: voicemail box } ] } }`,
    'services:',
    '  echo-test: { number: "*43", does: echo }',
    '  notice: { number: "670", does: announce, prompt: outside-hours }',
    'voicemail: { box: { number: "680", tell: [p0], keep: 90 days } }',
    `outgoing: { rules: [ { calls: [local, national, mobile], who: everyone, by: [${d.pick(['one, two', 'two, one', 'one'])}] } ], next-trunk-after: ${2 + d.below(4)}s }`,
    ...(d.chance(0.5)
      ? [
          `recording: [ { record: ${d.pick(['all', 'incoming', 'outgoing'])}, because: service quality, announce: ${d.pick(['yes', 'no'])}, keep: 30 days, heard-by: [boss] } ]`,
          'access: { boss: { who: [p0], may: [search, listen] } }',
        ]
      : []),
  ]
  return loadPlan([{ name: 'random', text: lines.join('\n') + '\n' }], 1).plan
}

export interface Day {
  readonly world: World
  readonly calls: { readonly caller: Telephone; readonly call: PhoneCall; readonly number: string }[]
}

export interface DayOptions {
  readonly calls: number
  /** Calls begin within so long. */
  readonly withinMs: number
  /** In slices, so that a watcher can look between them. */
  readonly between?: (world: World) => void
  readonly rtpPorts?: number
  /** The chance, at each look, that somebody falls silent for good. */
  readonly vanish?: number
}

export function randomDay(seed: number, plan: CompiledPlan, weather: Weather, o: DayOptions): Day {
  const d = dice(seed)
  const world = World.office({
    plan,
    seed,
    weather,
    transport: () => (d.chance(0.25) ? 'tcp' : 'udp'),
    ...(o.rtpPorts === undefined ? {} : { rtpPorts: o.rtpPorts }),
  })
  const whim = (): Mood => randomMood(d)
  for (const p of [...world.phones.values(), ...world.providers.values()]) p.whim = whim
  for (const p of world.phones.values())
    if (d.chance(0.3)) p.subscribe(d.pick(['dialog', 'presence']), d.pick([...world.phones.keys()]), 120 + d.below(200))
  const numbers = [...plan.dial.keys(), '87015551234', '2224455', '112', '299', '*99', '87272500000']
  const moments = Array.from({ length: o.calls }, () => d.below(o.withinMs)).sort((a, b) => a - b)
  const calls: Day['calls'] = []
  let at = 0
  for (const moment of moments) {
    world.run(moment - at)
    at = moment
    calls.push(begin(d, world, numbers))
    act(d, world, numbers)
    if (d.chance(o.vanish ?? 0)) d.pick(everybody(world)).mood = { is: 'silent' }
    o.between?.(world)
  }
  for (let i = 0; i < 20; i++) {
    world.run(5_000)
    act(d, world, numbers)
    o.between?.(world)
  }
  for (const p of everybody(world)) for (const call of p.open) p.hangUp(call)
  return { world, calls }
}

function everybody(world: World): Telephone[] {
  return [...world.phones.values(), ...world.providers.values()]
}

function randomMood(d: Dice): Mood {
  const n = d.below(20)
  if (n < 13) return { is: 'answers', afterMs: d.below(12_000), hangsUpAfterMs: 500 + d.below(60_000), early: d.chance(0.2) }
  if (n < 16) return { is: 'rings' }
  if (n < 19) return { is: 'says', status: d.pick([486, 480, 404, 603, 503, 500, 403, 488, 408, 302, 600]), afterMs: d.below(3000) }
  return { is: 'silent' }
}

function begin(d: Dice, world: World, numbers: readonly string[]): Day['calls'][number] {
  const fromOutside = d.chance(0.4)
  const caller = d.pick(fromOutside ? [...world.providers.values()] : [...world.phones.values()])
  const number = fromOutside
    ? d.chance(0.9)
      ? d.pick([...world.plan.lines.keys()])
      : d.pick(['201', '+77272500099'])
    : d.chance(0.5)
      ? d.pick([...world.plan.accounts.values()]).extension
      : d.pick(numbers)
  const call = caller.dial(number, {
    ...(fromOutside ? { from: { uri: `sip:8701555${1000 + d.below(9000)}@${caller.host}` } } : {}),
    offerless: d.chance(0.15),
    reliable: d.pick(['supported', 'required', 'off']),
    hangsUpAfterMs: 500 + d.below(40_000),
  })
  if (d.chance(0.25)) {
    const ms = d.below(8_000)
    world.later(ms, () => caller.hangUp(call))
  }
  return { caller, call, number }
}

/** Somebody in a call does something. */
function act(d: Dice, world: World, numbers: readonly string[]): void {
  for (const p of everybody(world))
    for (const call of p.open) {
      if (call.state !== 'up' || !d.chance(0.2)) continue
      const n = d.below(4)
      if (n === 0) p.redirect(call, 'sendonly')
      else if (n === 1) p.redirect(call, 'sendrecv')
      else if (n === 2) p.command(call, { do: 'send-refer', to: { uri: `sip:${d.pick(numbers)}@switchroom` } })
      else p.command(call, { do: 'info', contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=160\r\n' })
    }
}
