/**
 * Turns spooled recordings into finished ones, one after another, in a worker thread that lives while there is work. Every
 * step can be repeated: a file appears under its name only when it is complete and was read back, the index says so next, and
 * the spool file goes last. Whatever moment the process dies at, the next one does what is left.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RecordingEntry } from '../recording/recording-entry.ts'
import { joinGaps } from '../recording/recording-gaps.ts'
import type { OfficeRecordings } from '../store/office-store-recordings.ts'
import type { FinishJob, FinishReply } from './finish-worker.ts'
import { holdOpusLibrary } from './opus-library.ts'

export interface FinisherPlaces {
  readonly data: string
  readonly recordings: string
  readonly master: () => Buffer
  readonly format: () => 'opus' | 'wav'
}

const MOST_ATTEMPTS = 5
const RETRY_MS = 1000
/** How long the worker is kept for the next recording. */
const LINGER_MS = 5000

export class Finisher {
  private readonly index: OfficeRecordings
  private readonly places: FinisherPlaces
  private readonly onProblem: (problem: unknown) => void
  private worker: Worker | null = null
  private running: Promise<void> | null = null
  private again = false
  private closed = false
  private timer: NodeJS.Timeout | null = null
  private readonly waitingForIdle: (() => void)[] = []

  constructor(index: OfficeRecordings, places: FinisherPlaces, onProblem: (problem: unknown) => void) {
    this.index = index
    this.places = places
    this.onProblem = onProblem
  }

  /** Removes spool files of recordings that are finished: a crash may have come before their removal. */
  sweep(): void {
    const spool = join(this.places.data, 'spool')
    if (!existsSync(spool)) return
    for (const name of readdirSync(spool)) {
      if (!name.endsWith('.tap')) continue
      const state = this.index.raw(name.slice(0, -'.tap'.length))?.state
      if (state === 'ready' || state === 'empty') rmSync(join(spool, name), { force: true })
    }
  }

  /** There may be something to finish. */
  wake(): void {
    if (this.closed) return
    if (this.running) {
      this.again = true
      return
    }
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.running = this.round().finally(() => {
      this.running = null
      if (this.closed) return
      if (this.again) {
        this.again = false
        this.wake()
        return
      }
      for (const resolve of this.waitingForIdle.splice(0)) resolve()
      const retry = this.index.waiting(1).length > 0
      this.timer = setTimeout(() => (retry ? this.wake() : void this.dismiss()), retry ? RETRY_MS : LINGER_MS)
      this.timer.unref()
    })
  }

  /** Nothing is being finished. */
  async idle(): Promise<void> {
    if (this.running) await new Promise<void>(resolve => this.waitingForIdle.push(resolve))
  }

  async close(): Promise<void> {
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
    await this.dismiss()
    await this.running?.catch(() => {})
    for (const resolve of this.waitingForIdle.splice(0)) resolve()
  }

  private async round(): Promise<void> {
    for (const id of this.index.waiting(100)) {
      if (this.closed) return
      const entry = this.index.raw(id)
      if (entry?.state !== 'waiting') continue
      try {
        await this.finish(entry)
      } catch (error) {
        if (this.closed) return
        this.onProblem(error)
        if (this.index.countAttempt(id) >= MOST_ATTEMPTS)
          this.conclude(id, { state: 'failed', problem: `could not be finished: ${(error as Error).message}` })
      }
    }
  }

  private async finish(entry: RecordingEntry): Promise<void> {
    const spoolPath = this.spoolOf(entry)
    const format = this.places.format()
    const file = join(...dayOf(entry.startedAt), `${safe(entry.id)}.${format}`)
    const target = join(this.places.recordings, file)
    if (!existsSync(spoolPath)) {
      // Finished before a crash, spool removed, but not noted? The order of steps excludes it. So it never existed.
      this.conclude(
        entry.id,
        entry.kind === 'voicemail'
          ? { state: 'empty' }
          : { state: 'failed', problem: entry.problem ?? 'the spool file is missing: the media process wrote none' },
      )
      return
    }
    const reply = await this.ask({
      id: entry.id,
      spoolPath,
      target,
      format,
      channels: entry.right === null ? 1 : 2,
      master: this.places.master(),
    })
    switch (reply.is) {
      case 'unfinished':
        return
      case 'failed':
        throw new Error(reply.message)
      case 'empty':
        this.conclude(entry.id, { state: 'empty' })
        break
      case 'done': {
        const { durationMs, sizeBytes, checks, gaps } = reply
        if (durationMs < (entry.onlyIfLongerMs ?? 0)) {
          rmSync(target, { force: true })
          this.conclude(entry.id, {
            state: 'empty',
            durationMs,
            problem: `not kept: rule ${entry.rule} keeps only recordings longer than ${entry.onlyIfLongerMs! / 1000} s`,
          })
          break
        }
        this.conclude(entry.id, { state: 'ready', format, file, encrypted: true, durationMs, sizeBytes, checks, gaps })
      }
    }
    rmSync(spoolPath, { force: true })
  }

  /** What happened in between (a gap logged late) is kept. */
  private conclude(id: string, found: Partial<RecordingEntry>): void {
    const entry = this.index.raw(id)
    if (!entry) return
    this.index.put({ ...entry, ...found, gaps: joinGaps(found.gaps ?? [], entry.gaps) })
  }

  private spoolOf(entry: RecordingEntry): string {
    const named = isAbsolute(entry.spoolPath) ? entry.spoolPath : join(this.places.data, entry.spoolPath)
    // The data folder may have been moved since.
    return existsSync(named) ? named : join(this.places.data, 'spool', basename(entry.spoolPath))
  }

  private async ask(job: FinishJob): Promise<FinishReply> {
    await holdOpusLibrary()
    if (this.closed) return { is: 'unfinished' }
    this.worker ??= new Worker(new URL('finish-worker.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256 } })
    const { worker } = this
    return new Promise((resolve, reject) => {
      const over = (): void => {
        worker.off('message', hear)
        worker.off('error', fail)
        worker.off('exit', gone)
      }
      const hear = (reply: FinishReply): void => {
        over()
        resolve(reply)
      }
      const fail = (error: Error): void => {
        over()
        this.worker = null
        reject(error)
      }
      const gone = (): void => fail(new Error('the finishing thread ended'))
      worker.on('message', hear)
      worker.on('error', fail)
      worker.on('exit', gone)
      worker.postMessage(job)
    })
  }

  private async dismiss(): Promise<void> {
    const { worker } = this
    this.worker = null
    await worker?.terminate()
  }
}

/** Folders by the day in UTC: the same on every machine. */
function dayOf(at: number): [string, string, string] {
  const [year, month, day] = new Date(at).toISOString().slice(0, 10).split('-')
  return [year!, month!, day!]
}

/** An id as a file name. */
function safe(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]/g, '_')
}
