/** One page for managers: who answers what and when, whom to ask, and what the plan lets people do. NUM-07. */
import type { CompiledPlan, RecordingRule } from '../compiled.ts'
import { enter } from '../decide.ts'
import type { Facts } from '../decision.ts'
import { inWords } from '../reason-words.ts'
import { oddDays, weekText } from './hours-text.ts'
import type { LineStory } from './line-story.ts'
import { lineRows } from './numbering-page.ts'
import { type Block, type Page, type Row, row } from './page.ts'
import { kindOf, nameOf, phoneText, roleText, whoText } from './places.ts'
import type { Say } from './say.ts'

/** More would be no single page; the rest stands in the table of lines. */
const MOST_ROWS = 11
const MOST_RECORDING = 6
const MOST_CODES = 6
const MOST_TOGETHER = 4
const MOST_HOURS = 4
const MOST_SITES = 3
const MOST_ODD_DAYS = 3
const ODD_DAYS_AHEAD = 100

export function guidePage(plan: CompiledPlan, stories: ReadonlyMap<string, readonly LineStory[]>, nowMs: number, say: Say): Page {
  const blocks: Block[] = [
    ...lines(plan, stories, say),
    ...hours(plan, nowMs, say),
    ...emergency(plan, nowMs, say),
    ...numbers(plan, say),
    ...outgoing(plan, say),
    ...recording(plan, say),
    ...asking(plan, say),
  ]
  return { path: 'guide.html', title: say('guide-title'), intro: say('guide-intro'), blocks, oneSheet: true }
}

function lines(plan: CompiledPlan, stories: ReadonlyMap<string, readonly LineStory[]>, say: Say): readonly Block[] {
  const all = [...plan.lines.values()]
  if (all.length === 0) return []
  const rows: Row[] = []
  let shown = 0
  for (const line of all) {
    const more = lineRows(plan, line, stories.get(line.number) ?? [], say, true)
    if (rows.length + more.length > MOST_ROWS) break
    rows.push(...more)
    shown++
  }
  return [
    { is: 'heading', text: say('guide-lines') },
    {
      is: 'table',
      table: {
        caption: say('guide-lines-caption'),
        columns: [
          { title: say('column-line'), whole: true },
          { title: say('column-when') },
          { title: say('column-answers') },
          { title: say('column-then') },
          { title: say('column-ask') },
        ],
        rows,
      },
    },
    ...(all.length > shown ? [{ is: 'text', text: say('guide-more-lines', { n: all.length - shown }) } as const] : []),
  ]
}

function hours(plan: CompiledPlan, nowMs: number, say: Say): readonly Block[] {
  if (plan.hours.size === 0) return []
  const facts = [...plan.hours].slice(0, MOST_HOURS).map(([id, h]) => {
    const odd = oddDays(h, nowMs, MOST_ODD_DAYS, say, ODD_DAYS_AHEAD).map(
      d => `${say.date(d.dateMs)}: ${d.text}${d.name === '' ? '' : ` (${d.name})`}`,
    )
    const week = weekText(h, nowMs, say)
    return { name: id, value: odd.length === 0 ? week : `${week}. ${say('guide-odd-days', { days: odd.join('; ') })}` }
  })
  return [
    { is: 'heading', text: say('guide-hours') },
    { is: 'facts', facts },
    ...(plan.hours.size > MOST_HOURS ? [{ is: 'text', text: say('guide-more-hours', { n: plan.hours.size - MOST_HOURS }) } as const] : []),
  ]
}

