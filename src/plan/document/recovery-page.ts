/** What to do when something fails, with names and target times: RES-10. What still works is asked of the decision function. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { CompiledPlan, Treatment } from '../compiled.ts'
import { enter } from '../decide.ts'
import type { Facts, Step } from '../decision.ts'
import { outsideNumber } from '../normalise.ts'
import { isOutage } from '../outages.ts'
import { inWords } from '../reason-words.ts'
import type { CallClass } from '../schema/call-classes.ts'
import { withNumber } from './guide-page.ts'
import { type Block, type Page, row } from './page.ts'
import { phoneText, whoText } from './places.ts'
import type { Say } from './say.ts'

export function recoveryPage(plan: CompiledPlan, nowMs: number, say: Say): Page {
  const blocks: Block[] = [
    ...people(plan, say),
    ...steps(plan, say),
    ...failures(plan, nowMs, say),
    ...treatments(plan, say),
    ...departments(plan, say),
    ...providers(plan, say),
    ...power(plan, say),
    ...drills(plan, say),
  ]
  return { path: 'recovery.html', title: say('recovery-title'), intro: say('recovery-intro'), blocks, wide: true }
}

function people(plan: CompiledPlan, say: Say): readonly Block[] {
  const { owner, approvers, targets } = plan.source.office
  const facts: { name: string; value: string }[] = []
  if (owner !== undefined) facts.push({ name: say('recovery-answerable'), value: withNumber(plan, owner) })
  if (approvers !== undefined) facts.push({ name: say('recovery-approvers'), value: say.list(approvers.map(a => withNumber(plan, a))) })
  if (targets?.recovery !== undefined) facts.push({ name: say('recovery-target'), value: say.time(targets.recovery) })
  return facts.length === 0
    ? []
    : [
        { is: 'heading', text: say('recovery-people') },
        { is: 'facts', facts },
      ]
}

function steps(plan: CompiledPlan, say: Say): readonly Block[] {
  const { owner, targets } = plan.source.office
  const who = owner === undefined ? say('recovery-the-owner') : withNumber(plan, owner)
  const items = [
    say('recovery-step-tell', { who }),
    say('recovery-step-table'),
    ...(plan.outages.length > 0 ? [say('recovery-step-treatment')] : []),
    ...(Object.keys(plan.source.providers).length > 0 ? [say('recovery-step-provider')] : []),
    ...(Object.keys(plan.source.power).length > 0 ? [say('recovery-step-power')] : []),
    targets?.recovery === undefined ? say('recovery-step-check') : say('recovery-step-check-by', { time: say.time(targets.recovery) }),
    say('recovery-step-note', { who }),
  ]
  return [
    { is: 'heading', text: say('recovery-steps') },
    { is: 'list', items, numbered: true },
  ]
}

interface Failure {
  readonly name: string
  readonly links: ReadonlySet<string>
  /** Trunks that are gone, by themselves or with their link. */
  readonly trunks: ReadonlySet<string>
  readonly power: string | null
}

/** Every single part that can fail, every site cut off, and all trunks at once. */
function allFailures(plan: CompiledPlan, say: Say): readonly Failure[] {
  const trunksOn = (links: ReadonlySet<string>): ReadonlySet<string> =>
    new Set([...plan.trunks.values()].filter(t => t.link !== null && links.has(t.link)).map(t => t.id))
  const list: Failure[] = []
  for (const link of Object.keys(plan.source.links)) {
    const links = new Set([link])
    list.push({ name: say('failure-link', { link }), links, trunks: trunksOn(links), power: null })
  }
  for (const site of plan.sites.values()) {
    const links = new Set(site.links)
    if (links.size > 1) list.push({ name: say('failure-site', { site: site.id }), links, trunks: trunksOn(links), power: null })
  }
  for (const trunk of plan.trunks.values())
    list.push({ name: say('failure-trunk', { trunk: trunk.name }), links: new Set(), trunks: new Set([trunk.id]), power: null })
  if (plan.trunks.size > 1) list.push({ name: say('failure-all'), links: new Set(), trunks: new Set(plan.trunks.keys()), power: null })
  for (const [id, ups] of Object.entries(plan.source.power))
    list.push({ name: say('failure-power', { ups: ups.name ?? id }), links: new Set(), trunks: new Set(), power: id })
  return list
}

function treatmentsFor(plan: CompiledPlan, failure: Failure): readonly Treatment[] {
  const seen = {
    linkDown: (link: string) => failure.links.has(link),
    trunkDown: (trunk: string) => failure.trunks.has(trunk),
    powerLow: (ups: string) => failure.power === ups,
  }
  return plan.outages.filter(t => isOutage(plan, t, seen))
}

