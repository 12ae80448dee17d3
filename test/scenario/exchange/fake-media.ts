/** A media process without sound: keeps the sessions it is told, plays end after their time, figures come with the end. */
import type { TimerQueue } from '../../../src/kernel/timer-queue.ts'
import type { MediaCommand, MediaNotice, MediaSession, Play } from '../../../src/media/protocol.ts'

export interface FakeMediaOptions {
  readonly timers: TimerQueue
  readonly nowMs: () => number
  readonly notify: (notice: MediaNotice) => void
  readonly playMs?: number
}

/** What a leg was given to hear that has an end: prompts, tones, files. */
export interface Heard {
  readonly call: string
  readonly leg: string
  readonly words: string
}

interface Kept {
  session: MediaSession
  /** `leg token` of plays that have ended. */
  readonly ended: Set<string>
  /** Of those that sound now. */
  readonly sounding: Set<string>
  /** A new switch has connected: it hears what ended while nobody listened. */
  restated?: boolean
}

/** One hop through the local socket. */
const SOCKET_MS = 1

export class FakeMedia {
  readonly sessions = new Map<string, Kept>()
  readonly heard: Heard[] = []
  /** Broken promises of the switch: sessions raised from the dead, ports in two sessions at once. */
  readonly complaints: string[] = []
  dropped = 0
  made = 0
  readonly digits: { readonly call: string; readonly leg: string; readonly digits: string }[] = []
  /** While false nothing is answered: the process is away. */
  connected = true
  private readonly o: FakeMediaOptions
  private readonly gone = new Set<string>()

  constructor(options: FakeMediaOptions) {
    this.o = options
  }

  take(commands: readonly MediaCommand[]): void {
    for (const c of commands) this.o.timers.set(this.o.nowMs() + SOCKET_MS, () => this.carryOut(c))
  }

  private carryOut(command: MediaCommand): void {
    switch (command.op) {
      case 'put':
        this.put(command.session)
        return
      case 'drop':
        this.drop(command.id)
        return
      case 'only':
        for (const [id, kept] of this.sessions) {
          if (command.ids.includes(id)) kept.restated = true
          else this.drop(id)
        }
        return
      case 'send-dtmf':
        this.digits.push({ call: command.id, leg: command.leg, digits: command.digits })
        return
      case 'figures':
        this.say({ is: 'figures', id: command.id, legs: [], final: false })
    }
  }

  private put(session: MediaSession): void {
    if (this.gone.has(session.id)) this.complaints.push(`${session.id} was put after its drop`)
    const kept = this.sessions.get(session.id) ?? { session, ended: new Set(), sounding: new Set() }
    if (!this.sessions.has(session.id)) {
      this.sessions.set(session.id, kept)
      this.made++
    }
    kept.session = session
    this.checkPorts(session)
    const legs = new Set(session.legs.map(l => l.leg))
    for (const p of session.paths)
      if (!legs.has(p.from) || !legs.has(p.to)) this.complaints.push(`${session.id}: a path of a leg without media`)
    for (const p of session.plays) if (!legs.has(p.leg)) this.complaints.push(`${session.id}: ${p.token} for a leg without media`)
    for (const key of kept.sounding) if (!session.plays.some(p => keyOf(p) === key)) kept.sounding.delete(key)
    if (kept.restated) {
      kept.restated = false
      for (const p of session.plays) if (kept.ended.has(keyOf(p))) this.say({ is: 'played', id: session.id, leg: p.leg, token: p.token })
    }
    this.sound(kept)
  }

  /** Starts what is first in each leg's row. */
  private sound(kept: Kept): void {
    const busy = new Set<string>()
    for (const play of kept.session.plays) {
      const key = keyOf(play)
      if (kept.ended.has(key) || busy.has(play.leg)) continue
      busy.add(play.leg)
      if (kept.sounding.has(key)) continue
      kept.sounding.add(key)
      if (play.source.kind === 'prompts') this.heard.push({ call: kept.session.id, leg: play.leg, words: play.source.names.join(' ') })
      if (play.repeat) continue
      this.o.timers.set(this.o.nowMs() + (this.o.playMs ?? 2000), () => {
        if (!kept.sounding.delete(key) || this.sessions.get(kept.session.id) !== kept) return
        kept.ended.add(key)
        this.say({ is: 'played', id: kept.session.id, leg: play.leg, token: play.token })
        this.sound(kept)
      })
    }
  }

  /** Somebody presses these keys, one after the other. */
  press(id: string, leg: string, keys: string): void {
    ;[...keys].forEach((digit, i) => {
      this.o.timers.set(this.o.nowMs() + 200 * (i + 1), () => this.say({ is: 'dtmf', id, leg, digit, durationMs: 100, by: 'rfc4733' }))
    })
  }

  private drop(id: string): void {
    this.gone.add(id)
    const kept = this.sessions.get(id)
    if (kept) this.dropped++
    this.sessions.delete(id)
    const figures = (kept?.session.legs ?? []).map(l => ({
      leg: l.leg,
      codec: l.codec?.name ?? ('PCMU' as const),
      packetsIn: 50,
      packetsOut: 50,
      bytesIn: 8000,
      lost: 0,
      discarded: 0,
      jitterMs: 1,
      maxJitterMs: 2,
      rttMs: null,
      farLoss: null,
      heardAt: null,
    }))
    this.say({ is: 'figures', id, legs: figures, final: true })
  }

  private checkPorts(session: MediaSession): void {
    const ports = session.legs.map(l => l.local.port)
    if (new Set(ports).size !== ports.length) this.complaints.push(`${session.id}: one port for two legs`)
    for (const [id, other] of this.sessions)
      if (id !== session.id && other.session.legs.some(l => ports.includes(l.local.port)))
        this.complaints.push(`${session.id}: a port of ${id}`)
  }

  say(notice: MediaNotice): void {
    if (this.connected) this.o.timers.set(this.o.nowMs() + SOCKET_MS, () => this.o.notify(notice))
  }
}

function keyOf(p: Play): string {
  return `${p.leg} ${p.token}`
}