/** Asked of the decision function, site by site: who is told, which trunks are tried, which address is given. */
function emergency(plan: CompiledPlan, nowMs: number, say: Say): readonly Block[] {
  const first = plan.emergency.values().next().value
  if (first === undefined) return []
  const facts: Facts = { nowMs, registered: () => true, activeCalls: () => 0, trunkUp: () => true, trunkCalls: () => 0 }
  const items: string[] = [say('guide-emergency-dial', { numbers: [...plan.emergency].join(', ') })]
  const sites = new Set<string>()
  let told = ''
  for (const account of plan.accounts.values()) {
    if (sites.has(account.site.id) || sites.size >= MOST_SITES) continue
    sites.add(account.site.id)
    const { action } = enter(plan, facts, { kind: 'device', account: account.username }, first)
    if (action.do !== 'dial-out') continue
    const trunks = say.list([...new Set(action.attempts.map(a => plan.trunks.get(a.trunk)?.name ?? a.trunk))].slice(0, 3))
    told ||= (action.alert?.tell ?? []).map(key => whoText(plan, plan.nodes.get(key)?.name ?? key)).join(', ')
    items.push(
      say(account.site.address === '' ? 'guide-emergency-no-address' : 'guide-emergency-site', {
        site: account.site.id,
        address: account.site.address,
        trunks,
      }),
    )
  }
  if (told !== '') items.splice(1, 0, say('guide-emergency-told', { who: told }))
  return [
    { is: 'heading', text: say('guide-emergency') },
    { is: 'list', items },
  ]
}

/** Numbers that do something for everybody. */
function numbers(plan: CompiledPlan, say: Say): readonly Block[] {
  const items: string[] = []
  for (const code of Object.keys(plan.source.numbering['short-codes'])) {
    const node = plan.nodes.get(plan.dial.get(code) ?? '')
    if (node !== undefined) items.push(say('guide-number', { number: code, what: `${say(kindOf(node))} ${nameOf(node)}` }))
  }
  for (const node of plan.nodes.values())
    if ((node.kind === 'service' || node.kind === 'role') && node.number !== '')
      items.push(
        say('guide-number', {
          number: node.number,
          what: node.kind === 'role' ? roleText(plan, node.id, say) : node.does === 'echo' ? say('echo-test') : node.name,
        }),
      )
  if (plan.outsidePrefix !== '') items.push(say('rule-prefix', { prefix: plan.outsidePrefix }))
  if (items.length === 0) return []
  const more = items.length > MOST_CODES ? [say('guide-more-numbers', { n: items.length - MOST_CODES })] : []
  return [
    { is: 'heading', text: say('guide-numbers') },
    { is: 'list', items: [...items.slice(0, MOST_CODES), ...more] },
  ]
}

function outgoing(plan: CompiledPlan, say: Say): readonly Block[] {
  const rows = plan.outgoing
    .filter(r => !(r.classes.size === 1 && r.classes.has('emergency')))
    .map(rule => {
      const classes = [...rule.classes].map(c => inWords(`@class-${c}`, say.language)).join(', ')
      const who =
        rule.who === 'everyone'
          ? say('who-everyone')
          : rule.who === 'allowed'
            ? allowed(plan, say)
            : [...rule.who]
                .map(k => plan.nodes.get(k)?.name ?? k)
                .concat([...rule.departments].map(d => plan.departments.get(d)?.name ?? d))
                .join(', ')
      const limits: string[] = []
      if (rule.starting.length > 0) limits.push(say('limit-starting', { numbers: rule.starting.join(', ') }))
      if (rule.during !== null) limits.push(say('when-open', { hours: rule.during }))
      if (rule.guard?.perDayMs != null) limits.push(say('limit-per-day', { n: Math.round(rule.guard.perDayMs / 60_000) }))
      if (rule.guard?.atOnce != null) limits.push(say('limit-at-once', { n: rule.guard.atOnce }))
      if (rule.guard?.hours != null) limits.push(say('when-open', { hours: rule.guard.hours }))
      return row(classes, who, limits.length === 0 ? '—' : limits.join(', '))
    })
  if (rows.length === 0) return []
  return [
    { is: 'heading', text: say('guide-outgoing') },
    {
      is: 'table',
      table: {
        caption: say('guide-outgoing-caption'),
        columns: [{ title: say('column-calls') }, { title: say('column-who') }, { title: say('column-limits') }],
        rows,
      },
    },
  ]
}

