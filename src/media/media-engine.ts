/**
 * All sessions of one media process, without sockets, clocks or disk of its own: those are handed in. Commands come in by `command`, packets by the
 * sockets' owners (the legs), time by `tick` every 20 ms; notices go out. One timer serves every session.
 */
import { unreachable } from '../kernel/result.ts'
import type { AudioDecoder, AudioEncoder, CodecFactory } from './audio-codec.ts'
import { InBandDtmf } from './in-band-dtmf.ts'
import type { LegMedia } from './leg-media.ts'
import type { ClipStore } from './leg-plays.ts'
import { LiveSession, type SessionHost } from './live-session.ts'
import { type LegHost, type LegTap, MediaLeg } from './media-leg.ts'
import { OutgoingStream } from './outgoing-stream.ts'
import type { PacketIo } from './packet-io.ts'
import { PortPool } from './port-pool.ts'
import type { LegFigures, MediaCommand, MediaNotice, MediaSession, Play } from './protocol.ts'
import type { SecureTransport } from './secure-transport.ts'
import { type SrtpGuard, sdesGuard } from './srtp-guard.ts'

export const TICK_MS = 20
const REVIEW_TICKS = 25
const REPORT_MS = 5_000
/** Without a switch and without a packet on any leg for so long, a session is nobody's. */
const ABANDONED_MS = 4 * 3_600_000

export interface EngineParts {
  readonly io: PacketIo
  nowMs(): number
  wallMs(): number
  /** 32 random bits. */
  random32(): number
  readonly cname: string
  notify(notice: MediaNotice): void
  readonly codecs: CodecFactory
  readonly clips: ClipStore
  /** Recordings: opens and closes files to match the session and gives each leg its taps. */
  readonly recordings: {
    update(session: MediaSession): ReadonlyMap<string, readonly LegTap[]>
    close(session: string): void
  }
  /** DTLS-SRTP and ICE for one leg; null where this process has none. */
  secure(leg: MediaLeg, ready: (guard: SrtpGuard) => void): SecureTransport | null
}

export class MediaEngine implements LegHost, SessionHost {
  private readonly parts: EngineParts
  readonly clips: ClipStore
  readonly scratch: Uint8Array
  private readonly pool: PortPool
  private readonly sessions = new Map<string, LiveSession>()
  /** Told to stay by a switch that has just connected: its `put` follows, and it hears what ended while nobody listened. */
  private readonly restated = new Set<string>()
  private legs: MediaLeg[] = []
  private readonly awake = new Set<MediaLeg>()
  private readonly reportAt = new Map<MediaLeg, number>()
  private cursor = 0
  switchConnected = false

  constructor(parts: EngineParts) {
    this.parts = parts
    this.clips = parts.clips
    this.scratch = parts.io.scratch
    this.pool = new PortPool(parts.io)
  }

  get sessionIds(): readonly string[] {
    return [...this.sessions.keys()]
  }

  /** Whether ticks are needed at all. */
  get busy(): boolean {
    return this.sessions.size > 0
  }

  nowMs(): number {
    return this.parts.nowMs()
  }

  wallMs(): number {
    return this.parts.wallMs()
  }

  notify(notice: MediaNotice): void {
    this.parts.notify(notice)
  }

  command(c: MediaCommand): void {
    switch (c.op) {
      case 'put':
        this.put(c.session)
        break
      case 'drop':
        this.drop(c.id)
        break
      case 'send-dtmf': {
        const leg = this.sessions.get(c.id)?.legs.get(c.leg)
        if (leg === undefined) this.unknown(c.id, c.leg)
        else {
          leg.dial(c.digits)
          if (leg.ticking) this.awake.add(leg)
        }
        break
      }
      case 'figures': {
        const session = this.sessions.get(c.id)
        if (session === undefined) this.unknown(c.id)
        else this.tellFigures(session, false)
        break
      }
      case 'only': {
        const keep = new Set(c.ids)
        for (const id of this.sessions.keys()) {
          if (keep.has(id)) this.restated.add(id)
          else this.drop(id)
        }
        break
      }
      default:
        unreachable(c)
    }
  }

