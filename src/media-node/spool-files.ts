/**
 * Recordings on disk: one append-only file each, written in batches outside the packets' path. A file that exists already is one whose process died:
 * its torn end is cut, the gap is marked, and it goes on.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LegTap } from '../media/media-leg.ts'
import type { MediaNotice, MediaSession, RecordingTap } from '../media/protocol.ts'
import { soundPart } from '../media/spool-reader.ts'
import { SpoolWriter, tapsOf } from '../media/spool-writer.ts'

const BATCH_MS = 250
/** With many recordings the batches grow rather than their number. */
const MAX_BATCH_MS = 1000

interface Recording {
  readonly tap: RecordingTap
  readonly session: string
  readonly writer: SpoolWriter
  taps: ReadonlyMap<string, readonly LegTap[]>
  key: string
  file: FileHandle | null
  /** Settles when all that was asked of the file is done. */
  work: Promise<void>
  writing: boolean
  failed: boolean
  ending: boolean
  told: number
}

export class SpoolFiles {
  private readonly notify: (notice: MediaNotice) => void
  private readonly recordings = new Map<string, Recording>()
  private readonly bySession = new Map<string, Set<string>>()
  private readonly spare: Uint8Array[] = []
  private timer: NodeJS.Timeout | null = null

  constructor(notify: (notice: MediaNotice) => void) {
    this.notify = notify
  }

  update(session: MediaSession): ReadonlyMap<string, readonly LegTap[]> {
    const mine = this.bySession.get(session.id)
    if (session.recordings.length === 0 && mine === undefined) return none
    const wanted = new Set(session.recordings.map(r => r.id))
    for (const id of mine ?? []) if (!wanted.has(id)) this.end(id)
    const out = new Map<string, LegTap[]>()
    for (const tap of session.recordings) {
      const recording = this.recordings.get(tap.id) ?? this.begin(session.id, tap)
      const key = tap.left.join() + '|' + tap.right.join()
      if (recording.key !== key) {
        recording.key = key
        recording.taps = tapsOf(recording.writer, tap)
      }
      recording.writer.pause(tap.paused, Date.now())
      for (const [leg, taps] of recording.taps) out.set(leg, [...(out.get(leg) ?? []), ...taps])
    }
    return out
  }

  close(session: string): void {
    for (const id of this.bySession.get(session) ?? []) this.end(id)
  }

  /** All that is in memory goes to the disk; for an orderly end of the process. */
  async flush(): Promise<void> {
    for (const r of this.recordings.values()) this.write(r)
    await Promise.allSettled([...this.recordings.values()].map(r => r.work))
  }

  private begin(session: string, tap: RecordingTap): Recording {
    const writer = new SpoolWriter(this.spare)
    const recording: Recording = {
      tap,
      session,
      writer,
      taps: none,
      key: '',
      file: null,
      work: Promise.resolve(),
      writing: false,
      failed: false,
      ending: false,
      told: 0,
    }
    this.recordings.set(tap.id, recording)
    const set = this.bySession.get(session) ?? new Set<string>()
    set.add(tap.id)
    this.bySession.set(session, set)
    recording.work = this.open(recording).catch((error: unknown) => this.fail(recording, error))
    this.timer ??= setTimeout(() => this.batch(), BATCH_MS)
    return recording
  }

  private async open(r: Recording): Promise<void> {
    const { path } = r.tap
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    const { size } = await file.stat()
    const at = Date.now()
    let keep = 0
    let lastAt = 0
    if (size > 0) {
      const bytes = await file.readFile()
      const sound = soundPart(bytes)
      keep = sound.length
      lastAt = sound.lastAt
      if (keep < size) await file.truncate(keep)
    }
    if (keep > 0) {
      await file.close()
      r.file = await open(path, 'a', 0o600)
      const mark = new SpoolWriter([])
      mark.gap('the media process was started anew', at)
      await r.file.appendFile(mark.take()!)
      this.tell(r, 'gap', 'the media process was started anew', lastAt === 0 ? 0 : Math.max(0, Math.round(at - lastAt)))
    } else {
      const head = new SpoolWriter([])
      head.begin({ recording: r.tap.id, session: r.session, startedAt: at })
      await file.write(head.take()!, 0, null, 0)
      await file.close()
      r.file = await open(path, 'a', 0o600)
      this.tell(r, 'started')
    }
  }

  private end(id: string): void {
    const r = this.recordings.get(id)
    if (r === undefined || r.ending) return
    r.ending = true
    this.recordings.delete(id)
    const set = this.bySession.get(r.session)
    set?.delete(id)
    if (set?.size === 0) this.bySession.delete(r.session)
    r.writer.end(Date.now())
    r.work = r.work.then(async () => {
      if (r.failed || r.file === null) return
      try {
        await this.drain(r)
        await r.file.datasync()
        await r.file.close()
        this.tell(r, 'stopped')
      } catch (error) {
        this.fail(r, error)
      }
    })
  }

  private batch(): void {
    for (const r of this.recordings.values()) this.write(r)
    const { size } = this.recordings
    this.timer = size === 0 ? null : setTimeout(() => this.batch(), Math.min(MAX_BATCH_MS, BATCH_MS + 2 * size))
  }

  private write(r: Recording): void {
    if (r.writing || r.failed || r.file === null || !r.writer.dirty) return
    r.writing = true
    r.work = r.work
      .then(() => this.drain(r))
      .catch((error: unknown) => this.fail(r, error))
      .finally(() => {
        r.writing = false
      })
  }

  private async drain(r: Recording): Promise<void> {
    for (;;) {
      const batch = r.writer.take()
      if (batch === null) break
      await writeAll(r.file!, batch)
      r.writer.done(batch)
    }
    if (r.writer.lost > r.told) {
      this.tell(r, 'gap', `${r.writer.lost - r.told} packets were lost because the disk does not keep up`)
      r.told = r.writer.lost
    }
  }

  private fail(r: Recording, error: unknown): void {
    if (r.failed) return
    r.failed = true
    r.writer.stop()
    r.file?.close().catch(() => {})
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    this.tell(r, 'failed', `the spool cannot be written (${code}); check disk space and rights of the spool folder`)
  }

  private tell(r: Recording, state: 'started' | 'gap' | 'stopped' | 'failed', detail?: string, forMs?: number): void {
    const notice = { is: 'recording', id: r.session, recording: r.tap.id, state, at: Date.now() } as const
    this.notify({ ...notice, ...(detail === undefined ? {} : { detail }), ...(forMs === undefined ? {} : { forMs }) })
  }
}

const none: ReadonlyMap<string, readonly LegTap[]> = new Map()

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, null)
    if (bytesWritten === 0) throw new Error('nothing could be written')
    at += bytesWritten
  }
}
