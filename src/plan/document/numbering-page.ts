/** The numbering table: ranges with their use, and every number with its holder. NUM-03, NUM-07. */
import type { CompiledPlan, LineNode, Range } from '../compiled.ts'
import { forecast } from '../numbering/forecast.ts'
import { type NumberingUse, numberIn, type RangeUse, rangeUse, type TakenNumber } from '../numbering/range-use.ts'
import type { LineStory } from './line-story.ts'
import { type Block, type Page, type Row, row, type Table } from './page.ts'
import { kindOf, nameOf, phoneText, roleText, whoText } from './places.ts'
import type { Say } from './say.ts'

export interface NumberingTables {
  readonly ranges: Table
  readonly numbers: Table
  readonly lines: Table
}

export function numberingTables(
  plan: CompiledPlan,
  stories: ReadonlyMap<string, readonly LineStory[]>,
  nowMs: number,
  say: Say,
): NumberingTables {
  const use = rangeUse(plan)
  return { ranges: rangesTable(plan, use, nowMs, say), numbers: numbersTable(plan, use, say), lines: linesTable(plan, stories, say) }
}

export function numberingPage(plan: CompiledPlan, tables: NumberingTables, say: Say): Page {
  const blocks: Block[] = [
    { is: 'heading', text: say('rules') },
    { is: 'list', items: rules(plan, say) },
    { is: 'heading', text: say('ranges') },
    { is: 'table', table: tables.ranges },
    { is: 'heading', text: say('lines') },
    { is: 'table', table: tables.lines },
    { is: 'heading', text: say('numbers-inside') },
    { is: 'table', table: tables.numbers },
    {
      is: 'links',
      links: [
        { href: 'ranges.csv', text: 'ranges.csv', note: say('csv-ranges') },
        { href: 'lines.csv', text: 'lines.csv', note: say('csv-lines') },
        { href: 'numbers.csv', text: 'numbers.csv', note: say('csv-numbers') },
      ],
    },
  ]
  return { path: 'numbering.html', title: say('numbering-title'), intro: say('numbering-intro'), blocks, wide: true }
}

function rules(plan: CompiledPlan, say: Say): readonly string[] {
  const { owner, approvers } = plan.source.office
  const reserved = plan.ranges.some(r => r.reserved !== null)
  const { 'city-numbers': city } = plan.source.numbering
  return [
    say('rule-one-range'),
    ...(reserved ? [say('rule-reserve')] : []),
    say('rule-emergency', { numbers: [...plan.emergency].join(', ') }),
    ...(city.length > 0 ? [say('rule-city', { numbers: city.join(', ') })] : []),
    ...(plan.outsidePrefix === '' ? [] : [say('rule-prefix', { prefix: plan.outsidePrefix })]),
    say('rule-roles'),
    ...(owner === undefined ? [] : [say('rule-owner', { who: whoText(plan, owner) })]),
    ...(approvers === undefined ? [] : [say('rule-approvers', { who: say.list(approvers.map(a => whoText(plan, a))) })]),
  ]
}

function rangesTable(plan: CompiledPlan, use: NumberingUse, nowMs: number, say: Say): Table {
  return {
    caption: say('ranges-caption', { date: say.date(nowMs) }),
    columns: [
      { title: say('column-range'), whole: true },
      { title: say('column-for') },
      { title: say('column-purpose') },
      { title: say('column-site') },
      { title: say('column-owner') },
      { title: say('column-approver') },
      { title: say('column-size'), figures: true },
      { title: say('column-used'), figures: true },
      { title: say('column-free'), figures: true },
      { title: say('column-reserve') },
      { title: say('column-forecast') },
    ],
    rows: use.ranges.map(u => rangeRow(plan, u, nowMs, say)),
  }
}

function rangeRow(plan: CompiledPlan, u: RangeUse, nowMs: number, say: Say): Row {
  const { range } = u
  const written = plan.source.numbering.ranges[range.key]
  const dash = '—'
  const purpose = written?.purpose ?? range.reserved ?? dash
  const free = u.size === 0 ? 0 : Math.floor((100 * u.free) / u.size)
  return row(
    range.key,
    purposeText(range, say),
    purpose,
    range.site ?? dash,
    range.owner === null ? dash : roleText(plan, range.owner, say),
    written?.approver === undefined ? dash : roleText(plan, written.approver, say),
    say.number(u.size),
    say.number(u.taken.length),
    `${say.number(u.free)} (${free} %)`,
    u.reserve.length === 0 ? dash : u.reserve.map(r => say('reserve-window', { range: r.key, n: r.last - r.first + 1 })).join(', '),
    forecastText(plan, u, nowMs, say),
  )
}

