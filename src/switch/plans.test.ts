import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { keepRevision, readPlanFiles } from '../store/plan-files.ts'
import { latestRevision, readParsed, readTexts, revisionFolder } from '../store/plan-revisions.ts'
import { Plans } from './plans.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-plans-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function plan(name: string): { name: string; text: string }[] {
  const text = `plan: 1\noffice: { name: ${name}, country: KZ, timezone: Asia/Almaty }\npeople: { ann: { name: Ann, extension: "201" } }\nnumbering: { ranges: { "200-299": { for: people } } }\n`
  return [{ name: 'plan.yaml', text }]
}

test('OPS-03 a restarted switch loads neither the YAML library nor the schema: nothing it imports at its start does', () => {
  const seen = new Set<string>()
  const outside = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const [, from] of readFileSync(path, 'utf8').matchAll(/^(?:import|export)(?! type)[^;'"]*?from '([^']+)'/gm)) {
      if (from!.startsWith('.')) visit(resolve(dirname(path), from!))
      else if (!from!.startsWith('node:')) outside.add(from!)
    }
  }
  visit(fileURLToPath(new URL('main.ts', import.meta.url)))
  assert.ok(seen.size > 100)
  assert.deepEqual([...outside].sort(), ['libphonenumber-js/max', 'ws'])
})

test('OPS-03 the newest revision decides, older ones are still known, and both are read from what was kept', async () => {
  const plans = join(folder, 'a')
  assert.equal(keepRevision(plans, plan('One'), Date.now()), 1)
  assert.equal(keepRevision(plans, plan('One'), Date.now()), 1, 'the same text is no new revision')
  const running = new Plans(plans, latestRevision(plans))
  assert.equal(keepRevision(plans, plan('Two'), Date.now()), 2)
  assert.equal(running.latest, 1)
  await running.prepare(2)
  assert.equal(running.latest, 1, 'read, and not in force yet')
  assert.equal(running.apply(2).office.name, 'Two')
  assert.equal(running.latest, 2)
  assert.equal(running.of(1).office.name, 'One')
  const restarted = new Plans(plans, latestRevision(plans))
  assert.equal(restarted.of(2).office.name, 'Two')
  assert.equal(restarted.of(1).office.name, 'One')
})

test('OPS-03 what was kept of another text is not believed: the text is read, and kept anew', () => {
  const plans = join(folder, 'b')
  keepRevision(plans, plan('One'), Date.now())
  const file = join(revisionFolder(plans, 1), 'plan.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('One', 'Changed by hand'))
  assert.equal(new Plans(plans, 1).of(1).office.name, 'Changed by hand')
  const texts = readTexts(revisionFolder(plans, 1))!
  assert.equal(readParsed(revisionFolder(plans, 1), texts)?.plan.office.name, 'Changed by hand')
})

test('OPS-03 a plan that includes files from beside its folder is kept inside the folder of its revision', () => {
  const plans = join(folder, 'c')
  const [main] = plan('Branch')
  const files = [
    { name: 'plan.yaml', text: `${main!.text}include: [../shared/trunks.yaml]\n` },
    { name: '../shared/trunks.yaml', text: 'links: { isp: { name: Fibre } }\n' },
  ]
  keepRevision(plans, files, Date.now())
  assert.ok(existsSync(join(revisionFolder(plans, 1), 'shared/trunks.yaml')))
  assert.deepEqual(
    readPlanFiles(revisionFolder(plans, 1)).map(f => f.name),
    ['plan/plan.yaml', 'shared/trunks.yaml'],
  )
  assert.equal(new Plans(plans, 1).of(1).office.name, 'Branch')
})