/** Those to whom the plan gives a right of their own, when they are few enough to be named. */
function allowed(plan: CompiledPlan, say: Say): string {
  const names: string[] = []
  for (const node of plan.nodes.values())
    if (node.kind === 'person' && node.is === 'person' && (node.rights.ceiling !== null || node.rights.exactly !== null))
      names.push(node.name)
  return names.length > 0 && names.length <= 4 ? say('who-allowed-names', { who: say.list(names) }) : say('who-allowed')
}

function recording(plan: CompiledPlan, say: Say): readonly Block[] {
  if (plan.recording.length === 0)
    return [
      { is: 'heading', text: say('guide-recording') },
      { is: 'text', text: say('guide-no-recording') },
    ]
  // Rules that differ only in what they record are one sentence.
  const alike = new Map<string, RecordingRule[]>()
  for (const rule of plan.recording) {
    const key = JSON.stringify([rule.purpose, rule.announce, rule.keepDays, rule.heardBy])
    const list = alike.get(key)
    if (list === undefined) alike.set(key, [rule])
    else list.push(rule)
  }
  const groups = [...alike.values()]
  const items = groups.slice(0, MOST_RECORDING).map(rules => {
    const rule = rules[0]!
    const names = rules.map(r => recordedText(plan, r, say))
    const what =
      names.length > MOST_TOGETHER ? [...names.slice(0, MOST_TOGETHER), say('and-more', { n: names.length - MOST_TOGETHER })] : names
    const listeners = [...new Set(rule.heardBy.flatMap(right => listenersOf(plan, right)))]
    return say(rule.announce ? 'guide-recorded-told' : 'guide-recorded', {
      what: what.join(', '),
      why: rule.purpose,
      n: rule.keepDays,
      who: say.list(listeners),
    })
  })
  const more = groups.length > MOST_RECORDING ? [say('guide-more-recording', { n: groups.length - MOST_RECORDING })] : []
  return [
    { is: 'heading', text: say('guide-recording') },
    { is: 'list', items: [...items, ...more] },
  ]
}

/** A right is named by its holders. */
function listenersOf(plan: CompiledPlan, right: string): readonly string[] {
  const rule = plan.source.access[right]
  const who = rule !== undefined && 'who' in rule ? rule.who : []
  return who.length === 0 ? [right] : who.map(w => whoText(plan, w))
}

function recordedText(plan: CompiledPlan, rule: RecordingRule, say: Say): string {
  const { scope } = rule
  switch (scope.of) {
    case 'node': {
      const node = plan.nodes.get(scope.key)
      return node === undefined ? scope.key : `${say(kindOf(node))} ${nameOf(node)}`
    }
    case 'department':
      return `${say('kind-department')} ${plan.departments.get(scope.department)?.name ?? scope.department}`
    case 'line':
      return `${say('kind-line')} ${phoneText(scope.number)}`
    default:
      return say(`recording-${scope.of}`)
  }
}

function asking(plan: CompiledPlan, say: Say): readonly Block[] {
  const { owner, approvers } = plan.source.office
  const items: string[] = [say('guide-ask-line')]
  if (owner !== undefined) items.push(say('guide-ask-owner', { who: withNumber(plan, owner) }))
  if (approvers !== undefined && approvers.length > 0)
    items.push(say('guide-ask-approvers', { who: say.list(approvers.map(a => withNumber(plan, a))) }))
  return [
    { is: 'heading', text: say('guide-ask') },
    { is: 'list', items },
  ]
}

export function withNumber(plan: CompiledPlan, id: string): string {
  const node = plan.nodes.get(`person:${id}`)
  return node?.kind === 'person' && node.extension !== '' ? `${node.name} (${node.extension})` : whoText(plan, id)
}
