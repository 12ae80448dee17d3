/**
 * Everything about a plan that people read who are not administrators: pages, tables and drawings, in their language.
 * The drawings and what the tables say of calls come from walking the decision function (`way.ts`).
 */
import type { CompiledPlan } from '../compiled.ts'
import type { Language } from '../schema/scalars.ts'
import { csv } from './csv.ts'
import { directoryPage, directoryTable } from './directory-page.ts'
import { guidePage } from './guide-page.ts'
import { html } from './html.ts'
import { lineDiagram } from './line-diagram.ts'
import { type LineStory, lineStories } from './line-story.ts'
import { numberingPage, numberingTables } from './numbering-page.ts'
import { overviewDiagram } from './overview.ts'
import type { Page } from './page.ts'
import { phoneText, roleText, whoText } from './places.ts'
import { providerPage } from './provider-page.ts'
import { recoveryPage } from './recovery-page.ts'
import { type Say, sayer } from './say.ts'
import { drawDiagram } from './svg.ts'
import { type Way, WayFinder } from './way.ts'

export interface DocumentOptions {
  /** Default: the first language of the office. */
  readonly language?: Language
  /** The day of the documents, epoch ms: hours, rotas and forecasts are told from then on. */
  readonly nowMs: number
}

export interface Document {
  /** Below the documents' folder: 'guide.html', 'diagrams/overview.svg'. */
  readonly path: string
  readonly type: 'text/html; charset=utf-8' | 'text/csv; charset=utf-8' | 'image/svg+xml'
  readonly text: string
}

/** More drawings than this on one page would be no page. */
const MOST_DRAWN_INLINE = 40

export function documentsOf(plan: CompiledPlan, options: DocumentOptions): readonly Document[] {
  const { nowMs } = options
  const say = sayer(options.language ?? plan.language, plan.office.timezone)
  const stamp = `${plan.revision === 0 ? say('revision-draft') : say('revision', { revision: String(plan.revision) })} · ${say.date(nowMs)}`
  const foot = `${plan.office.name} · ${stamp}`
  const finder = new WayFinder(plan, nowMs)
  const ways = new Map<string, Way>([...plan.lines.keys()].map(line => [line, finder.ofLine(line)]))
  const stories = new Map<string, readonly LineStory[]>([...ways].map(([line, way]) => [line, lineStories(plan, way, say)]))
  const drawings = draw(plan, ways, foot, nowMs, say)
  const tables = numberingTables(plan, stories, nowMs, say)
  const pages: readonly Page[] = [
    guidePage(plan, stories, nowMs, say),
    routingPage(plan, drawings, say),
    numberingPage(plan, tables, say),
    directoryPage(plan, say),
    recoveryPage(plan, nowMs, say),
    providerPage(plan, say),
  ]
  const index = indexPage(plan, pages, say)
  const frame = { office: plan.office.name, stamp, pages: [index, ...pages] }
  return [
    ...[index, ...pages].map(page => ({ path: page.path, type: 'text/html; charset=utf-8', text: html(page, frame, say) }) as const),
    ...(
      [
        ['ranges.csv', tables.ranges],
        ['numbers.csv', tables.numbers],
        ['lines.csv', tables.lines],
        ['directory.csv', directoryTable(plan, say)],
      ] as const
    ).map(([path, table]) => ({ path, type: 'text/csv; charset=utf-8', text: csv(table) }) as const),
    ...drawings.map(d => ({ path: d.path, type: 'image/svg+xml', text: d.svg }) as const),
  ]
}

interface DrawnLine {
  readonly path: string
  readonly id: string
  /** Null for the overview. */
  readonly line: string | null
  readonly svg: string
}

function draw(plan: CompiledPlan, ways: ReadonlyMap<string, Way>, foot: string, nowMs: number, say: Say): readonly DrawnLine[] {
  const overview = drawDiagram(overviewDiagram(plan, ways, nowMs, say), 'overview', foot, say)
  return [
    { path: 'diagrams/overview.svg', id: 'overview', line: null, svg: overview.text },
    ...[...ways].map(([line, way]) => {
      const id = `line-${line.slice(1)}`
      const label = plan.lines.get(line)?.label ?? ''
      const title = say('diagram-title', { line: label === '' ? phoneText(line) : `${phoneText(line)} (${label})` })
      return {
        path: `diagrams/${line.slice(1)}.svg`,
        id,
        line,
        svg: drawDiagram(lineDiagram(plan, way, title, nowMs, say), id, foot, say).text,
      }
    }),
  ]
}

function routingPage(plan: CompiledPlan, drawings: readonly DrawnLine[], say: Say): Page {
  const inline = drawings.length <= MOST_DRAWN_INLINE
  const shown = inline ? drawings : drawings.filter(d => d.line === null)
  const links = drawings
    .filter(d => d.line !== null)
    .map(d => {
      const line = plan.lines.get(d.line!)!
      const note = [line.label, say('owner-is', { who: roleText(plan, line.owner, say) })].filter(t => t !== '').join(' · ')
      return { href: inline ? `#${d.id}` : d.path, text: phoneText(line.number), note }
    })
  return {
    path: 'routing.html',
    title: say('routing-title'),
    intro: say('routing-intro'),
    blocks: [
      ...shown.slice(0, 1).map(d => ({ is: 'drawing', svg: d.svg, id: d.id }) as const),
      ...(links.length === 0 ? [] : [{ is: 'heading', text: say('routing-each') } as const, { is: 'links', links } as const]),
      ...shown.slice(1).map(d => ({ is: 'drawing', svg: d.svg, id: d.id }) as const),
    ],
    wide: true,
  }
}

function indexPage(plan: CompiledPlan, pages: readonly Page[], say: Say): Page {
  const { owner, approvers } = plan.source.office
  const persons = [...plan.nodes.values()].filter(n => n.kind === 'person' && n.is === 'person').length
  const facts = [
    { name: say('index-people'), value: say.number(persons) },
    { name: say('index-lines'), value: say.number(plan.lines.size) },
    { name: say('index-numbers'), value: say.number(plan.dial.size) },
    {
      name: say('index-trunks'),
      value:
        [...plan.trunks.values()]
          .map(t => t.name)
          .slice(0, 12)
          .join(', ') || '—',
    },
    { name: say('recovery-answerable'), value: owner === undefined ? '—' : whoText(plan, owner) },
    { name: say('recovery-approvers'), value: approvers === undefined ? '—' : say.list(approvers.map(a => whoText(plan, a))) },
  ]
  return {
    path: 'index.html',
    title: say('index-title'),
    intro: say('index-intro'),
    blocks: [
      { is: 'links', links: pages.map(p => ({ href: p.path, text: p.title, note: p.intro })) },
      { is: 'heading', text: say('index-tables') },
      {
        is: 'links',
        links: [
          { href: 'ranges.csv', text: 'ranges.csv', note: say('csv-ranges') },
          { href: 'numbers.csv', text: 'numbers.csv', note: say('csv-numbers') },
          { href: 'lines.csv', text: 'lines.csv', note: say('csv-lines') },
          { href: 'directory.csv', text: 'directory.csv', note: say('csv-directory') },
        ],
      },
      { is: 'heading', text: say('index-facts') },
      { is: 'facts', facts },
    ],
  }
}
