/** Where calls enter: every line by the trunk it comes by, every trunk's calls to unknown numbers, everything that can be dialled inside. */
import type { Account, CompiledPlan } from '../compiled.ts'
import type { Origin } from '../decision.ts'

export interface Entry {
  /** 'line +7727…', 'inside 201', 'unknown telecom-a'. */
  readonly id: string
  readonly origin: Origin
  readonly dialled: string
  /** As a finding's sentence begins: 'Calls to +7727…'. */
  readonly calls: string
  /** Where in the plan it stands. */
  readonly path: string
  /** The place that has the number; its change makes another entry of it. */
  readonly to: string
}

export function entriesOf(plan: CompiledPlan): readonly Entry[] {
  const out: Entry[] = []
  const first = plan.trunks.keys().next().value
  const callers = outsideCallers(plan)
  if (first !== undefined)
    for (const line of plan.lines.values()) {
      const trunk = plan.source.lines[line.number]?.trunk ?? first
      for (const [who, number] of callers)
        out.push({
          id: `line ${line.number}${who}`,
          origin: { kind: 'trunk', trunk, number },
          dialled: line.number,
          calls: `Calls to ${line.number}${who}`,
          path: `lines.${line.number}`,
          to: line.key,
        })
    }
  for (const trunk of plan.trunks.values())
    if (trunk.otherwise !== null)
      out.push({
        id: `unknown ${trunk.id}`,
        origin: { kind: 'trunk', trunk: trunk.id, number: null },
        dialled: 'unknown',
        calls: `Calls to unknown numbers by ${trunk.id}`,
        path: `trunks.${trunk.id}.otherwise`,
        to: trunk.otherwise,
      })
  const phones = callersInside(plan)
  for (const [number, key] of plan.dial) {
    const caller = phones.find(c => c.owner !== key) ?? phones[0]
    if (caller === undefined) break
    out.push({
      id: `inside ${number}`,
      origin: { kind: 'device', account: caller.username },
      dialled: number,
      calls: `Calls to ${number} from inside`,
      path: plan.nodes.get(key)?.place.path ?? 'numbering',
      to: key,
    })
  }
  return out
}

/** Two telephones to call from: of rooms where there are some, because people are what plans change most. */
export function callersInside(plan: CompiledPlan): readonly Account[] {
  const rooms: Account[] = []
  const others: Account[] = []
  for (const account of plan.accounts.values()) {
    if (account.owner.startsWith('room:')) rooms.push(account)
    else if (others.length < 2) others.push(account)
    if (rooms.length === 2) break
  }
  return [...rooms, ...others].slice(0, 2)
}

/** Callers from outside of each kind that the plan can tell apart; one when it tells none apart. */
function outsideCallers(plan: CompiledPlan): readonly (readonly [string, string | null])[] {
  const { vip, blocked, spam, anonymous } = plan.callers
  const conditions = JSON.stringify(Object.values(plan.source.queues).map(q => [q.prefer?.if, q.require?.if, q.priority]))
  const one = (list: typeof vip): string | null => list.exact.values().next().value ?? list.beginnings[0]?.padEnd(12, '5') ?? null
  const kinds: (readonly [string, string | null])[] = [['', UNREMARKABLE]]
  if (anonymous !== null || conditions.includes('caller is ')) kinds.push([' from withheld numbers', null])
  for (const [list, what] of [
    [vip, ' from VIPs'],
    [blocked, ' from blocked numbers'],
    [spam, ' from spam callers'],
  ] as const) {
    const number = one(list)
    if (number !== null) kinds.push([what, number])
  }
  return kinds
}

/** A caller of whom no plan says anything. */
export const UNREMARKABLE = '+882345678901'
