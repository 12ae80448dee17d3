import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CompiledPlan } from '../compiled.ts'
import { loadPlan } from '../load.ts'
import { renderProblems } from '../problem.ts'
import { forecast, readGrowth } from './forecast.ts'
import { nextBlock } from './next-block.ts'
import { nextFree } from './next-free.ts'
import { byNumber, rangeUse } from './range-use.ts'

const SMALL = `plan: 1
office: { name: Two Houses, country: KZ, timezone: Asia/Almaty, owner: aida }
sites:
  main: { address: "Abai 10, Almaty" }
  branch: { address: "Turan 5, Astana" }
numbering:
  ranges:
    "200-219": { for: people, purpose: Main office, site: main, owner: aida, grows: 3 a month }
    "220-299": { reserved: Growth of the main office }
    "400-404": { for: people, purpose: Branch, site: branch, owner: aida }
    "405-409": { for: people, purpose: Branch sales, site: branch, owner: aida }
    "430-499": { reserved: Branch growth }
    "500-509": { for: rooms }
  emergency: ["112"]
people:
  aida: { name: Aida, extension: "210" }
  dana: { name: Dana, extension: "400", site: branch }
  erlan: { name: Erlan, extension: "403", site: branch }
services: { echo-test: { does: echo, number: "*43" } }
`

function planOf(text: string): CompiledPlan {
  const files = [{ name: 'plan.yaml', text }]
  const { plan, problems } = loadPlan(files, 1)
  assert.ok(plan, renderProblems(problems, files))
  return plan
}

describe('use of the numbering plan', () => {
  const { ranges, elsewhere } = rangeUse(planOf(SMALL))
  const of = (key: string) => ranges.find(u => u.range.key === key)!

  test('NUM-03 every range says how many numbers it has, who has them and what is free', () => {
    assert.deepEqual(
      ranges.map(u => [u.range.key, u.size, u.taken.map(t => t.number).join(), u.free]),
      [
        ['200-219', 20, '210', 19],
        ['220-299', 80, '', 80],
        ['400-404', 5, '400,403', 3],
        ['405-409', 5, '', 5],
        ['430-499', 70, '', 70],
        ['500-509', 10, '', 10],
      ],
    )
  })

  test('NUM-03 a reserved window belongs to the range it follows without a gap', () => {
    assert.deepEqual(
      of('200-219').reserve.map(r => r.key),
      ['220-299'],
    )
    assert.deepEqual(of('405-409').reserve, [])
  })

  test('NUM-07 numbers outside every range are told too', () => {
    assert.deepEqual(elsewhere, [{ number: '*43', key: 'service:echo-test' }])
  })

  test('NUM-03 every inside number of the campus is in exactly one place', () => {
    const plan = planOf(readFileSync(new URL('../../../examples/campus/sample.yaml', import.meta.url), 'utf8'))
    const use = rangeUse(plan)
    const told = [...use.elsewhere, ...use.ranges.flatMap(u => u.taken)].map(t => t.number)
    assert.deepEqual(told.sort(byNumber), [...plan.dial.keys()].sort(byNumber))
  })
})

describe('growth', () => {
  test('NUM-03 a range says when it is full at the growth that the plan names', () => {
    const plan = planOf(SMALL)
    const use = rangeUse(plan).ranges[0]!
    const at = forecast(plan, use, Date.UTC(2026, 10, 23))!
    assert.equal(new Date(at.fullAtMs).toISOString().slice(0, 7), '2027-06', '19 free numbers, 3 a month')
    assert.deepEqual(at.growth, { count: 3, every: 'month' })
    assert.equal(forecast(plan, rangeUse(plan).ranges[2]!, 0), null, 'nothing is said of the branch')
  })

  test('NUM-03 growth is read as people write it', () => {
    assert.deepEqual(
      ['3 a month', '10 per year', '1 a week', '2.5/quarter', '4 every day', 'fast', '0 a month', '-1 a month'].map(readGrowth),
      [
        { count: 3, every: 'month' },
        { count: 10, every: 'year' },
        { count: 1, every: 'week' },
        { count: 2.5, every: 'quarter' },
        { count: 4, every: 'day' },
        null,
        null,
        null,
      ],
    )
  })
})