  /** Every 20 ms. */
  tick(): void {
    const now = this.parts.nowMs()
    for (const leg of this.awake) {
      if (leg.ticking) leg.tick(now)
      else this.awake.delete(leg)
    }
    const share = Math.ceil(this.legs.length / REVIEW_TICKS)
    for (let i = 0; i < share && this.legs.length > 0; i++) {
      if (this.cursor >= this.legs.length) this.cursor = 0
      this.review(this.legs[this.cursor++]!, now)
    }
  }

  closeAll(): void {
    for (const id of [...this.sessions.keys()]) this.drop(id)
  }

  private put(state: MediaSession): void {
    let session = this.sessions.get(state.id)
    if (session === undefined) {
      session = new LiveSession(this, state)
      this.sessions.set(state.id, session)
    }
    session.apply(state)
    if (this.restated.delete(state.id)) session.tellEnded()
  }

  private drop(id: string): void {
    const session = this.sessions.get(id)
    if (session === undefined) {
      this.notify({ is: 'figures', id, legs: [], final: true })
      return
    }
    this.sessions.delete(id)
    this.restated.delete(id)
    this.tellFigures(session, true)
    this.parts.recordings.close(id)
    session.close()
  }

  private tellFigures(session: LiveSession, final: boolean): void {
    const legs: LegFigures[] = []
    for (const leg of session.legs.values()) legs.push(leg.received.figures(leg.id, leg.media.codec?.name ?? 'PCMU', leg.stream))
    this.notify({ is: 'figures', id: session.id, legs, final })
  }

  private unknown(id: string, leg?: string): void {
    const message = leg === undefined ? `there is no session ${id}; put it first` : `session ${id} has no leg ${leg}`
    this.notify(
      leg === undefined
        ? { is: 'refused', id, code: 'media.unknown-session', message }
        : { is: 'refused', id, leg, code: 'media.unknown-leg', message },
    )
  }

  // what sessions ask for

  openLeg(session: string, media: LegMedia): MediaLeg {
    const r = this.parts.random32
    // A quarter of the range is left above, so that the first wrap is not met at once.
    const stream = new OutgoingStream(r(), r() & 0x3fff, r() & 0x3fffffff, media.codec?.clockHz ?? 8000)
    const leg = new MediaLeg(this, session, media, stream)
    this.openPorts(leg, media)
    this.legs.push(leg)
    this.reportAt.set(leg, this.parts.nowMs() + (REPORT_MS * (0.5 + (r() & 0xffff) / 0xffff)) / 2)
    this.secureLeg(leg, null)
    leg.configure(media)
    this.detect(leg)
    return leg
  }

  changeLeg(leg: MediaLeg, media: LegMedia): void {
    const before = leg.media
    if (before === media) return
    if (before.local.address !== media.local.address || before.local.port !== media.local.port) {
      this.closePorts(leg)
      this.openPorts(leg, media)
      if (media.remote !== null) leg.aim(media.remote.address, media.remote.port, false)
    } else if (before.rtcpMux !== media.rtcpMux) {
      this.controlPort(leg, media)
    }
    leg.configure(media)
    this.secureLeg(leg, before)
    this.detect(leg)
  }

  closeLeg(leg: MediaLeg): void {
    leg.report(this.parts.cname, true)
    leg.secure?.close()
    leg.secure = null
    this.closePorts(leg)
    this.awake.delete(leg)
    this.reportAt.delete(leg)
    const at = this.legs.indexOf(leg)
    if (at >= 0) {
      const last = this.legs.pop()!
      if (last !== leg) this.legs[at] = last
    }
  }

  wake(leg: MediaLeg): void {
    this.awake.add(leg)
  }

  played(session: string, leg: string, token: string): void {
    this.notify({ is: 'played', id: session, leg, token })
  }

