/**
 * Before the first start, and whenever the plan changed: certificate, secrets, the check of the plan, its revision, and what to
 * tell the newcomer. `node prepare.ts DATA STAMP example|own`; exit code 2 when the plan cannot be applied.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { appliedPlan } from '../plan/applied-plan.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { planOrRefusal } from '../plan/plan-or-refusal.ts'
import { PlanRefused } from '../plan/plan-refused.ts'
import { dataPaths, readConfig } from '../store/exchange-config.ts'
import { keepRevision, noteTaken, readPlanFiles, sameTexts, underOneRoof, wasTaken } from '../store/plan-files.ts'
import { latestRevision, revisionFolder } from '../store/plan-revisions.ts'
import { Secrets } from '../store/secrets.ts'
import { ensureCertificate } from '../store/self-signed.ts'

const [data = '', stamp = '', kind = 'own'] = process.argv.slice(2)
const config = readConfig(data)
const paths = dataPaths(data)
mkdirSync(paths.plans, { recursive: true })

const latest = latestRevision(paths.plans)
const inFile = readPlanFiles(config.planPath)
// The file may be older than the plan in force, which was changed since through the exchange itself: only a changed file is taken.
const inForce = latest > 0 ? readPlanFiles(revisionFolder(paths.plans, latest)) : []
const taken = latest > 0 && (wasTaken(paths.plans, inFile) || sameTexts(underOneRoof(inFile), inForce))
let plan: CompiledPlan
try {
  const loaded = taken ? { plan: appliedPlan(inForce, latest), problems: [] } : planOrRefusal(inFile, latest + 1)
  plan = loaded.plan
  for (const p of loaded.problems) console.error(`${p.place.file}:${p.place.line}: ${p.message} ${p.remedy}`)
} catch (error) {
  if (!(error instanceof PlanRefused)) throw error
  console.error(error.message)
  console.error(`The plan ${config.planPath} cannot be applied; nothing was changed.`)
  process.exit(2)
}
const revision = keepRevision(paths.plans, taken ? inForce : inFile, Date.now())
noteTaken(paths.plans, inFile)
const secrets = new Secrets(paths.secrets)
// Telephones get a password made here; a provider's password only its contract can tell.
secrets.provide([...plan.accounts.values()].map(a => a.secret))
const missing = [...plan.trunks.values()].flatMap(t =>
  t.login && secrets.get(t.login.secret) === undefined ? [`secret:${t.login.secret} of trunk ${t.id}`] : [],
)
if (missing.length > 0 && kind === 'own')
  console.error(`Not yet known: ${missing.join(', ')}. Write them into ${paths.secrets}; until then these trunks do not register.`)
if (!existsSync(config.tlsCert)) await ensureCertificate(dirname(config.tlsCert), ['localhost', '127.0.0.1', config.advertise])
writeFileSync(join(paths.run, 'banner.txt'), banner(plan, revision), { mode: 0o600 })
writeFileSync(join(paths.run, 'prepared'), stamp)

function banner(plan: CompiledPlan, revision: number): string {
  const lines = [`  Office                   ${plan.office.name}, plan revision ${revision} (${config.planPath})`]
  const accounts = [...plan.accounts.values()]
  if (accounts.length > 0) {
    lines.push('', '  Telephones               user          password      whose')
    for (const a of accounts.slice(0, 8))
      lines.push(
        `                           ${a.username.padEnd(14)}${(secrets.get(a.secret) ?? '').padEnd(14)}${a.displayName} (${a.extension})`,
      )
    if (accounts.length > 8) lines.push(`                           and ${accounts.length - 8} more: ${paths.secrets}`)
  }
  const echo = dialFor(plan, key => key.startsWith('service:') && serviceDoes(plan, key) === 'echo')
  const main = [...plan.lines.values()][0]
  lines.push('', '  Dial first')
  if (echo) lines.push(`    ${echo.padEnd(20)} an echo test: you hear yourself`)
  const colleague = accounts[1]
  if (colleague) lines.push(`    ${colleague.extension.padEnd(20)} ${colleague.displayName}`)
  if (main) lines.push(`    ${main.number.padEnd(20)} the main number, as the outside world dials it`)
  lines.push('', '  No telephone at hand? Sign in to the console and open Phone: it is a telephone.')
  return lines.join('\n') + '\n'
}

function dialFor(plan: CompiledPlan, wanted: (key: string) => boolean): string | undefined {
  for (const [number, key] of plan.dial) if (wanted(key)) return number
  return undefined
}

function serviceDoes(plan: CompiledPlan, key: string): string | null {
  const node = plan.nodes.get(key)
  return node?.kind === 'service' ? node.does : null
}
