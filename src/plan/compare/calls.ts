/**
 * Every call that the two plans may treat differently: each line from outside, each number and code from inside, and from
 * everybody who may call out, every class of calls. Callers whose rights and places are alike in both plans call as one.
 */
import type { CompiledPlan, PersonNode, ServiceNode } from '../compiled.ts'
import type { Origin } from '../decision.ts'
import { type DiallingHabit, outsideNumber } from '../normalise.ts'
import type { CallClass } from '../schema/call-classes.ts'
import type { Naming } from './naming.ts'
import type { Side } from './supposed.ts'
import type { Unchanged } from './unchanged.ts'

export interface CompareCall {
  origin(side: Side): Origin
  readonly dialled: string
  /** As `route --from` wants it. */
  readonly from: string
  readonly about: CallSubject
}

export type CallSubject =
  /** A line, called from outside; by whom, when that matters. */
  | { readonly is: 'line'; readonly number: string; readonly caller: 'known' | 'withheld' | 'listed'; readonly from: string }
  /** A number or code, called from inside. */
  | { readonly is: 'number'; readonly number: string }
  /** Calls that leave, by these accounts (the old plan's names). */
  | {
      readonly is: 'out'
      readonly class: CallClass | 'emergency' | 'city'
      readonly number: string
      readonly callers: readonly string[]
    }
  /** A number that is no line, by a trunk. */
  | { readonly is: 'stray'; readonly trunk: string }

const CALLER = '+77019998877'
const STRAY = '+77000000000'

export function callsToCompare(before: CompiledPlan, after: CompiledPlan, names: Naming, same: Unchanged): readonly CompareCall[] {
  const calls: CompareCall[] = []
  const groups = callerGroups(before, after, names)
  const device =
    (account: string) =>
    (side: Side): Origin => ({ kind: 'device', account: side === 'before' ? account : names.accountAfter(account) })
  const plain = usualCaller(groups, before, after, names)

  lines(before, after, names, same, calls)
  if (plain !== null)
    for (const number of insideNumbers(before, after)) {
      if (sameDial(before, after, number) && same.place(before.dial.get(number) ?? before.lines.get(number)?.key)) continue
      const own = before.accounts.get(plain)?.extension === number
      const caller = own ? (otherCaller(before, after, names, plain) ?? plain) : plain
      calls.push({ origin: device(caller), dialled: number, from: caller, about: { is: 'number', number } })
    }
  for (const group of groups) {
    const account = group.accounts[0]!
    if (!(group.alike && same.rules))
      for (const call of outside(before, after, group.habits))
        calls.push({
          origin: device(account),
          dialled: call.dialled,
          from: account,
          about: { is: 'out', class: call.class, number: call.dialled, callers: group.accounts },
        })
    // What is said and shown to others of a caller themselves: by way of one number of each kind.
    if (group.both && !(group.alike && same.rules))
      for (const number of oneOfEachKind(before, after))
        if (number !== before.accounts.get(account)?.extension)
          calls.push({ origin: device(account), dialled: number, from: account, about: { is: 'number', number } })
  }
  return calls
}

function lines(before: CompiledPlan, after: CompiledPlan, names: Naming, same: Unchanged, calls: CompareCall[]): void {
  const trunks = [...new Set([...before.trunks.keys(), ...[...after.trunks.keys()].map(names.trunk)])]
  const byTrunk =
    (trunk: string, number: string | null) =>
    (side: Side): Origin => ({ kind: 'trunk', trunk: side === 'before' ? trunk : names.trunkAfter(trunk), number })
  const common = trunks.find(t => before.trunks.has(t) && after.trunks.has(names.trunkAfter(t))) ?? trunks[0]
  const listed = listedCallers(before, after)
  for (const number of new Set([...before.lines.keys(), ...after.lines.keys()])) {
    const trunk = before.source.lines[number]?.trunk ?? common
    if (trunk === undefined || (same.place(`line:${number}`) && before.lines.has(number) === after.lines.has(number))) continue
    const call = (from: string | null, caller: 'known' | 'withheld' | 'listed'): void => {
      calls.push({
        origin: byTrunk(trunk, from),
        dialled: number,
        from: from ?? 'anonymous',
        about: { is: 'line', number, caller, from: from ?? '' },
      })
    }
    call(CALLER, 'known')
    call(null, 'withheld')
    for (const from of listed) call(from, 'listed')
  }
  for (const trunk of trunks) calls.push({ origin: byTrunk(trunk, CALLER), dialled: STRAY, from: CALLER, about: { is: 'stray', trunk } })
}

