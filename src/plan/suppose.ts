/**
 * A supposed world for simulations: "221 busy", "erlan away", "telecom-a down", "nobody answers", "+77012223344 busy".
 * Whatever is not mentioned is well: phones registered and free, trunks up. Nobody answers unless it is supposed.
 */
import { fault, ok, type Result } from '../kernel/result.ts'
import type { CompiledPlan } from './compiled.ts'
import type { Facts, RingTarget, TrunkAttempt } from './decision.ts'
import { outsideNumber } from './normalise.ts'
import { didYouMean } from './problem.ts'

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
}

/** Everyone by the account, person, extension or outside number they are known by. */
export function suppose(plan: CompiledPlan, statements: readonly string[]): Result<SupposedWorld> {
  const parties = new Map<string, PartyState>()
  const trunks = new Map<string, TrunkState>()
  let everyone: PartyState = 'silent'
  const named = new Map<string, readonly string[]>()
  for (const node of plan.nodes.values())
    if (node.kind === 'person')
      for (const name of [node.id, node.extension, ...node.accounts]) if (name !== '') named.set(name, node.accounts)
  for (const account of plan.accounts.values()) if (account.device !== null) named.set(account.device, [account.username])

  for (const statement of statements
    .flatMap(s => s.split(/\s*,\s*/))
    .filter(s => s !== '')
    .map(s => s.replace(/ no answer$/, ' no-answer'))) {
    const m = /^(.+?)\s+(?:is\s+)?(\S+)$/.exec(statement.trim())
    const [name, word] = m === null ? [statement, ''] : [m[1]!, m[2]!]
    const trunkState = TRUNK_WORDS[word]
    const partyState = PARTY_WORDS[word]
    if (trunkState !== undefined && plan.trunks.has(name)) trunks.set(name, trunkState)
    else if (partyState !== undefined && (name === 'everyone' || name === 'nobody')) everyone = name === 'nobody' ? 'silent' : partyState
    else if (partyState !== undefined && named.has(name)) for (const account of named.get(name)!) parties.set(account, partyState)
    else if (partyState !== undefined && outsideNumber(name, plan.home.habit) !== null)
      parties.set(outsideNumber(name, plan.home.habit)!.e164, partyState)
    else if (trunkState === undefined && partyState === undefined) {
      const words = [...Object.keys(PARTY_WORDS), ...Object.keys(TRUNK_WORDS)]
      return fault(
        'bad-supposition',
        `'${statement}' is no supposition I know. ${didYouMean(word, words) || `Say who, and one of: ${words.join(', ')}.`}`,
      )
    } else {
      const known = trunkState === undefined ? [...named.keys()] : [...plan.trunks.keys()]
      return fault(
        'bad-supposition',
        `There is no ${trunkState === undefined ? 'person, device or number' : 'trunk'} called '${name}'. ${didYouMean(name, known)}`.trim(),
      )
    }
  }
  const state = (name: string): PartyState => parties.get(name) ?? everyone
  return ok({
    facts: nowMs => ({
      nowMs,
      registered: account => state(account) !== 'away',
      activeCalls: account => (state(account) === 'busy' ? 99 : 0),
      trunkUp: trunk => trunks.get(trunk) !== 'down',
      trunkCalls: trunk => (trunks.get(trunk) === 'full' ? Number.MAX_SAFE_INTEGER : 0),
    }),
    of: target => (target.outside === undefined ? state(target.account) : (parties.get(target.outside.number) ?? everyone)),
    outside: number => parties.get(number) ?? 'answers',
    trunk: attempt => trunks.get(attempt.trunk) ?? 'up',
  })
}
