/** The office process put together: stores, readers of the log, the switch's ear, finishing of recordings, the HTTP server. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { type DestinationStream, pino } from 'pino'
import type { Governance, PostCheck } from '../operations/plan-change.ts'
import { missingSound } from '../operations/prompts-state.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { LogSource } from '../store/log-reader.ts'
import { OfficeStore } from '../store/office-store.ts'
import { latestRevision, revisionsKept } from '../store/plan-revisions.ts'
import { keepCheckpointing } from './checkpoints.ts'
import { Finisher } from './finisher.ts'
import { ensureAdministrator, FIRST_USER, type FirstAdministrator, forgetFirstPassword } from './first-administrator.ts'
import { buildServer } from './http-server.ts'
import { LiveFeed } from './live-feed.ts'
import { LocalDoor } from './local-door.ts'
import { LogFollower } from './log-follower.ts'
import { Mailboxes } from './mailboxes.ts'
import { masterKey } from './master-key.ts'
import { accessPlan, type OfficePlan } from './office-plan.ts'
import type { OfficeOptions } from './options.ts'
import { PlanDesk } from './plan-desk.ts'
import { PlanSource } from './plan-source.ts'
import { PromptDesk } from './prompts/prompt-desk.ts'
import type { Voice } from './prompts/voice.ts'
import { recordingFiles } from './recording-files.ts'
import { Sessions } from './sessions.ts'
import { SwitchLink } from './switch-link.ts'

export interface RunningOffice {
  readonly app: FastifyInstance
  readonly url: string
  /** Set when this start made the first user. */
  readonly first: FirstAdministrator | null
  /** Everything in the log so far has been read and what waited has been finished. For tests and orderly ends. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface OfficeSurroundings {
  readonly version: string
  /** Instead of compiling the one in the options. */
  readonly plan?: OfficePlan
  /** Instead of the one that the machine has. */
  readonly voice?: () => Voice | null
  /** Instead of standard output. */
  readonly logTo?: DestinationStream
}

/** How numbers are kept out of the log: nothing that holds one is logged, and these paths are blanked should it happen. */
const REDACTED = ['*.number', '*.from', '*.to', '*.password', '*.cookie', '*.dialled', 'err.validationContext', '*.headers']

/** How long a check after a change waits for words to be spoken. */
const SPOKEN_WITHIN_MS = 20_000

export async function startOffice(
  options: OfficeOptions,
  { version, plan: givenPlan, voice, logTo }: OfficeSurroundings,
): Promise<RunningOffice> {
  const paths = dataPaths(options.data)
  for (const folder of [options.data, paths.recordings, paths.run]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const logOptions = { level: options.logLevel, base: null, redact: { paths: REDACTED, censor: '…' } }
  const logger = logTo ? pino(logOptions, logTo) : pino(logOptions)
  const problem = (err: unknown): void => logger.error({ err }, 'office')
  const prompts = new PromptDesk({ folder: paths.prompts, statePath: paths.promptsState, problem, ...(voice ? { voice } : {}) })
  const follow = (now: OfficePlan): void => void prompts.follow(now)
  const plans = givenPlan ? null : new PlanSource(options.plan, paths.plans, join(paths.run, 'office-plan.json'), problem, follow)
  if (givenPlan) follow(givenPlan)
  const plan = (): OfficePlan => givenPlan ?? plans!.current
  const access = () => accessPlan(plan())

  const store = new OfficeStore(paths.officeDb)
  const log = new LogSource(paths.switchDb)
  const master = keepOnce(() => masterKey(join(options.data, 'secrets', 'recordings.key')))
  const feed = new LiveFeed(() => store.calls.live())
  const finisher = new Finisher(
    store.recordings,
    { data: options.data, recordings: paths.recordings, master, format: () => plan().recordingFormat },
    problem,
  )
  const follower = new LogFollower(log, store, {
    onCalls: changed => feed.callsChanged(changed),
    onRecordingWaits: () => {
      finisher.wake()
      mailboxes.mayHaveChanged()
    },
    onProblem: problem,
  })
  const switchLink = new SwitchLink(
    paths.switchSocket,
    () => follower.nudge(),
    here => {
      feed.presence(here)
      if (here) mailboxes.tellAnew()
    },
  )
  const mailboxes: Mailboxes = new Mailboxes(store.recordings, () => switchLink)
  const sessions = new Sessions(store)
  const governance = (): Governance => ({
    revision: latestRevision(paths.plans),
    approvers: plan().approvers,
    configurers: [
      ...new Set([
        ...plan().administrators,
        ...store.users.list().flatMap(user => (user.administrator && !user.disabled && user.person !== null ? [user.person] : [])),
      ]),
    ],
  })
  const desk = new PlanDesk({
    store,
    plans: paths.plans,
    secrets: paths.secrets,
    switchLink,
    governance,
    planChanged: () => plans?.reread() ?? Promise.resolve(),
    sound: () => soundCheck(prompts),
    problem,
  })
  const door = new LocalDoor(store, plan)
  const app = await buildServer({
    store,
    log,
    position: () => follower.position,
    switchLink,
    sessions,
    feed,
    files: recordingFiles(paths.recordings, master),
    plan: access,
    officePlan: plan,
    desk,
    prompts,
    governance,
    revisions: () => revisionsKept(paths.plans),
    door,
    version,
    secure: options.tls !== null,
    tls: options.tls,
    wsPort: options.wsPort,
    wssPort: options.wssPort,
    consolePath: options.consolePath,
    logger,
    messageHeard: () => mailboxes.mayHaveChanged(),
    passwordChanged: user => {
      if (user === FIRST_USER) forgetFirstPassword(paths.firstPassword)
    },
  })
  await plans?.ready
  const first = await ensureAdministrator(store, plan(), paths.firstPassword)
  const url = await app.listen({ host: options.host, port: options.port })
  const closeDoor = await door.open(app, paths.officeSocket)
  desk.start()
  follower.start()
  finisher.sweep()
  finisher.wake()
  const checkpoints = keepCheckpointing(paths.switchDb, problem)

  return {
    app,
    url,
    first,
    async settled() {
      while (follower.position < log.head()) await new Promise(resolve => setTimeout(resolve, 5))
      await finisher.idle()
    },
    async close() {
      plans?.close()
      desk.close()
      prompts.close()
      closeDoor()
      follower.close()
      feed.close()
      mailboxes.close()
      switchLink.close()
      await app.close()
      await finisher.close()
      checkpoints.close()
      log.close()
      store.close()
    },
  }
}

/** A warning, never a reason to go back: callers hear something supplied, or nothing. */
async function soundCheck(prompts: PromptDesk): Promise<PostCheck> {
  await Promise.race([prompts.idle(), sleep(SPOKEN_WITHIN_MS, undefined, { ref: false })])
  const missing = missingSound({ revision: 0, voice: prompts.hasVoice, missing: prompts.missing() })
  return {
    name: 'sound',
    ok: true,
    ...(missing === null ? {} : { warning: true }),
    detail: missing ?? 'all that callers are told can be heard',
  }
}

function keepOnce<T>(make: () => T): () => T {
  let kept: { value: T } | null = null
  return () => {
    kept ??= { value: make() }
    return kept.value
  }
}
