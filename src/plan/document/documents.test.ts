/**
 * The documents of a plan. `clinic.yaml` beside the golden files is a copy of the example that nobody changes; after a change of
 * the documents `GOLDEN=write node --test src/plan/document/documents.test.ts` writes them anew, to be looked at before they are committed.
 */
import assert from 'node:assert/strict'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { campusPlan } from '../../../examples/campus/generate.ts'
import { parseCsv, requireWellFormed } from '../../../test/support/markup.ts'
import { readPlanFiles } from '../../store/plan-files.ts'
import type { CompiledPlan } from '../compiled.ts'
import { decode } from '../decide/journey.ts'
import { enter, next } from '../decide.ts'
import type { Action, Facts, Outcome, Step } from '../decision.ts'
import { loadPlan } from '../load.ts'
import { renderProblems } from '../problem.ts'
import type { Language } from '../schema/scalars.ts'
import { calendarsOf, timeClasses } from '../time-classes.ts'
import { type Document, documentsOf } from './documents.ts'
import { sayer } from './say.ts'
import { WayFinder } from './way.ts'

const NOW = Date.UTC(2026, 10, 24, 7)
const LANGUAGES: readonly Language[] = ['en', 'ru', 'kk']
const root = new URL('../../../', import.meta.url)
const golden = fileURLToPath(new URL('test/plans/golden/documents/', root))

function planOf(text: string, revision = 3): CompiledPlan {
  const files = [{ name: 'plan.yaml', text }]
  const { plan, problems } = loadPlan(files, revision)
  assert.ok(plan, renderProblems(problems, files))
  return plan
}

const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const clinic = planOf(readFileSync(join(golden, 'clinic.yaml'), 'utf8'))
const campus = planOf(campusPlan({ extensions: 300, queues: 20, lines: 120 }))
const callCentre = loadPlan(readPlanFiles(fileURLToPath(new URL('examples/call-centre', root))), 3).plan!
const trading = loadPlan(readPlanFiles(fileURLToPath(new URL('examples/trading-company', root))), 3).plan!
const sketch = planOf(textOf('test/plans/valid/sketch.yaml'))

/** Names that would break a page, a drawing or a spreadsheet that trusted them. */
const HOSTILE = planOf(
  `plan: 1
office: { name: "<script>alert(1)</script> & \\"Sons\\"", country: KZ, timezone: Asia/Almaty, owner: eve }
numbering: { ranges: { "200-299": { for: people, purpose: "</td><img src=x onerror=alert(1)>", owner: eve }, "600-609": { for: queues } } }
people:
  eve: { name: "=HYPERLINK(\\"http://evil\\",\\"x\\")", extension: "201" }
  bob: { name: "Bob <b>\\u0007 O'Neil</b>\\n</svg><script>", extension: "202" }
departments: {}
queues: { help: { name: "</text><script>&amp;", number: "600", agents: [eve, bob], on-waited: { after: 20s, to: box } } }
voicemail: { box: { name: "]]> <!-- -->", tell: ["eve"] } }
trunks: { a: { host: sip.example, by-address: true, channels: 2 } }
lines: { "+77272500000": { name: "\\"; } </style><script>", to: help, owner: eve } }
services: { echo-test: { does: echo, number: "*43" } }
`.replace('to: box }', 'to: voicemail box }'),
)

const named = (documents: readonly Document[], path: string): string => {
  const found = documents.find(d => d.path === path)
  assert.ok(found, `${path} is among the documents`)
  return found.text
}

