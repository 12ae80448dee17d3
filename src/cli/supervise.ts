/**
 * Keeps one process of the exchange running. The child writes to a log file of its own, not to a pipe of ours, so that it
 * outlives us: a supervisor that was killed is started again and takes over what still runs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface ProcessSpec {
  readonly name: string
  readonly args: readonly string[]
  readonly logFile: string
  readonly pidFile: string
  /** Left running by an earlier supervisor: adopt it (media carries calls) or end it and start anew. */
  readonly adopt: boolean
  readonly env?: Readonly<Record<string, string>>
}

export interface Supervised {
  readonly name: string
  pid(): number | undefined
  /** Ends it for good and waits; `signal` first, SIGKILL after `graceMs`. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>
}

const SHORT_LIFE_MS = 2000
const KEEP_LOG_BYTES = 20 * 1024 * 1024

export function supervise(
  spec: ProcessSpec,
  exited: (name: string, code: number | null, signal: string | null) => 'again' | 'stop',
): Supervised {
  let child: ChildProcess | null = null
  let adopted: number | null = null
  let stopping = false
  let startedAt = 0
  /** Deaths in a row soon after a start. */
  let shortLives = 0

  const start = (): void => {
    startedAt = Date.now()
    mkdirSync(dirname(spec.logFile), { recursive: true })
    if (existsSync(spec.logFile) && statSync(spec.logFile).size > KEEP_LOG_BYTES) renameSync(spec.logFile, spec.logFile + '.1')
    const log = openSync(spec.logFile, 'a', 0o600)
    child = spawn(process.execPath, [...spec.args], { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...spec.env } })
    closeSync(log)
    if (child.pid !== undefined) writeFileSync(spec.pidFile, String(child.pid))
    child.once('exit', (code, signal) => {
      child = null
      gone(code, signal)
    })
    child.once('error', () => {})
  }

  const gone = (code: number | null, signal: string | null): void => {
    rmSync(spec.pidFile, { force: true })
    if (stopping || exited(spec.name, code, signal) === 'stop') return
    // Calls are waiting: it is started at once. Only one that again and again does not live long is given a pause.
    shortLives = Date.now() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 0
    const pauseMs = shortLives <= 3 ? 0 : Math.min(5000, 100 * 2 ** (shortLives - 3))
    if (pauseMs === 0) start()
    else setTimeout(() => !stopping && start(), pauseMs)
  }

  const old = livePid(spec.pidFile, spec.args)
  if (old !== null && spec.adopt) {
    adopted = old
    const watch = setInterval(() => {
      if (alive(old)) return
      clearInterval(watch)
      adopted = null
      gone(null, null)
    }, 200)
  } else {
    if (old !== null) endNow(old)
    start()
  }

  return {
    name: spec.name,
    pid: () => child?.pid ?? adopted ?? undefined,
    async stop(signal, graceMs) {
      stopping = true
      const pid = child?.pid ?? adopted
      if (pid === null || pid === undefined) return
      signalTo(pid, signal)
      const until = Date.now() + graceMs
      while (alive(pid) && Date.now() < until) await new Promise(r => setTimeout(r, 20))
      if (alive(pid)) signalTo(pid, 'SIGKILL')
      rmSync(spec.pidFile, { force: true })
    },
  }
}

/** The process that a pid file names, if it still is that process and not another that got the number since. */
export function livePid(pidFile: string, args: readonly string[]): number | null {
  if (!existsSync(pidFile)) return null
  const pid = Number(readFileSync(pidFile, 'utf8'))
  if (!Number.isInteger(pid) || pid < 2 || !alive(pid)) return null
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return line.includes(args.find(a => a.endsWith('.ts')) ?? '\0') ? pid : null
  } catch {
    return null // no /proc here: better start anew than end a stranger
  }
}

function endNow(pid: number): void {
  signalTo(pid, 'SIGTERM')
  const until = Date.now() + 1000
  while (alive(pid) && Date.now() < until) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  if (alive(pid)) signalTo(pid, 'SIGKILL')
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended meanwhile
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
