import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { planOrRefusal } from '../plan/plan-or-refusal.ts'
import { type RouteQuestion, tellRoute } from '../plan/story.ts'
import { routeTree, treeText } from '../plan/tree.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { latestRevision, revisionFolder } from '../store/plan-revisions.ts'
import { dataFolder } from './options.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom route --from A --to B [--at TIME] [--suppose "221 busy"]… [--tree] [--plan FILE | --data DIR] [--json]

  --from     an extension or person of the office, an outside number, or 'anonymous'
  --to       as dialled
  --at       2026-12-31T18:30, in the office's time zone (default: now)
  --suppose  what the world is like: "221 busy", "202 no answer", "telecom-a down"; may be given several times
             in menus "presses 1", queues "queue support full", outages "link isp-a down", "site main cut off",
             people "aida forwards to 87011112233", "erlan do-not-disturb", "hours office closed", "nobody confirms"
  --tree     every way the call can go, and what comes of each
  --language en, ru or kk`

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      at: { type: 'string' },
      suppose: { type: 'string', multiple: true },
      plan: { type: 'string' },
      data: { type: 'string' },
      language: { type: 'string' },
      tree: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  if (!values.from || !values.to)
    throw new UsageError('a call goes from somebody to somebody', 'give --from and --to; see switchroom route --help')
  const plan = planOrRefusal(readPlanFiles(planPath(values.plan, values.data)), 0).plan
  const language = values.language
  if (language !== undefined && language !== 'en' && language !== 'ru' && language !== 'kk')
    throw new UsageError(`--language ${language}: not spoken here`, 'en, ru or kk')
  const question: RouteQuestion = {
    from: values.from,
    to: values.to,
    at: values.at === undefined ? Date.now() : timeIn(values.at, plan.office.timezone),
    suppose: (values.suppose ?? []).flatMap(s => s.split(',').map(x => x.trim())),
    ...(language === undefined ? {} : { language }),
  }
  if (values.tree) {
    const tree = routeTree(plan, question)
    if (!tree.ok) throw new UsageError(tree.error.message, 'see switchroom route --help')
    console.log(values.json ? JSON.stringify(tree.value, null, 2) : treeText(tree.value, language ?? 'en'))
    return 0
  }
  const told = tellRoute(plan, question)
  if (!told.ok) throw new UsageError(told.error.message, 'see switchroom route --help')
  console.log(values.json ? JSON.stringify(told.value, null, 2) : told.value.text)
  return 0
}

/** The plan given, else the one that the exchange on the data folder runs. */
function planPath(plan: string | undefined, data: string | undefined): string {
  if (plan !== undefined) {
    if (!existsSync(resolve(plan))) throw new UsageError(`there is no plan at ${plan}`, 'give a YAML file or a folder of them')
    return resolve(plan)
  }
  const plans = dataPaths(dataFolder(data)).plans
  const latest = latestRevision(plans)
  if (latest === 0) throw new UsageError('which plan?', 'give --plan FILE, or the --data DIR of an exchange that has one')
  return revisionFolder(plans, latest)
}

function timeIn(text: string, timezone: string): number {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds
  } catch {
    throw new UsageError(`--at ${text}: not a date and time`, 'write it like 2026-12-31T18:30')
  }
}
