/**
 * "What still works if X dies?" TOP-02: answered by asking the decision function the same calls in a world with the failure and
 * in one without. Which trunks, telephones and sites go with it follows from the plan: trunk.link, trunk.provider, site.links,
 * power.feeds, the seats of telephones.
 */
import { ok, type Result } from '../kernel/result.ts'
import { rungNames } from './compare/aspects.ts'
import { samples } from './compare/calls.ts'
import type { Account, CompiledPlan, Node } from './compiled.ts'
import { decode } from './decide/journey.ts'
import { enter } from './decide.ts'
import type { Action, Facts, Origin, Step } from './decision.ts'
import { type Failures, isOutage, trunkFailed } from './outages.ts'
import { type Described, describe } from './what-if/describe.ts'
import { type Failed, lostWith, readFailures, singleFailures } from './what-if/failed.ts'

export type Verdict = 'works' | 'otherwise' | 'fails'

/** What becomes of one thing that the office does. */
export interface WhatIfAnswer {
  readonly of: 'line' | 'inside' | 'queue' | 'voicemail' | 'out' | 'emergency'
  /** The number dialled, or the class of calls. */
  readonly subject: string
  /** For whom: a person, department, site; '' for everybody. */
  readonly whom: string
  readonly verdict: Verdict
  readonly now: Described
  readonly usually: Described
}

export interface WhatIf {
  readonly failures: readonly string[]
  readonly trunks: readonly string[]
  /** SIP accounts that lose the exchange. */
  readonly telephones: readonly string[]
  /** What has no power or no way and is no part of the plan's routing: 'switch-1'. */
  readonly also: readonly string[]
  /** The exchange itself stops. */
  readonly exchange: boolean
  /** Outage treatments in force, in the plan's words, and who has to confirm them. */
  readonly treatments: readonly { readonly text: string; readonly confirm: readonly string[] }[]
  readonly answers: readonly WhatIfAnswer[]
}

const CALLER = '+77019998877'

/** `statements`: "link isp-a down", "ups ups-main down"; the call is asked as at `atMs`. */
export function whatIf(plan: CompiledPlan, statements: readonly string[], atMs: number): Result<WhatIf> {
  const failed = readFailures(plan, statements)
  return failed.ok ? ok(answer(plan, failed.value, atMs)) : failed
}

/** Every single failure that the plan knows. */
export function everySingleFailure(plan: CompiledPlan, atMs: number): readonly WhatIf[] {
  return singleFailures(plan).map(failed => answer(plan, failed, atMs))
}

function answer(plan: CompiledPlan, failed: Failed, atMs: number): WhatIf {
  const lost = lostWith(plan, failed)
  const failures: Failures = {
    linkDown: link => lost.links.has(link),
    trunkDown: trunk => lost.trunks.has(trunk),
    powerLow: ups => failed.power.has(ups),
  }
  const well = factsIn(atMs, null, new Set(), () => false)
  const treated = plan.outages.filter(t => isOutage(plan, t, failures))
  const then = factsIn(atMs, plan, lost.telephones, index => treated.some(t => t.index === index), failures)
  const ask = (facts: Facts, origin: Origin, dialled: string): Step => enter(plan, facts, origin, dialled)
  const answers: WhatIfAnswer[] = []
  const put = (of: WhatIfAnswer['of'], subject: string, whom: string, origin: Origin, dialled: string, lostCaller: boolean): void => {
    const usually = ask(well, origin, dialled)
    const now = ask(then, origin, dialled)
    const dead = lost.exchange || lostCaller
    const said = (step: Step): Described => describe(plan, decode(step.position).n, step.action)
    answers.push({
      of,
      subject,
      whom,
      verdict: dead ? 'fails' : verdict(plan, usually.action, now.action, failures),
      now: dead ? { code: 'gone', values: {} } : said(now),
      usually: said(usually),
    })
  }

  for (const line of plan.lines.values()) {
    const ways = waysIn(plan, line.number)
    const up = ways.find(t => !trunkFailed(plan, t, failures))
    const trunk = up ?? ways[0]
    if (trunk === undefined) continue
    put('line', line.number, line.label, { kind: 'trunk', trunk, number: CALLER }, line.number, up === undefined)
    if (up === undefined && !lost.exchange) {
      const last = answers.pop()!
      const provider = plan.source.providers[plan.source.trunks[trunk]?.provider ?? '']
      const redirect = provider?.['on-failure'] ?? ''
      answers.push({
        ...last,
        verdict: /redirect|forward|перенаправ/i.test(redirect) ? 'otherwise' : 'fails',
        now: { code: redirect === '' ? 'no-way-in' : 'provider-does', values: { trunk, does: redirect } },
      })
    }
  }
  const callers = callersOf(plan)
  for (const [number, key] of plan.dial) {
    const node = plan.nodes.get(key)
    const caller =
      node === undefined
        ? undefined
        : (callers.find(c => !lost.telephones.has(c.username) && c.owner !== key) ?? callers.find(c => c.owner !== key))
    if (node === undefined || caller === undefined) continue
    const of = node.kind === 'voicemail' ? 'voicemail' : node.kind === 'hunt' && node.is === 'queue' ? 'queue' : 'inside'
    put(of, number, whomOf(node), { kind: 'device', account: caller.username }, number, false)
  }
  for (const [site, group] of grouped(callers, a => a.site.id)) {
    const first = group.find(a => !lost.telephones.has(a.username)) ?? group[0]!
    const cut = lost.telephones.has(first.username)
    for (const number of plan.emergency) put('emergency', number, site, { kind: 'device', account: first.username }, number, cut)
    for (const [rights, some] of grouped(group, a => rightsMark(plan, a))) {
      void rights
      const caller = some.find(a => !lost.telephones.has(a.username)) ?? some[0]!
      const whom = [...new Set(some.map(a => departmentOf(plan, a)))].join(', ')
      for (const [cls, number] of samples(caller.site.habit)) {
        const origin: Origin = { kind: 'device', account: caller.username }
        if (ask(well, origin, number).action.do === 'dial-out') put('out', cls, whom, origin, number, lost.telephones.has(caller.username))
      }
    }
  }
  return {
    failures: failed.names,
    trunks: [...plan.trunks.keys()].filter(t => trunkFailed(plan, t, failures)),
    telephones: [...lost.telephones],
    also: [...lost.also],
    exchange: lost.exchange,
    treatments: treated.map(t => ({ text: t.text, confirm: t.confirm })),
    answers: once(answers),
  }
}

