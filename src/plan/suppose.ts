/**
 * A supposed world for simulations, in words:
 *
 *   221 busy · erlan away · aida answers · nobody answers · +77012223344 busy · aida do-not-disturb
 *   aida forwards to 87011112233 · aida forwards when busy to voicemail          (no-answer, unreachable)
 *   telecom-a down · telecom-a full · telecom-a fails · link isp-a down · site main cut off · provider kaztel down · power ups-main low
 *   queue support full · queue support unstaffed · queue support waits 5min · hours office closed
 *   caller presses 1                (in menus, one after the other) · nobody confirms        (treatments that have to be)
 *
 * Whatever is not mentioned is well: phones registered and free, trunks up. Nobody answers unless it is supposed.
 */
import { fault, ok, type Result } from '../kernel/result.ts'
import type { CompiledPlan, Node } from './compiled.ts'
import type { Facts, QueueFacts, RingTarget, TrunkAttempt, UserForward } from './decision.ts'
import { outsideNumber } from './normalise.ts'
import { type Failures, isOutage, trunkFailed } from './outages.ts'
import { didYouMean } from './problem.ts'
import { durationMs } from './schema/durations.ts'

type PartyState = 'busy' | 'away' | 'silent' | 'refuses' | 'answers'
type TrunkState = 'down' | 'full' | 'fails'

const PARTY_WORDS: Readonly<Record<string, PartyState>> = {
  busy: 'busy',
  away: 'away',
  offline: 'away',
  unregistered: 'away',
  silent: 'silent',
  'no-answer': 'silent',
  refuses: 'refuses',
  rejects: 'refuses',
  answers: 'answers',
}
const TRUNK_WORDS: Readonly<Record<string, TrunkState>> = { down: 'down', full: 'full', fails: 'fails' }

export interface SupposedWorld {
  /** Facts at a moment of the story. */
  facts(nowMs: number): Facts
  of(target: RingTarget): PartyState
  /** Somebody outside, by E.164 number. */
  outside(number: string): PartyState
  trunk(attempt: TrunkAttempt): TrunkState | 'up'
  /** What the caller presses in menus, in order; silence follows. */
  readonly keys: readonly string[]
}

interface World {
  readonly parties: Map<string, PartyState>
  everyone: PartyState
  readonly trunks: Map<string, TrunkState>
  readonly links: Set<string>
  readonly power: Set<string>
  readonly queues: Map<string, QueueFacts>
  readonly hours: Map<string, 'open' | 'closed'>
  readonly forwards: Map<string, UserForward>
  readonly keys: string[]
  confirmed: boolean
}

/** Everyone by the account, person, extension or outside number they are known by. */
export function suppose(plan: CompiledPlan, statements: readonly string[]): Result<SupposedWorld> {
  const world: World = {
    parties: new Map(),
    everyone: 'silent',
    trunks: new Map(),
    links: new Set(),
    power: new Set(),
    queues: new Map(),
    hours: new Map(),
    forwards: new Map(),
    keys: [],
    confirmed: true,
  }
  const named = namesOf(plan)
  for (const statement of statements.flatMap(s => s.split(/\s*,\s*/)).filter(s => s.trim() !== '')) {
    const text = usual(plan, statement.trim())
    const special = readSpecial(plan, world, named, text)
    const problem = special === undefined ? readState(plan, world, named, text) : special
    if (problem !== null) return fault('bad-supposition', problem)
  }
  return ok(worldOf(plan, world))
}

/** Other ways in which people say the same. */
function usual(plan: CompiledPlan, text: string): string {
  const queue = (id: string | undefined): boolean => id !== undefined && plan.nodes.has(`queue:${id}`)
  const nobody = /^nobody (?:is )?logged in (?:at |to )?(?:queue )?(\S+)$/.exec(text)
  if (nobody !== null) return `queue ${nobody[1]} unstaffed`
  const expects = /^(?:queue )?(\S+) expects (.+)$/.exec(text)
  if (expects !== null) return `queue ${expects[1]} waits ${expects[2]}`
  const full = /^(\S+) (?:is )?full$/.exec(text)
  if (full !== null && queue(full[1]) && !plan.trunks.has(full[1]!)) return `queue ${full[1]} full`
  const hours = /^(?:hours )?(\S+) (?:is )?(open|closed|opened)(?: by hand)?$/.exec(text)
  if (hours !== null && (text.startsWith('hours ') || plan.hours.has(hours[1]!)))
    return `hours ${hours[1]} ${hours[2] === 'closed' ? 'closed' : 'open'}`
  return text
    .replace(/ no answer$/, ' no-answer')
    .replace(/ (?:does|do|is) not (?:to be )?disturb(?:ed)?$/, ' do-not-disturb')
    .replace(/^(?:caller )?dials (?=\S)/, 'presses ')
}