describe('the next free number', () => {
  const numbers = (text: string, question: Parameters<typeof nextFree>[1]): readonly string[] => {
    const found = nextFree(planOf(text), question)
    assert.ok(found.ok, found.ok ? '' : found.error.message)
    return found.value.numbers.map(n => n.number)
  }

  test('NUM-06 numbers are proposed from the ranges of that use and site, lowest first', () => {
    assert.deepEqual(numbers(SMALL, { for: 'people', site: 'branch', count: 5 }), ['401', '402', '404', '405', '406'])
    assert.deepEqual(numbers(SMALL, { for: 'people', site: null, count: 2 }), ['200', '201'])
    assert.deepEqual(numbers(SMALL, { for: 'rooms', site: 'branch', count: 1 }), ['500'], 'a range without a site serves all of them')
  })

  test('NUM-03 a reserved window is opened only on request', () => {
    assert.equal(numbers(SMALL, { for: 'people', site: 'main', count: 30 }).length, 19)
    assert.equal(numbers(SMALL, { for: 'people', site: 'main', count: 30, openReserve: true }).at(-1), '230')
  })

  test('NUM-06 what cannot be proposed is told with what there is', () => {
    const plan = planOf(SMALL)
    const none = nextFree(plan, { for: 'queues', site: null, count: 1 })
    const nowhere = nextFree(plan, { for: 'people', site: 'brnch', count: 1 })
    assert.ok(!none.ok && /for: queues/.test(none.error.message))
    assert.ok(!nowhere.ok && /Did you mean 'branch'/.test(nowhere.error.message))
  })

  test('NUM-04 NUM-09 nothing is proposed that begins like an emergency number or a short code', () => {
    const plan = planOf(SMALL)
    const sharp: CompiledPlan = {
      ...plan,
      emergency: new Set(['40', '112']),
      source: { ...plan.source, numbering: { ...plan.source.numbering, 'short-codes': { '2': 'aida' } } },
    }
    for (const site of ['main', 'branch']) {
      const found = nextFree(sharp, { for: 'people', site, count: 3 })
      assert.ok(found.ok)
      assert.deepEqual(found.value.numbers, [])
      assert.equal(found.value.passedOver[0]!.clash.with, site === 'main' ? 'short-code' : 'emergency')
    }
  })
})

describe('the next block', () => {
  test('NUM-06 a new branch gets a reserved window, and the plan with its lines has every number it had', () => {
    const before = planOf(SMALL)
    const found = nextBlock(before, { for: 'people', site: 'branch', size: 20 })
    assert.ok(found.ok)
    const block = found.value
    assert.deepEqual([block.key, block.window?.key, block.remains], ['430-449', '430-499', ['450-499']])
    const after = planOf(SMALL.replace(/ {4}"430-499".*\n/, block.yaml.map(l => `    ${l}\n`).join('')))
    for (const [number, key] of before.dial) assert.equal(after.dial.get(number), key)
    assert.deepEqual(rangeUse(after).ranges.find(u => u.range.key === '430-449')?.free, 20)
  })

  test('NUM-06 blocks of any size fit, are free and never overlap anything', () => {
    const plan = planOf(SMALL)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.constantFrom('branch', 'main', null), (size, site) => {
        const found = nextBlock(plan, { for: 'people', site, size })
        if (!found.ok) return assert.equal(found.error.code, 'no-room')
        const { first, last, window } = found.value
        assert.equal(Number(last) - Number(first) + 1, size)
        for (const r of plan.ranges)
          if (r !== window) assert.ok(Number(last) < r.first || Number(first) > r.last, `${first}-${last} meets ${r.key}`)
        for (const n of plan.dial.keys()) assert.ok(!(Number(n) >= Number(first) && Number(n) <= Number(last)))
        assert.ok(window === null || (Number(first) >= window.first && Number(last) <= window.last))
      }),
    )
  })

  test('NUM-06 when no window is large enough, numbers that lie in no range are proposed', () => {
    const found = nextBlock(planOf(SMALL), { for: 'people', site: null, size: 100 })
    assert.ok(found.ok)
    assert.equal(found.value.window, null)
    assert.equal(found.value.key, '300-399')
  })
})