/** One caller of each entry of the lists; of long lists those that differ, and two of each that do not. */
function listedCallers(before: CompiledPlan, after: CompiledPlan): readonly string[] {
  const out = new Set<string>()
  for (const which of ['vip', 'blocked', 'spam'] as const) {
    const [a, b] = [before.callers[which], after.callers[which]]
    const entries = (list: typeof a): string[] => [
      ...list.exact,
      ...list.beginnings.map(x => `${x}0000000000`.slice(0, Math.max(12, x.length))),
    ]
    const [was, is] = [new Set(entries(a)), new Set(entries(b))]
    let alike = 0
    for (const number of new Set([...was, ...is])) {
      if (was.has(number) !== is.has(number) || alike < 2) out.add(number)
      if (was.has(number) === is.has(number)) alike++
    }
  }
  return [...out]
}

function insideNumbers(before: CompiledPlan, after: CompiledPlan): ReadonlySet<string> {
  const out = new Set([...before.dial.keys(), ...after.dial.keys(), ...before.lines.keys(), ...after.lines.keys()])
  // Of each range a number that nobody has.
  for (const plan of [before, after])
    for (const range of plan.ranges)
      for (const n of [range.first, range.last])
        for (let i = n; i <= range.last && i < n + 3; i++) {
          const number = String(i).padStart(range.digits, '0')
          if (!before.dial.has(number) && !after.dial.has(number)) out.add(number)
        }
  out.add('99999')
  return out
}

/** It leads to the same place; where it leads to none, no range has come or gone. */
function sameDial(before: CompiledPlan, after: CompiledPlan, number: string): boolean {
  const ranges = (plan: CompiledPlan): string => plan.ranges.map(r => r.key).join()
  const to = before.dial.get(number)
  if (to !== after.dial.get(number) || before.lines.has(number) !== after.lines.has(number)) return false
  return to !== undefined || before.lines.has(number) || ranges(before) === ranges(after)
}

function oneOfEachKind(before: CompiledPlan, after: CompiledPlan): readonly string[] {
  const seen = new Map<string, string>()
  for (const [number, key] of before.dial) {
    const node = before.nodes.get(key)
    // Menus and routes lead to the others, whoever calls.
    if (node === undefined || !after.dial.has(number) || node.kind === 'menu' || node.kind === 'route') continue
    const kind = node.kind === 'role' ? `role ${node.reach}` : node.kind === 'service' ? serviceKind(node) : node.kind
    if (!seen.has(kind)) seen.set(kind, number)
  }
  return [...seen.values()]
}

/** Who may open and close hours by hand is a matter of each code. */
function serviceKind(node: ServiceNode): string {
  return `service ${node.does}${node.sets?.is === 'override' ? ` ${node.id}` : ''}`
}

interface CallerGroup {
  readonly mark: string
  readonly accounts: string[]
  readonly habits: readonly DiallingHabit[]
  readonly alike: boolean
  readonly both: boolean
}

/** By everything about a caller that a decision may look at. */
function callerGroups(before: CompiledPlan, after: CompiledPlan, names: Naming): readonly CallerGroup[] {
  const groups = new Map<string, CallerGroup>()
  const marks = [markOf(before), markOf(after)] as const
  const list = new Set([...before.accounts.keys(), ...[...after.accounts.keys()].map(names.account)])
  for (const account of list) {
    const was = before.accounts.get(account)
    const is = after.accounts.get(names.accountAfter(account))
    const [a, b] = [was === undefined ? '' : marks[0](was), is === undefined ? '' : marks[1](is)]
    const mark = `${a}\n${b}`
    const group = groups.get(mark)
    if (group !== undefined) group.accounts.push(account)
    else {
      const habits = [was?.site.habit, is?.site.habit].filter(h => h !== undefined)
      groups.set(mark, { mark, accounts: [account], habits, alike: a === b, both: was !== undefined && is !== undefined })
    }
  }
  return [...groups.values()]
}

function markOf(plan: CompiledPlan): (account: typeof plan.accounts extends ReadonlyMap<string, infer A> ? A : never) => string {
  const named = new Set<string>()
  for (const rule of plan.outgoing) if (rule.who instanceof Set) for (const key of rule.who) named.add(key)
  for (const rule of plan.recording) if (rule.scope.of === 'node') named.add(rule.scope.key)
  const byHand = [...plan.nodes.values()].flatMap(n =>
    n.kind === 'service' && n.sets?.is === 'override' ? [{ id: n.id, who: n.sets.who }] : [],
  )
  return account => {
    const owner = plan.nodes.get(account.owner)
    const person: PersonNode | null = owner?.kind === 'person' ? owner : null
    return JSON.stringify([
      account.site,
      account.shows,
      person === null
        ? account.owner
        : [
            person.is,
            person.department,
            person.site,
            person.language,
            person.shows,
            person.hidesNumber,
            person.rights.ceiling,
            person.rights.exactly === null ? null : [...person.rights.exactly],
            person.roles.map(role => {
              const held = plan.nodes.get(`role:${role}`)
              return [role, held?.kind === 'role' ? held.shows : null]
            }),
            named.has(person.key) ? person.key : '',
            person.roles.filter(r => named.has(`role:${r}`)),
            byHand.map(({ id, who }) => [id, who.people.has(person.id), who.departments.has(person.department ?? ''), ...who.roles]),
          ],
    ])
  }
}