/** Who is known by which name: person and extension, accounts and devices → accounts. */
function namesOf(plan: CompiledPlan): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, readonly string[]>()
  for (const node of plan.nodes.values())
    if (node.kind === 'person')
      for (const name of [node.id, node.extension, ...node.accounts])
        if (name !== '' && !named.has(name)) named.set(name, name === node.id || name === node.extension ? node.accounts : [name])
  for (const account of plan.accounts.values()) if (account.device !== null) named.set(account.device, [account.username])
  return named
}

/** As many as the queue has room for; where it has room for any number, more than anybody would wait behind. */
function fullAt(node: Node): number {
  return node.kind === 'hunt' && node.queue !== null ? (node.queue.roomFor ?? 1_000) : 1_000
}

/** Statements of a form of their own: null when it was read, a complaint when it cannot be, undefined when it is none of these. */
function readSpecial(plan: CompiledPlan, world: World, named: ReadonlyMap<string, unknown>, text: string): string | null | undefined {
  const unknown = (what: string, id: string, all: Iterable<string>): string =>
    `There is no ${what} called '${id}'. ${didYouMean(id, all)}`.trim()
  if (text === 'nobody confirms') {
    world.confirmed = false
    return null
  }
  // Silence follows the last key anyway; treatments that somebody has to confirm count as confirmed.
  if (/^(?:caller )?presses nothing$/.test(text) || /^\S+ confirms$/.test(text)) return null
  const keys = /^(?:caller )?presses (.+)$/.exec(text)
  if (keys !== null) {
    world.keys.push(...keys[1]!.split(/\s+(?:then\s+)?/))
    return null
  }
  const hours = /^hours (\S+) (?:is |are )?(open|closed)$/.exec(text)
  if (hours !== null) {
    if (!plan.hours.has(hours[1]!)) return unknown('hours', hours[1]!, plan.hours.keys())
    world.hours.set(hours[1]!, hours[2] as 'open')
    return null
  }
  const queue = /^queue (\S+) (?:is )?(full|unstaffed|waits (.+))$/.exec(text)
  if (queue !== null) {
    const [, id, what, duration] = queue
    const node = plan.nodes.get(`queue:${id}`)
    if (node === undefined) return unknown('queue', id!, Object.keys(plan.source.queues))
    const waitMs = duration === undefined ? null : durationMs(duration)
    if (duration !== undefined && waitMs === null) return `'${duration}' is not a duration; write for instance 'waits 5min'.`
    world.queues.set(id!, {
      waiting: what === 'full' ? fullAt(node) : 0,
      expectedWaitMs: waitMs,
      loggedIn: what === 'unstaffed' ? new Set() : null,
    })
    return null
  }
  const forward = /^(\S+) forwards (?:(?:when |on )?(busy|no-answer|unreachable|always) )?to (.+)$/.exec(text)
  const disturb = /^(\S+) (?:is )?(?:do-not-disturb|dnd)$/.exec(text)
  if (forward !== null || disturb !== null) {
    const name = (forward ?? disturb)![1]!
    const person = personBy(plan, name)
    if (person === null) return unknown('person', name, named.keys())
    const set =
      forward === null ? { doNotDisturb: true } : { [forward[2] === 'no-answer' ? 'noAnswer' : (forward[2] ?? 'always')]: forward[3]! }
    world.forwards.set(person, { ...world.forwards.get(person), ...set })
    return null
  }
  return readFailure(plan, world, text, unknown)
}