function factsIn(
  nowMs: number,
  plan: CompiledPlan | null,
  away: ReadonlySet<string>,
  treatment: (index: number) => boolean,
  failures?: Failures,
): Facts {
  return {
    nowMs,
    registered: account => !away.has(account),
    activeCalls: () => 0,
    trunkUp: trunk => plan === null || failures === undefined || !trunkFailed(plan, trunk, failures),
    trunkCalls: () => 0,
    treatment,
  }
}

/** By which trunks calls to a line can come in: the one it is written with, or whose credentials bear its number; else any. */
function waysIn(plan: CompiledPlan, number: string): readonly string[] {
  const written = plan.source.lines[number]?.trunk
  if (written !== undefined) return [written]
  const own = [...plan.trunks.values()].filter(t => t.register?.user.replace(/\D/g, '') === number.slice(1)).map(t => t.id)
  return own.length > 0 ? own : [...plan.trunks.keys()]
}

function verdict(plan: CompiledPlan, usually: Action, now: Action, failures: Failures): Verdict {
  if (now.do === 'end') return usually.do === 'end' ? 'works' : 'fails'
  if (now.do === 'dial-out' && now.attempts.every(a => trunkFailed(plan, a.trunk, failures))) return 'fails'
  return mark(plan, usually) === mark(plan, now) ? 'works' : 'otherwise'
}

/** What a party notices of it. */
function mark(plan: CompiledPlan, action: Action): string {
  if (action.do === 'ring') return `ring ${rungNames(plan, action.targets)}`
  if (action.do === 'dial-out') return `out ${action.attempts.map(a => a.trunk).join()}`
  if (action.do === 'voicemail') return `voicemail ${action.box}`
  return action.do === 'announce' || action.do === 'menu' ? `${action.do} ${action.prompts.join()}` : action.do
}

function callersOf(plan: CompiledPlan): readonly Account[] {
  return [...plan.accounts.values()].filter(a => plan.nodes.has(a.owner))
}

function rightsMark(plan: CompiledPlan, account: Account): string {
  const owner = plan.nodes.get(account.owner)
  if (owner?.kind !== 'person') return account.owner
  return JSON.stringify([owner.rights.ceiling, owner.rights.exactly === null ? '' : [...owner.rights.exactly], owner.department])
}

function departmentOf(plan: CompiledPlan, account: Account): string {
  const owner = plan.nodes.get(account.owner)
  const id = owner?.kind === 'person' ? owner.department : null
  return id === null ? account.displayName : (plan.departments.get(id)?.name ?? id)
}

function whomOf(node: Node): string {
  return node.name
}

function grouped<T>(list: readonly T[], by: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const out = new Map<string, T[]>()
  for (const item of list) {
    const key = by(item)
    const group = out.get(key)
    if (group === undefined) out.set(key, [item])
    else group.push(item)
  }
  return out
}

/** The same class of calls with the same answer is told once, for all whom it concerns. */
function once(answers: readonly WhatIfAnswer[]): readonly WhatIfAnswer[] {
  const out = new Map<string, WhatIfAnswer>()
  for (const a of answers) {
    const key =
      a.of === 'out' || a.of === 'emergency' ? JSON.stringify([a.of, a.subject, a.verdict, a.now, a.usually]) : `${a.of} ${a.subject}`
    const known = out.get(key)
    out.set(key, known === undefined ? a : { ...a, whom: [...new Set([...known.whom.split(', '), ...a.whom.split(', ')])].join(', ') })
  }
  return [...out.values()]
}