  missing(session: string, leg: string, play: Play): void {
    const what = play.source.kind === 'prompts' ? `${play.source.language}: ${play.source.names.join(', ')}` : play.source.kind
    this.notify({
      is: 'refused',
      id: session,
      leg,
      code: 'media.nothing-to-play',
      message: `cannot play ${what}: no such sound; render or upload it`,
    })
  }

  taps(session: MediaSession): ReadonlyMap<string, readonly LegTap[]> {
    return this.parts.recordings.update(session)
  }

  // what legs ask for

  encoderFor(media: LegMedia): AudioEncoder | null {
    return media.codec === null ? null : this.parts.codecs.encoder(media.codec)
  }

  decoderFor(media: LegMedia): AudioDecoder | null {
    return media.codec === null ? null : this.parts.codecs.decoder(media.codec)
  }

  private review(leg: MediaLeg, now: number): void {
    leg.review(now)
    if (leg.ticking) this.awake.add(leg)
    if (now >= (this.reportAt.get(leg) ?? 0)) {
      // Half to one and a half of the interval, so that reports do not march in step (RFC 3550 §6.3.1).
      this.reportAt.set(leg, now + REPORT_MS * (0.5 + (this.parts.random32() & 0xffff) / 0xffff))
      leg.report(this.parts.cname, false)
    }
    if (!this.switchConnected && now - leg.lastHeardMs > ABANDONED_MS) this.abandon(leg, now)
  }

  private abandon(leg: MediaLeg, now: number): void {
    const session = this.sessions.get(leg.session)
    if (session === undefined) return
    for (const other of session.legs.values()) if (now - other.lastHeardMs <= ABANDONED_MS) return
    this.drop(session.id)
  }

  private detect(leg: MediaLeg): void {
    if (leg.media.inBandDtmf) leg.inBand ??= new InBandDtmf((digit, ms) => leg.tellDigit(digit, ms, 'in-band'))
    else leg.inBand = null
    leg.refreshNeeds()
  }

  private openPorts(leg: MediaLeg, media: LegMedia): void {
    leg.rtp = this.pool.take(media.local.address, media.local.port, leg)
    this.controlPort(leg, media)
  }

  private controlPort(leg: MediaLeg, media: LegMedia): void {
    if (media.rtcpMux && leg.rtcp !== null) {
      this.pool.give(leg.rtcp)
      leg.rtcp = null
    } else if (!media.rtcpMux && leg.rtcp === null) leg.rtcp = this.pool.take(media.local.address, media.local.port + 1, leg)
  }

  private closePorts(leg: MediaLeg): void {
    if (leg.rtp !== null) this.pool.give(leg.rtp)
    if (leg.rtcp !== null) this.pool.give(leg.rtcp)
    leg.rtp = null
    leg.rtcp = null
  }

  private secureLeg(leg: MediaLeg, before: LegMedia | null): void {
    const srtp = leg.media.srtp
    switch (srtp.kind) {
      case 'none':
        leg.guard = null
        break
      case 'sdes': {
        const kept = before?.srtp.kind === 'sdes' && leg.guard !== null ? { keys: before.srtp, guard: leg.guard } : null
        const guard = sdesGuard(srtp, kept)
        leg.guard = guard.ok ? guard.value : null
        if (!guard.ok) this.notify({ is: 'refused', id: leg.session, leg: leg.id, code: guard.error.code, message: guard.error.message })
        break
      }
      case 'dtls':
        if (leg.secure !== null) break
        leg.guard = null
        leg.secure = this.parts.secure(leg, guard => {
          leg.guard = guard
        })
        if (leg.secure === null)
          this.notify({
            is: 'refused',
            id: leg.session,
            leg: leg.id,
            code: 'media.dtls-unavailable',
            message: 'this media process has no DTLS certificate',
          })
        break
      default:
        unreachable(srtp)
    }
    if (srtp.kind !== 'dtls' && leg.secure !== null) {
      leg.secure.close()
      leg.secure = null
    }
  }
}
