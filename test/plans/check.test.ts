/** CHK-04: what the check proves, says and keeps. The mistakes it finds are in mutants.test.ts, its claims in check-random.test.ts. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { campusPlan } from '../../examples/campus/generate.ts'
import { pairsOf, singleFailures } from '../../src/plan/check/failures.ts'
import { renderCheck } from '../../src/plan/check/render.ts'
import { sarifOf } from '../../src/plan/check/sarif.ts'
import { Year } from '../../src/plan/check/year.ts'
import { Checker, check, replayWitness, tellWitness } from '../../src/plan/check.ts'
import { compile } from '../../src/plan/compile.ts'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { enter, next } from '../../src/plan/decide.ts'
import type { Origin, Outcome } from '../../src/plan/decision.ts'
import { loadPlan } from '../../src/plan/load.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import { suppose } from '../../src/plan/suppose.ts'
import { CASES } from './cases.ts'

const NOVEMBER = Date.UTC(2026, 10, 23)
const textOf = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const small = textOf('valid/small-office.yaml')

function compiled(text: string): CompiledPlan {
  const { plan, problems } = compile(parsePlan([{ name: 'plan.yaml', text }]), 1)
  assert.ok(plan, problems.map(p => p.message).join('\n'))
  return plan
}

function originOf(from: string): Origin {
  const slash = from.indexOf('/')
  if (slash < 0) return { kind: 'device', account: from }
  const number = from.slice(slash + 1)
  return { kind: 'trunk', trunk: from.slice(0, slash), number: number === '' ? null : number }
}

const codes = (text: string, fromMs = NOVEMBER): string[] => check(compiled(text), { fromMs }).findings.map(f => f.code)

test('CHK-04 a plan is proven over a year, with a bound on every call and a count of situations', () => {
  const report = check(compiled(small), { fromMs: NOVEMBER })
  assert.equal(report.untilMs, Date.parse('2027-11-23T00:00:00Z'))
  assert.equal(report.entries, 11)
  assert.ok(report.situations > 500, String(report.situations))
  // People may forward to their mobiles, which may ring on to the limit of all ringing.
  assert.equal(report.endsWithinMs, 90_000)
  const fixed = check(compiled(small.replace('people:\n', 'defaults: { may-forward: no }\npeople:\n')), { fromMs: NOVEMBER })
  // The desk for 25 s, then on-call for 20 s.
  assert.equal(fixed.endsWithinMs, 50_000)
  assert.equal(report.withReturnsMs, null)
})

test('IN-07 the bound is the longest ringing where fallbacks go on and on', () => {
  const round = small
    .replace('on-busy: ann }', 'on-busy: ann, on-no-answer: ann }')
    .replace('people:\n', 'defaults: { ring-for: 60s, on-no-answer: on-call, on-busy: on-call }\npeople:\n')
  assert.equal(check(compiled(round), { fromMs: NOVEMBER }).endsWithinMs, 90_000)
})

test('CHK-04 a witness is a call with clock times that plays again step by step', () => {
  const loop = compiled(
    small
      .replace('on-waited: { after: 20s, to: on-call }', 'on-waited: { after: 20s, to: desk }')
      .replace('on-no-answer: night, on-busy: night', 'on-no-answer: help, on-busy: help'),
  )
  const finding = check(loop, { fromMs: NOVEMBER }).findings.find(f => f.code === 'loop')
  assert.ok(finding?.witness)
  const steps = replayWitness(loop, JSON.parse(JSON.stringify(finding.witness)))
  assert.ok(steps.at(-1)!.reasons.some(r => r.code === 'loop'))
  assert.deepEqual(
    [...steps].map(s => s.atMs),
    [...steps].map(s => s.atMs).sort((a, b) => a - b),
  )
  const told = tellWitness(loop, finding.witness).join('\n')
  assert.match(told, /^2026-11-2\d\n\d\d:\d\d:\d\d {2}/)
  assert.match(told, /would be a loop/)
})

test('SCH-01 a flaw of one public holiday is found, and its call is made on that day', () => {
  const text = small
    .replace('rotas:\n', '  special: { mon: closed, except: { 2027-07-06: "20:00-21:00" } }\nrotas:\n')
    .replace('{ to: voicemail office } ]', '{ to: eve } ]')
    .replace('routes:\n', 'routes:\n  eve: { during: special, to: "+77272500000", otherwise: voicemail office }\n')
  const plan = compiled(text)
  const loops = check(plan, { fromMs: NOVEMBER }).findings.filter(f => f.code === 'loop')
  assert.ok(loops.length > 0)
  for (const loop of loops) assert.match(replayWitness(plan, loop.witness!).at(-1)!.clock, /^2027-07-06 20:/)
})

test('SCH-01 the year is cut where clocks are put forward', () => {
  const plan = compiled(textOf('valid/branches.yaml'))
  const year = new Year(plan, Date.UTC(2026, 2, 1))
  const sunday = Date.parse('2026-03-29T03:30:00+02:00')
  assert.equal(year.state('hours:small-hours', sunday), 'open')
  assert.equal(year.state('hours:small-hours', Date.parse('2026-03-29T01:59:00+01:00')), 'closed')
  for (const moment of year.classes(['hours:office', 'hours:branch']))
    for (const [key, state] of moment.states) for (const span of moment.spans) assert.equal(year.state(key, span.fromMs), state)
})

test('SCH-02 hours of a rota without anybody are told ahead of time', () => {
  assert.deepEqual(
    codes(small, Date.UTC(2026, 9, 1)).filter(c => c.startsWith('rota')),
    ['rota-gap'],
  )
  assert.deepEqual(
    codes(small).filter(c => c.startsWith('rota')),
    [],
  )
})

test('NUM-09 every site’s telephones reach the emergency services whatever single thing fails', () => {
  const plan = compiled(textOf('../../examples/clinic/plan.yaml'))
  const failures = singleFailures(plan)
  for (const name of ['trunk telecom-a', 'link isp-b', 'provider kaztel', 'site main'])
    assert.ok(
      failures.some(f => f.name === name),
      name,
    )
  assert.ok(pairsOf(failures).length > failures.length / 2)
  assert.ok(check(plan, { fromMs: NOVEMBER, pairs: true }).findings.every(f => !f.code.startsWith('emergency')))
})

test('CHK-04 after an edit only what it can have changed is looked at again, with the same result', () => {
  const text = campusPlan({ extensions: 200, queues: 10, lines: 40 })
  const checker = new Checker({ fromMs: NOVEMBER })
  const whole = checker.check(compiled(text))
  const person = /^ {2}(\S+): \{ name: [^,]+, extension: "20007"/m.exec(text)![1]!
  for (const edited of [
    text.replace('ring-for: 30s', 'ring-for: 31s'),
    text.replace(/extension: "20007", /, `extension: "20007", on-busy: ${person}, `),
    `# a line more\n${text}`,
    text.replace(/ {2}"\+77172700030": .*\n/, ''),
    text.replace('laboratories: { mon-fri: "08:30', 'laboratories: { mon-fri: "08:15'),
  ]) {
    const plan = compiled(edited)
    const again = checker.check(plan)
    const fresh = check(plan, { fromMs: NOVEMBER })
    assert.deepEqual(
      again.findings.map(f => [f.code, f.place.path, f.place.line, f.message]),
      fresh.findings.map(f => [f.code, f.place.path, f.place.line, f.message]),
    )
    assert.equal(again.endsWithinMs, fresh.endsWithinMs)
    assert.equal(again.entries, fresh.entries)
    assert.ok(again.steps <= whole.steps)
  }
})

test('CHK-04 the terminal tells lines, remedy, the call and what was proven', () => {
  const files = [{ name: 'plan.yaml', text: small.replace('{ to: voicemail office }', '{ to: desk }') }]
  const { plan, problems, report, compiled: read } = loadPlan(files, 1, { fromMs: NOVEMBER })
  assert.equal(plan, null)
  const text = renderCheck(problems, files, read, report)
  assert.match(text, /^error loop {2}plan\.yaml:\d+:\d+ {2}routes\.night\.steps\.1\n/m)
  assert.match(text, /A call that shows it:\n {4}202\d-\d\d-\d\d\n/)
  assert.match(text, /[\d,]+ situations proven, from 2026-11-23 to 2027-11-23\./)
  assert.match(text, /within \d+ s of ringing and waiting/)
  assert.match(text, /The plan cannot be applied\.$/)
})

test('CHK-04 SARIF: version, rules, results with places and the call as a code flow', () => {
  const files = [{ name: 'plan.yaml', text: small.replace('{ to: voicemail office }', '{ to: desk }') }]
  const { problems, report, compiled: read } = loadPlan(files, 1, { fromMs: NOVEMBER })
  const log = JSON.parse(JSON.stringify(sarifOf(problems, read, report, '1.0.0')))
  assert.equal(log.version, '2.1.0')
  const [run] = log.runs
  assert.equal(run.tool.driver.name, 'switchroom check')
  assert.equal(run.results.length, problems.length)
  for (const result of run.results) {
    assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId)
    assert.ok(['error', 'warning'].includes(result.level))
    assert.ok(result.message.text.length > 0)
    const { region, artifactLocation } = result.locations[0].physicalLocation
    assert.equal(artifactLocation.uri, 'plan.yaml')
    assert.ok(region.startLine >= 1 && region.startColumn >= 1)
  }
  assert.ok(
    run.results.some(
      (r: { codeFlows?: { threadFlows: { locations: unknown[] }[] }[] }) => (r.codeFlows?.[0]?.threadFlows[0]?.locations.length ?? 0) > 2,
    ),
  )
})

const plans = new Map<string, { readonly plan: CompiledPlan; readonly checker: Checker; readonly endsWithinMs: number }>()
function checked(name: string) {
  let known = plans.get(name)
  if (known === undefined) {
    const plan = compiled(textOf(name === 'clinic' ? '../../examples/clinic/plan.yaml' : `valid/${name}.yaml`))
    const checker = new Checker()
    plans.set(name, (known = { plan, checker, endsWithinMs: checker.check(plan).endsWithinMs }))
  }
  return known
}

test('CHK-04 the way of every call of the case table is among those that were explored', () => {
  let compared = 0
  for (const c of CASES) {
    const { plan, checker } = checked(c.plan)
    const world = suppose(plan, c.suppose ?? [])
    assert.ok(world.ok)
    const origin = originOf(c.from)
    let nowMs = Date.parse(c.at)
    let step = enter(plan, world.value.facts(nowMs), origin, c.to)
    for (let i = 1; i < c.ways.length; i += 2) {
      const [was, more] = c.ways[i]!.split(' ')
      nowMs += was === 'no-answer' && 'forMs' in step.action ? step.action.forMs : 1_000
      const outcome = { was, ...(was === 'keys' ? { keys: more } : was === 'failed' ? { status: Number(more) } : {}) } as Outcome
      step = next(plan, world.value.facts(nowMs), step.position, outcome)
    }
    const passed = (JSON.parse(step.position.at) as { readonly v: readonly string[] }).v
    if (passed.length === 0) continue
    const [first] = passed
    const explored = first!.startsWith('line:') && origin.kind === 'trunk' ? checker.placesOf(first!.slice(5)) : checker.placesOf(c.to)
    // Calls to our own lines from inside, and users' forwards to one certain number, have no entry of their own.
    if (explored === null || c.title.includes('forward') || (c.suppose ?? []).some(s => s.includes('forwards'))) continue
    const dialled = passed.findIndex((_, i) => c.ways[2 * i + 1]?.startsWith('keys ') && c.ways[2 * i + 1]!.length > 6)
    if (dialled >= 0) continue
    for (const key of passed) assert.ok(explored.has(key), `${c.plan}: ${c.title}: ${key}`)
    compared++
  }
  assert.ok(compared > 60, String(compared))
})