describe('documents of the clinic', () => {
  for (const language of LANGUAGES)
    test(`NUM-07 PIL-02 RES-10 pages, tables and drawings in ${language} are as they were looked at`, () => {
      const documents = documentsOf(clinic, { language, nowMs: NOW })
      const folder = join(golden, language)
      if (process.env['GOLDEN'] === 'write') {
        rmSync(folder, { recursive: true, force: true })
        for (const d of documents) {
          mkdirSync(dirname(join(folder, d.path)), { recursive: true })
          writeFileSync(join(folder, d.path), d.text)
        }
      }
      const kept = globSync('**/*.*', { cwd: folder }).sort()
      assert.deepEqual(documents.map(d => d.path).sort(), kept, 'the same files')
      for (const d of documents) assert.equal(d.text, readFileSync(join(folder, d.path), 'utf8'), `${language}/${d.path}`)
    })

  test('the three languages tell the same: as many rows, boxes and links', () => {
    const count = (text: string): string =>
      ['<tr', '<td', '<li', '<a ', '<rect', '<path', '<circle'].map(tag => text.split(tag).length - 1).join()
    const [en, ru, kk] = LANGUAGES.map(language => documentsOf(clinic, { language, nowMs: NOW }))
    for (const d of en!) {
      assert.equal(count(named(ru!, d.path)), count(d.text), d.path)
      assert.equal(count(named(kk!, d.path)), count(d.text), d.path)
    }
  })

  test('every sheet says which revision of the plan it is of, and of which day', () => {
    for (const d of documentsOf(clinic, { language: 'en', nowMs: NOW }))
      if (d.path.endsWith('.html') || d.path.endsWith('.svg')) assert.match(d.text, /Plan revision 3 · 24 November 2026/, d.path)
    assert.match(
      named(documentsOf(planOf(textOf('test/plans/valid/sketch.yaml'), 0), { language: 'en', nowMs: NOW }), 'index.html'),
      /draft, not applied/,
    )
  })
})

describe('tables', () => {
  for (const [name, plan] of Object.entries({ clinic, campus, sketch, hostile: HOSTILE }))
    test(`NUM-07 every number of the plan is in the table with its holder: ${name}`, () => {
      const documents = documentsOf(plan, { language: 'en', nowMs: NOW })
      const rows = parseCsv(named(documents, 'numbers.csv')).slice(1)
      const told = new Map(rows.map(r => [r[0]!, r[1]!]))
      for (const number of plan.dial.keys()) assert.ok(told.get(number), `${number} has a holder`)
      for (const number of plan.emergency) assert.ok(told.has(number), number)
      assert.equal(rows.filter(r => plan.dial.has(r[0]!)).length, plan.dial.size, 'each once')
      const page = named(documents, 'numbering.html')
      for (const number of plan.dial.keys()) assert.ok(page.includes(`>${number}<`), `${number} on the page`)
      const lines = parseCsv(named(documents, 'lines.csv')).slice(1)
      assert.deepEqual(new Set(lines.map(r => r[0]!.replaceAll(' ', ''))), new Set(plan.lines.keys()))
      assert.ok(
        lines.every(r => r[3] !== ''),
        'somebody or something answers each line',
      )
    })

  test('NUM-08 everybody who has a number is in the telephone list, private mobiles are not', () => {
    const list = named(documentsOf(clinic, { language: 'ru', nowMs: NOW }), 'directory.csv')
    const rows = parseCsv(list)
    for (const node of clinic.nodes.values())
      if (node.kind === 'person' && node.extension !== '')
        assert.ok(
          rows.some(r => r[0] === node.name && r[1] === node.extension),
          node.name,
        )
    assert.doesNotMatch(list, /701\D?111\D?22\D?33/)
  })

  test('TOP-06 a fact that a provider’s contract lacks is marked', () => {
    const page = (plan: CompiledPlan): string => named(documentsOf(plan, { language: 'en', nowMs: NOW }), 'providers.html')
    assert.match(page(clinic), /Nothing is missing/)
    assert.match(page(sketch), /facts are missing[\s\S]*missing: ask the provider/)
  })

  test('RES-10 the recovery procedure names people, times, and the trunks that are left', () => {
    const page = named(documentsOf(sketch, { language: 'en', nowMs: NOW }), 'recovery.html')
    for (const words of ['Aida Sadykova (201)', '15\u00a0min', 'telecom-b', '24x7 +77272000000', 'ups-main', 'cannot leave'])
      assert.ok(page.includes(words), words)
  })
})