function failures(plan: CompiledPlan, nowMs: number, say: Say): readonly Block[] {
  const list = allFailures(plan, say)
  const account = plan.accounts.values().next().value
  if (list.length === 0 || account === undefined) return []
  const first = [...plan.emergency][0]
  const asked = [
    ...(first === undefined ? [] : [{ title: inWords('@class-emergency', say.language), number: first }]),
    ...sampleCalls(plan).map(s => ({ title: inWords(`@class-${s.class}`, say.language), number: s.number })),
  ]
  const rows = list.map(failure => {
    const ways = asked.map(({ number }) => trunksText(plan, leaving(plan, failure, nowMs, number), say))
    const lost = [...failure.trunks].map(t => plan.trunks.get(t)?.name ?? t).join(', ')
    const does = treatmentsFor(plan, failure).map(
      t => effectText(plan, t, say) + (t.confirm.length === 0 ? '' : `: ${say('after-confirming', { who: confirmers(plan, t, say) })}`),
    )
    return row(failure.name, lost === '' ? '—' : lost, ...ways, does.length === 0 ? '—' : { lines: does }, callWhom(plan, failure, say))
  })
  return [
    { is: 'heading', text: say('recovery-failures') },
    { is: 'text', text: say('recovery-inside') },
    {
      is: 'table',
      table: {
        caption: say('recovery-failures-caption'),
        columns: [
          { title: say('column-failure') },
          { title: say('column-lost') },
          ...asked.map(a => ({ title: say('column-leaves', { class: a.title }) })),
          { title: say('column-plan-does') },
          { title: say('column-call') },
        ],
        rows,
      },
    },
  ]
}

/** A call out by whoever may call furthest, with these trunks gone and with what the plan then does by itself. */
function leaving(plan: CompiledPlan, failure: Failure, nowMs: number, number: string): Step | null {
  const inForce = new Set(
    treatmentsFor(plan, failure)
      .filter(t => t.confirm.length === 0)
      .map(t => t.index),
  )
  const facts: Facts = {
    nowMs,
    registered: () => true,
    activeCalls: () => 0,
    trunkUp: id => !failure.trunks.has(id),
    trunkCalls: () => 0,
    treatment: index => inForce.has(index),
  }
  let refused: Step | null = null
  for (const account of callers(plan)) {
    const step = enter(plan, facts, { kind: 'device', account }, number)
    if (step.action.do === 'dial-out') return step
    refused = step
  }
  return refused
}

/** Someone with each of the rights that people have. */
function callers(plan: CompiledPlan): readonly string[] {
  const byRight = new Map<string, string>()
  for (const account of plan.accounts.values()) {
    const node = plan.nodes.get(account.owner)
    if (node?.kind !== 'person') continue
    const right = `${node.rights.ceiling} ${node.rights.exactly === null ? '' : [...node.rights.exactly].join()} ${node.department ?? ''}`
    if (byRight.size < 50 && !byRight.has(right)) byRight.set(right, account.username)
  }
  return [...byRight.values()]
}

function trunksText(plan: CompiledPlan, step: Step | null, say: Say): string {
  if (step?.action.do !== 'dial-out') return say('failure-cannot-leave')
  const { attempts, emergency } = step.action
  // An emergency call tries trunks that are down too; as a way out they do not count.
  const down = new Set(emergency ? step.reasons.filter(r => r.code === 'trunk-last-resort').map(r => r.values['trunk']) : [])
  const names = [...new Set(attempts.map(a => plan.trunks.get(a.trunk)?.name ?? a.trunk))].filter(name => !down.has(name))
  return names.length === 0 ? say('failure-cannot-leave') : names.slice(0, 3).join(', ')
}

/** One number of each class that the plan's rules speak of, by the country's own examples. */
function sampleCalls(plan: CompiledPlan): readonly { readonly class: CallClass; readonly number: string }[] {
  const found = new Map<CallClass, string>()
  const line = plan.lines.keys().next().value
  const candidates: string[] = []
  for (const node of plan.nodes.values())
    if (node.kind === 'person' && node.mobile !== null && candidates.length < 3) candidates.push(node.mobile)
  if (line !== undefined)
    for (let n = 1; n < 60; n += 7) candidates.push(line.slice(0, -2) + String((Number(line.slice(-2)) + n) % 100).padStart(2, '0'))
  candidates.push('+442079460000', '+12125550123')
  for (const candidate of candidates) {
    if (plan.lines.has(candidate) || parsePhoneNumberFromString(candidate) === undefined) continue
    const read = outsideNumber(candidate, plan.home.habit)
    if (read !== null && !found.has(read.class) && plan.outgoing.some(r => r.classes.has(read.class))) found.set(read.class, read.e164)
  }
  return [...found].map(([c, number]) => ({ class: c, number: plan.outsidePrefix + number }))
}

function callWhom(plan: CompiledPlan, failure: Failure, say: Say): string {
  const providers = new Set([...failure.trunks].map(t => plan.source.trunks[t]?.provider).filter(p => p !== undefined))
  const texts = [...providers].map(id => {
    const provider = plan.source.providers[id]
    return `${provider?.name ?? id}: ${provider?.support ?? say('fact-missing')}`
  })
  return texts.length === 0 ? '—' : texts.join('; ')
}

