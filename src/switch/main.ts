/** The switch process: `node src/switch/main.ts --data DIR`. SIGINT says BYE to everybody; SIGTERM leaves calls up for the next switch. */
import { existsSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { releaseMemory } from '../net/release-memory.ts'
import { PlanRefused } from '../plan/plan-refused.ts'
import { dataPaths, readConfig } from '../store/exchange-config.ts'
import { latestRevision } from '../store/plan-revisions.ts'
import { startExchange } from './exchange.ts'
import { Plans } from './plans.ts'

const { values } = parseArgs({ options: { data: { type: 'string' } } })
if (values.data === undefined || !existsSync(values.data)) {
  console.error('switch: --data DIR is missing; it is started by `switchroom up`')
  process.exit(2)
}
const config = readConfig(values.data)
const paths = dataPaths(values.data)

function say(what: string, detail: unknown): void {
  const reason = detail instanceof Error ? (detail.stack ?? detail.message) : detail === null ? '' : JSON.stringify(detail)
  console.error(`${new Date().toISOString()} ${what}${reason === '' ? '' : `: ${reason}`}`)
}

let plans: Plans
try {
  plans = new Plans(paths.plans, latestRevision(paths.plans))
} catch (error) {
  if (!(error instanceof PlanRefused)) throw error
  writeFileSync(paths.planProblems, error.message)
  console.error(error.message)
  process.exit(2)
}

const exchange = await startExchange(config, plans, say).catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE' || error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    writeFileSync(
      paths.planProblems,
      `The switch cannot listen (${error.message}).\nAnother program may use that port; choose another with --sip, --ws-port, --sips-port or --wss-port.\n`,
    )
    say('cannot listen', error)
    process.exit(2)
  }
  throw error
})
// A bug in one message must not end every call: it is logged, and the message is lost as if the network had lost it.
process.on('uncaughtException', error => say('a bug', error))

say(`switch ready, plan revision ${plans.latest}`, null)
// Once the first registrations have been answered; not while somebody talks.
setTimeout(() => exchange.status().calls === 0 && releaseMemory(), 1500).unref()

process.once('SIGINT', () => {
  exchange
    .endCalls()
    .then(() => exchange.close())
    .finally(() => process.exit(0))
})
process.once('SIGTERM', () => {
  exchange.close().finally(() => process.exit(0))
})