/** Walks every way by itself: places that the decision function passes at any time, on any outcome, with any queue. */
function placesByExploring(plan: CompiledPlan, line: string): ReadonlySet<string> {
  const places = new Set<string>([`line:${line}`])
  const trunk = plan.source.lines[line]?.trunk ?? plan.trunks.keys().next().value!
  const worlds: readonly Partial<Facts>[] = [
    {},
    { queue: () => ({ waiting: 9_999, expectedWaitMs: null, loggedIn: null }) },
    { queue: () => ({ waiting: 0, expectedWaitMs: null, loggedIn: new Set() }) },
    { queue: () => ({ waiting: 0, expectedWaitMs: 9_999_999, loggedIn: null }) },
    ...plan.outages.map((_, i) => ({ treatment: (index: number) => index === i })),
  ]
  const facts = (nowMs: number, world: Partial<Facts>): Facts => ({
    nowMs,
    registered: () => true,
    activeCalls: () => 0,
    trunkUp: () => true,
    trunkCalls: () => 0,
    ...world,
  })
  for (const { spans } of timeClasses(calendarsOf(plan), NOW, NOW + 366 * 86_400_000)) {
    const atMs = (spans.find(s => s.untilMs - s.fromMs > 3_600_000) ?? spans[0]!).fromMs
    const seen = new Set<string>()
    const go = (step: Step): void => {
      const j = decode(step.position)
      for (const key of j.v) if (!key.startsWith('end:')) places.add(key)
      if (step.action.do === 'end') places.add('end')
      const state = JSON.stringify({ ...j, v: [...j.v].sort() }, (key, value: unknown) =>
        ['t', 'f', 'r', 'h', 's', 'cn', 'cd', 'lang', 'lc', 'kp', 'b'].includes(key) ? undefined : value,
      )
      if (seen.has(state)) return
      seen.add(state)
      for (const outcome of OUTCOMES(step.action)) for (const world of worlds) go(next(plan, facts(atMs, world), step.position, outcome))
    }
    for (const number of ['+15550100', null, ...plan.callers.vip.exact, ...plan.callers.blocked.exact, ...plan.callers.spam.exact])
      for (const world of worlds) go(enter(plan, facts(atMs, world), { kind: 'trunk', trunk, number }, line))
  }
  return places
}

function OUTCOMES(action: Action): readonly Outcome[] {
  if (action.do === 'ring') return [{ was: 'no-answer' }, { was: 'busy' }, { was: 'unreachable' }, { was: 'rejected' }]
  if (action.do === 'dial-out') return [{ was: 'no-answer' }, { was: 'busy' }, { was: 'failed', status: 503 }]
  if (action.do === 'menu') return [...[...'0123456789*#'].map(keys => ({ was: 'keys', keys }) as const), { was: 'silence' }]
  return action.do === 'announce' ? [{ was: 'finished' }] : []
}

describe('drawings', () => {
  for (const [name, plan] of Object.entries({ clinic, sketch, callCentre, trading, hostile: HOSTILE }))
    test(`PIL-02 each line has a drawing of exactly the places that calls to it can reach: ${name}`, () => {
      const documents = documentsOf(plan, { language: 'en', nowMs: NOW })
      const finder = new WayFinder(plan, NOW)
      // One line of the call centre stands for the others: their menus and rotas are the same and many.
      for (const line of plan === callCentre ? [[...plan.lines.keys()][1]!] : plan.lines.keys()) {
        const way = finder.ofLine(line)
        const drawn = new Set([...way.places.values()].map(p => (p.end === null ? p.id : 'end')))
        assert.deepEqual([...drawn].sort(), [...placesByExploring(plan, line)].sort(), line)
        assert.equal(way.complete, true)
        const svg = named(documents, `diagrams/${line.slice(1)}.svg`)
        assert.equal(svg.split('<g><rect').length - 1, way.places.size, `${line}: one box for each`)
      }
    })

  test('PIL-02 no place is left without a way to it, and every way leads to a drawn place', () => {
    for (const plan of [clinic, sketch, campus, trading]) {
      const finder = new WayFinder(plan, NOW)
      for (const line of plan.lines.keys()) {
        const way = finder.ofLine(line)
        const reached = new Set(way.exits.map(e => e.to))
        for (const id of way.places.keys()) assert.ok(id === way.entry || reached.has(id), `${line} ${id}`)
        for (const exit of way.exits) assert.ok(way.places.has(exit.to) && way.places.has(exit.from))
      }
    }
  })

  test('SCH-01 what depends on hours says so', () => {
    const svg = named(documentsOf(clinic, { language: 'en', nowMs: NOW }), 'diagrams/77272500000.svg')
    for (const words of ['office open', 'office closed', 'nobody answers (25\u00a0s)', 'office: Mon–Fri 09:00–18:00, Sat 10:00–14:00'])
      assert.ok(svg.includes(words), words)
  })

  test('IN-02 keys, silence and wrong keys of a menu are ways of their own', () => {
    const svg = named(documentsOf(sketch, { language: 'en', nowMs: NOW }), 'diagrams/77272500000.svg')
    for (const words of ['key 1', 'key 2', 'no key pressed', 'wrong key', 'an extension: that telephone', 'queue full'])
      assert.ok(svg.includes(words), words)
  })

  test('PIL-02 a large office still has an overview of one sheet, in which lines that are alike are counted', () => {
    const svg = named(documentsOf(campus, { language: 'en', nowMs: NOW }), 'diagrams/overview.svg')
    assert.ok(svg.split('<g><rect').length - 1 <= 26)
    const counted = [...svg.matchAll(/>(\d+) lines?</g)].reduce((sum, m) => sum + Number(m[1]), 0)
    const single = [...svg.matchAll(/stroke-width="2.4"/g)].length - [...svg.matchAll(/>(\d+) lines?</g)].length
    assert.equal(counted + single, campus.lines.size, 'every line is counted')
  })
})