function treatments(plan: CompiledPlan, say: Say): readonly Block[] {
  if (plan.outages.length === 0) return []
  return [
    { is: 'heading', text: say('recovery-treatments') },
    {
      is: 'table',
      table: {
        caption: say('recovery-treatments-caption'),
        columns: [
          { title: say('column-if') },
          { title: say('column-treatment') },
          { title: say('column-confirms') },
          { title: say('column-return') },
        ],
        rows: plan.outages.map(t =>
          row(
            t.forMs > 0 ? `${t.text} (${say.time(t.forMs)})` : t.text,
            effectText(plan, t, say),
            t.confirm.length === 0 ? say('confirm-nobody') : confirmers(plan, t, say),
            t.returnAfterMs === null ? say('return-by-hand') : say('return-by-itself', { time: say.time(t.returnAfterMs) }),
          ),
        ),
      },
    },
  ]
}

function confirmers(plan: CompiledPlan, treatment: Treatment, say: Say): string {
  return say.list(treatment.confirm.map(c => withNumber(plan, c)))
}

function effectText(plan: CompiledPlan, { effect }: Treatment, say: Say): string {
  switch (effect.does) {
    case 'carry-all':
      return say('effect-carry', { trunks: effect.trunks.map(t => plan.trunks.get(t)?.name ?? t).join(', ') })
    case 'refuse-out':
      return say('effect-refuse', { classes: [...effect.classes].map(c => inWords(`@class-${c}`, say.language)).join(', ') })
    case 'lines-to': {
      const lines =
        effect.lines === 'all'
          ? say('effect-all-lines')
          : effect.lines.size > 4
            ? say('overview-lines', { n: effect.lines.size })
            : [...effect.lines].map(phoneText).join(', ')
      const to = effect.to === 'their-mobiles' ? say('effect-their-mobiles') : (plan.nodes.get(effect.to)?.name ?? effect.to)
      return say('effect-lines', { lines, to })
    }
  }
}

function departments(plan: CompiledPlan, say: Say): readonly Block[] {
  const facts = Object.entries(plan.source.departments).flatMap(([id, d]) => {
    const reach = d['if-office-is-cut-off']
    return reach === undefined ? [] : [{ name: plan.departments.get(id)?.name ?? id, value: reach.map(r => whoText(plan, r)).join(', ') }]
  })
  return facts.length === 0
    ? []
    : [
        { is: 'heading', text: say('recovery-departments') },
        { is: 'facts', facts },
      ]
}

function providers(plan: CompiledPlan, say: Say): readonly Block[] {
  const entries = Object.entries(plan.source.providers)
  if (entries.length === 0) return []
  return [
    { is: 'heading', text: say('recovery-providers') },
    {
      is: 'table',
      table: {
        caption: say('recovery-providers-caption'),
        columns: [
          { title: say('column-provider') },
          { title: say('fact-support') },
          { title: say('fact-sla') },
          { title: say('fact-on-failure') },
          { title: say('column-trunks') },
        ],
        rows: entries.map(([id, p]) => {
          const trunks = [...plan.trunks.values()].filter(t => plan.source.trunks[t.id]?.provider === id).map(t => t.name)
          const fact = (value: string | undefined) => value ?? { missing: say('fact-missing') }
          return row(p.name ?? id, fact(p.support), fact(p.sla), fact(p['on-failure']), trunks.join(', '))
        }),
      },
    },
  ]
}

function power(plan: CompiledPlan, say: Say): readonly Block[] {
  const facts = Object.entries(plan.source.power).map(([id, ups]) => ({
    name: ups.name ?? id,
    value: [
      ...(ups.feeds === undefined ? [] : [say('power-feeds', { what: ups.feeds.join(', ') })]),
      ...(ups['low-at'] === undefined ? [] : [say('power-low', { at: ups['low-at'] })]),
    ].join('; '),
  }))
  return facts.length === 0
    ? []
    : [
        { is: 'heading', text: say('recovery-power') },
        { is: 'facts', facts },
      ]
}

function drills(plan: CompiledPlan, say: Say): readonly Block[] {
  if (plan.source.drills.length === 0) return []
  return [
    { is: 'heading', text: say('recovery-drills') },
    {
      is: 'table',
      table: {
        caption: say('recovery-drills-caption'),
        columns: [{ title: say('column-drill') }, { title: say('column-every') }, { title: say('column-passes') }],
        rows: plan.source.drills.map(d =>
          row(d.what, d.at === undefined ? every(d.every, say) : `${every(d.every, say)}, ${d.at}`, d['passes-if'] ?? '—'),
        ),
      },
    },
  ]
}

function every(text: string, say: Say): string {
  return text === 'day' || text === 'week' || text === 'month' || text === 'quarter' || text === 'year' ? say(`every-${text}`) : text
}
