/** What `switchroom up` takes from its plan file, and what it leaves alone. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dataPaths, type ExchangeConfig, writeConfig } from '../store/exchange-config.ts'
import { keepRevision } from '../store/plan-files.ts'
import { latestRevision, revisionFolder } from '../store/plan-revisions.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-prepare-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data')
const planPath = join(folder, 'office.yaml')
const { plans } = dataPaths(data)

function plan(name: string, more = ''): string {
  return `plan: 1\noffice: { name: ${name}, country: KZ, timezone: Asia/Almaty }\nnumbering: { ranges: { "200-299": { for: people } } }\npeople: { ann: { name: Ann, extension: "201" } }\n${more}`
}

/** Its exit code. */
function prepare(): number | null {
  // A certificate is there already: making one is another matter.
  writeConfig({ v: 1, planPath, data, advertise: '127.0.0.1', tlsCert: planPath } as ExchangeConfig)
  const script = fileURLToPath(new URL('prepare.ts', import.meta.url))
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', script, data, 'stamp', 'own'], { encoding: 'utf8' }).status
}

const inForce = (): string => readFileSync(join(revisionFolder(plans, latestRevision(plans)), 'office.yaml'), 'utf8')

test('OPS-03 the first start takes the plan file; a file that was not changed never takes back what was changed through the exchange', () => {
  writeFileSync(planPath, plan('From The File'))
  assert.equal(prepare(), 0)
  assert.equal(latestRevision(plans), 1)
  keepRevision(plans, [{ name: 'office.yaml', text: plan('Through The Console') }], Date.now())
  assert.equal(prepare(), 0)
  assert.equal(latestRevision(plans), 2)
  assert.match(inForce(), /Through The Console/)
})

test('OPS-03 a changed file becomes a revision when it passes; one with an error changes nothing', () => {
  writeFileSync(planPath, plan('From The File Again', 'lines: { "+77272500000": { to: nobody } }\n'))
  assert.equal(prepare(), 2)
  assert.equal(latestRevision(plans), 2)
  writeFileSync(planPath, plan('From The File Again'))
  assert.equal(prepare(), 0)
  assert.equal(latestRevision(plans), 3)
  assert.match(inForce(), /From The File Again/)
})