/** Somebody who is the same in both plans, and best one of many alike. */
function usualCaller(groups: readonly CallerGroup[], before: CompiledPlan, after: CompiledPlan, names: Naming): string | null {
  const both = (account: string): boolean => before.accounts.has(account) && after.accounts.has(names.accountAfter(account))
  const sorted = [...groups].sort((a, b) => Number(b.alike) - Number(a.alike) || b.accounts.length - a.accounts.length)
  for (const group of sorted) for (const account of group.accounts) if (both(account)) return account
  return sorted[0]?.accounts[0] ?? null
}

function otherCaller(before: CompiledPlan, after: CompiledPlan, names: Naming, not: string): string | null {
  for (const account of before.accounts.values())
    if (
      account.username !== not &&
      after.accounts.has(names.accountAfter(account.username)) &&
      account.extension !== before.accounts.get(not)?.extension
    )
      return account.username
  return null
}

interface OutsideCall {
  readonly dialled: string
  readonly class: Extract<CallSubject, { is: 'out' }>['class']
}

/** Calls out of the office, as they may be dialled at these places. */
function outside(before: CompiledPlan, after: CompiledPlan, habits: readonly DiallingHabit[]): readonly OutsideCall[] {
  const out = new Map<string, OutsideCall['class']>()
  // Numbers of these lists are treated alike: one that both have stands for all of them.
  for (const [cls, was, is] of [
    ['emergency', before.emergency, after.emergency],
    ['city', before.cityNumbers, after.cityNumbers],
  ] as const) {
    const both = [...was].find(number => is.has(number))
    if (both !== undefined) out.set(both, cls)
    for (const number of new Set([...was, ...is])) if (was.has(number) !== is.has(number)) out.set(number, cls)
  }
  const otherHabits =
    before.outsidePrefix !== after.outsidePrefix ||
    new Set(habits.map(h => `${h.country} ${h.area}`)).size > 1 ||
    before.outsidePrefix !== ''
  for (const habit of habits)
    for (const [cls, number] of samples(habit)) {
      out.set(number, cls)
      if (!otherHabits) continue
      const trunk = number.startsWith('+7') ? `8${number.slice(2)}` : `00${number.slice(1)}`
      for (const prefix of new Set(['', before.outsidePrefix, after.outsidePrefix])) out.set(prefix + trunk, cls)
      if (before.outsidePrefix !== '') out.set(before.outsidePrefix + number, cls)
      if (after.outsidePrefix !== '') out.set(after.outsidePrefix + number, cls)
      if (cls === 'local' && habit.area !== '') out.set(number.slice(number.indexOf(habit.area) + habit.area.length), cls)
    }
  for (const plan of [before, after])
    for (const rule of plan.outgoing)
      for (const start of rule.starting) {
        const number = `${start}00000000000`.slice(0, Math.max(12, start.length))
        for (const habit of habits.slice(0, 1)) {
          const read = outsideNumber(number, habit)
          if (read !== null) out.set(number, read.class)
        }
      }
  return [...out].map(([dialled, cls]) => ({ dialled, class: cls }))
}

const SAMPLES = [
  '+77172765432',
  '+77212765432',
  '+77272765432',
  '+74952765432',
  '+78005553535',
  '+77017654321',
  '+79167654321',
  '+4930123456',
  '+493012345678',
  '+4915112345678',
  '+12125550123',
  '+77097654321',
  '+78095553535',
  '+77712765432',
  '+442071234567',
  '+447400123456',
  '+33142345678',
  '+33612345678',
] as const

const known = new Map<string, ReadonlyMap<CallClass, string>>()

/** One number of each class as this place sees it. */
export function samples(habit: DiallingHabit): ReadonlyMap<CallClass, string> {
  const key = `${habit.country} ${habit.area}`
  let out = known.get(key)
  if (out === undefined) {
    const found = new Map<CallClass, string>()
    const own = habit.area === '' ? [] : [`+7${habit.area}2765432`.slice(0, 12), outsideNumber('2765432', habit)?.e164 ?? '']
    for (const number of [...own, ...SAMPLES]) {
      const read = number === '' ? null : outsideNumber(number, habit)
      if (read !== null && !found.has(read.class)) found.set(read.class, read.e164)
    }
    known.set(key, (out = found))
  }
  return out
}