function purposeText(range: Range, say: Say): string {
  return range.reserved === null ? say(`use-${range.use as 'people'}`) : say('use-reserved')
}

function forecastText(plan: CompiledPlan, u: RangeUse, nowMs: number, say: Say): string {
  const ahead = forecast(plan, u, nowMs)
  if (ahead === null) return u.range.reserved === null && u.free === 0 ? say('forecast-full') : '—'
  const rate = say(`growth-${ahead.growth.every}`, { n: ahead.growth.count })
  return ahead.fullAtMs <= nowMs ? `${say('forecast-full')}, ${rate}` : say('forecast-at', { month: say.month(ahead.fullAtMs), rate })
}

function numbersTable(plan: CompiledPlan, use: NumberingUse, say: Say): Table {
  const codes = plan.source.numbering['short-codes']
  const rows: Row[] = []
  const add = (heading: string, list: readonly TakenNumber[], range: string): void => {
    if (list.length === 0) return
    rows.push({ cells: [heading], heads: true })
    for (const { number, key } of list) rows.push(numberRow(plan, number, key, range, Object.hasOwn(codes, number), say))
  }
  for (const u of use.ranges) add(rangeHeading(plan, u.range, say), u.taken, u.range.key)
  add(say('numbers-elsewhere'), use.elsewhere, '')
  const outside = (heading: string, numbers: readonly string[], text: string): void => {
    if (numbers.length === 0) return
    rows.push({ cells: [heading], heads: true })
    for (const number of numbers) rows.push(row(number, text, heading, '', '', ''))
  }
  outside(say('numbers-emergency'), [...plan.emergency], say('emergency-services'))
  outside(say('numbers-city'), plan.source.numbering['city-numbers'], say('city-service'))
  return {
    caption: say('numbers-caption', { n: plan.dial.size }),
    columns: [
      { title: say('column-number'), whole: true },
      { title: say('column-holder') },
      { title: say('column-kind') },
      { title: say('column-department') },
      { title: say('column-site') },
      { title: say('column-range'), whole: true },
    ],
    rows,
  }
}

function rangeHeading(plan: CompiledPlan, range: Range, say: Say): string {
  const purpose = plan.source.numbering.ranges[range.key]?.purpose
  return `${numberIn(range, range.first)}–${numberIn(range, range.last)} · ${purposeText(range, say)}${purpose === undefined ? '' : ` · ${purpose}`}`
}

function numberRow(plan: CompiledPlan, number: string, key: string, range: string, code: boolean, say: Say): Row {
  const node = plan.nodes.get(key)
  if (node === undefined) return row(number, key, say(code ? 'kind-short-code' : 'kind-service'), '', '', range)
  const person = node.kind === 'person' ? node : null
  const holder = node.kind === 'role' ? roleText(plan, node.id, say) : nameOf(node)
  const department = person?.department ?? null
  return row(
    number,
    holder,
    code ? say('kind-short-code') : say(kindOf(node)),
    department === null ? '' : (plan.departments.get(department)?.name ?? department),
    person === null ? '' : person.site.id,
    range,
  )
}

export function linesTable(plan: CompiledPlan, stories: ReadonlyMap<string, readonly LineStory[]>, say: Say): Table {
  return {
    caption: say('lines-caption', { n: plan.lines.size }),
    columns: [
      { title: say('column-line'), whole: true },
      { title: say('column-name') },
      { title: say('column-when') },
      { title: say('column-answers') },
      { title: say('column-then') },
      { title: say('column-owner') },
    ],
    rows: [...plan.lines.values()].flatMap(line => lineRows(plan, line, stories.get(line.number) ?? [], say)),
  }
}

/** `brief`: without the names of those who are asked second, for a page that has no room. */
export function lineRows(plan: CompiledPlan, line: LineNode, stories: readonly LineStory[], say: Say, brief = false): readonly Row[] {
  return stories.map(s => {
    const after = brief ? s.afterInShort : s.after
    const name = phoneText(line.number)
    return row(
      ...(brief ? [line.label === '' ? name : { lines: [name, line.label] }] : [name, line.label]),
      s.when === '' ? say('when-always') : s.when,
      brief ? s.answersInShort : s.answers,
      after.length === 0 ? '—' : brief || after.length === 1 ? after.join(' → ') : { lines: after.map((t, i) => `${i + 1}. ${t}`) },
      brief ? whoText(plan, line.owner) : roleText(plan, line.owner, say),
    )
  })
}