function readFailure(
  plan: CompiledPlan,
  world: World,
  text: string,
  unknown: (what: string, id: string, all: Iterable<string>) => string,
): string | null | undefined {
  const { links, power, trunks, providers } = plan.source
  if (text === 'office cut off' || text === 'internet down') {
    for (const link of Object.keys(links)) world.links.add(link)
    return null
  }
  const m = /^(link|trunk|provider|site|power|ups) (\S+) (?:is )?(down|full|fails|cut off|low|out)$/.exec(text)
  if (m === null) return undefined
  const [, what, id] = m as unknown as [string, string, string]
  if (what === 'link') {
    if (links[id] === undefined) return unknown('link', id, Object.keys(links))
    world.links.add(id)
  } else if (what === 'trunk') {
    if (!plan.trunks.has(id)) return unknown('trunk', id, plan.trunks.keys())
    world.trunks.set(id, m[3] === 'fails' || m[3] === 'full' ? m[3] : 'down')
  } else if (what === 'provider') {
    if (providers[id] === undefined) return unknown('provider', id, Object.keys(providers))
    for (const [trunk, written] of Object.entries(trunks)) if (written.provider === id) world.trunks.set(trunk, 'down')
  } else if (what === 'site') {
    const site = plan.sites.get(id)
    if (site === undefined) return unknown('site', id, plan.sites.keys())
    for (const link of site.links) world.links.add(link)
  } else {
    if (power[id] === undefined) return unknown('UPS', id, Object.keys(power))
    world.power.add(id)
  }
  return null
}

function personBy(plan: CompiledPlan, name: string): string | null {
  const direct = plan.nodes.get(`person:${name}`)
  if (direct !== undefined) return direct.id
  const dialled = plan.nodes.get(plan.dial.get(name) ?? '')
  return dialled?.kind === 'person' ? dialled.id : null
}

/** 'NAME STATE': someone, somebody outside, or a trunk. Null when it was read, else what is wrong with it. */
function readState(plan: CompiledPlan, world: World, named: ReadonlyMap<string, readonly string[]>, text: string): string | null {
  const m = /^(.+?)\s+(?:is\s+)?(\S+)$/.exec(text)
  const [name, word] = m === null ? [text, ''] : [m[1]!, m[2]!]
  const trunkState = Object.hasOwn(TRUNK_WORDS, word) ? TRUNK_WORDS[word] : undefined
  const partyState = Object.hasOwn(PARTY_WORDS, word) ? PARTY_WORDS[word] : undefined
  if (trunkState === undefined && partyState === undefined) {
    const words = [...Object.keys(PARTY_WORDS), ...Object.keys(TRUNK_WORDS)]
    return `'${text}' is no supposition I know. ${didYouMean(word, words) || `Say who, and one of: ${words.join(', ')}.`}`
  }
  if (trunkState !== undefined) {
    if (!plan.trunks.has(name)) return `There is no trunk called '${name}'. ${didYouMean(name, plan.trunks.keys())}`.trim()
    world.trunks.set(name, trunkState)
    return null
  }
  const outside = named.has(name) ? null : outsideNumber(name, plan.home.habit)
  if (name === 'everyone' || name === 'nobody') world.everyone = name === 'nobody' ? 'silent' : partyState!
  else if (named.has(name)) for (const account of named.get(name)!) world.parties.set(account, partyState!)
  else if (outside !== null) world.parties.set(outside.e164, partyState!)
  else return `There is no person, device or number called '${name}'. ${didYouMean(name, named.keys())}`.trim()
  return null
}

function worldOf(plan: CompiledPlan, world: World): SupposedWorld {
  const { parties, trunks } = world
  const state = (name: string): PartyState => parties.get(name) ?? world.everyone
  const failures: Failures = {
    linkDown: link => world.links.has(link),
    trunkDown: trunk => trunks.get(trunk) === 'down',
    powerLow: ups => world.power.has(ups),
  }
  return {
    keys: world.keys,
    facts: nowMs => ({
      nowMs,
      registered: account => state(account) !== 'away',
      activeCalls: account => (state(account) === 'busy' ? 99 : 0),
      trunkUp: trunk => !trunkFailed(plan, trunk, failures),
      trunkCalls: trunk => (trunks.get(trunk) === 'full' ? Number.MAX_SAFE_INTEGER : 0),
      treatment: index => {
        const treatment = plan.outages[index]
        return treatment !== undefined && (world.confirmed || treatment.confirm.length === 0) && isOutage(plan, treatment, failures)
      },
      forward: person => world.forwards.get(person) ?? null,
      queue: id => world.queues.get(id) ?? { waiting: 0, expectedWaitMs: null, loggedIn: null },
      override: hours => world.hours.get(hours) ?? null,
    }),
    of: target => (target.outside === undefined ? state(target.account) : (parties.get(target.outside.number) ?? world.everyone)),
    outside: number => parties.get(number) ?? 'answers',
    trunk: attempt => trunks.get(attempt.trunk) ?? (trunkFailed(plan, attempt.trunk, failures) ? 'down' : 'up'),
  }
}