describe('what the plan says is text and nothing else', () => {
  for (const [name, plan] of Object.entries({ clinic, sketch, trading, hostile: HOSTILE }))
    test(`SEC-05 pages and drawings are well formed, whatever people are called: ${name}`, () => {
      for (const language of LANGUAGES)
        for (const d of documentsOf(plan, { language, nowMs: NOW })) {
          assert.doesNotMatch(
            d.text,
            /undefined|\[object|NaN|\{\w+\}/.exec(d.text.replace(/<style>[\s\S]*?<\/style>/, '')) === null ? /$^/ : /./,
            `${language}/${d.path}`,
          )
          if (d.type.startsWith('text/csv')) continue
          requireWellFormed(d.text, `${language}/${d.path}`)
          assert.doesNotMatch(d.text, /<script|<img|onerror=[^&]*alert\(1\)>/i, d.path)
          assert.doesNotMatch(d.text, /(?:src|href|url)\s*[=(]\s*["']?https?:/, `${d.path} asks nobody else for anything`)
        }
    })

  test('SEC-05 a name never becomes a formula in a spreadsheet', () => {
    for (const d of documentsOf(HOSTILE, { language: 'en', nowMs: NOW }).filter(x => x.path.endsWith('.csv')))
      for (const row of parseCsv(d.text))
        for (const cell of row) assert.doesNotMatch(cell, /^(?:[=@\t\r]|[+-](?![\d ]+$))/, `${d.path}: ${cell}`)
  })
})

describe('languages', () => {
  test('counts have the plural form that the language wants', () => {
    const ru = sayer('ru', 'Asia/Almaty')
    assert.deepEqual(
      [1, 2, 5, 11, 21, 104].map(n => ru('overview-lines', { n })),
      ['1 линия', '2 линии', '5 линий', '11 линий', '21 линия', '104 линии'],
    )
    const en = sayer('en', 'Asia/Almaty')
    assert.deepEqual(
      [1, 2].map(n => en('overview-lines', { n })),
      ['1 line', '2 lines'],
    )
    assert.equal(sayer('kk', 'Asia/Almaty')('overview-lines', { n: 5 }), '5 желі')
  })

  test('dates are written as the language does, in the office’s time zone', () => {
    const late = Date.UTC(2026, 11, 31, 20)
    assert.deepEqual(
      LANGUAGES.map(l => sayer(l, 'Asia/Almaty').date(late)),
      ['1 January 2027', '1 января 2027 г.', '2027 ж. 1 қаңтар'],
    )
    assert.deepEqual(
      LANGUAGES.map(l => sayer(l, 'Asia/Almaty').month(late)),
      ['January 2027', 'январь 2027 г.', '2027 ж. қаңтар'],
    )
  })
})
