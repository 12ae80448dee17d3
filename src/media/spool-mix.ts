/**
 * A spool as sound: two aligned channels, left and right, in blocks of one second. Each voice lies where it was heard: by its RTP time (so jitter does
 * not wobble it), anchored to the arrival of its first packet, and re-anchored when the two drift apart, when the stream begins anew, or after
 * a gap. What is missing is silence and is reported. Pure: the decoders are handed in.
 */
import type { AudioDecoder } from './audio-codec.ts'
import type { CodecName } from './leg-media.ts'
import { RateBridge } from './rate-bridge.ts'
import type { SpoolFrame, SpoolSide } from './spool-format.ts'

export interface SpoolGap {
  readonly fromMs: number
  readonly toMs: number
  /** Null: both. */
  readonly side: SpoolSide | null
  readonly why: 'paused' | 'not-recorded' | 'packets-lost' | 'undecodable'
}

export interface MixOptions {
  /** Rate of the result. */
  readonly hz: 8000 | 16000
  /** A new decoder for each stream; null when the codec cannot be decoded here. */
  decoder(codec: CodecName, clockHz: number): AudioDecoder | null
}

export interface MixBlock {
  readonly left: Int16Array
  readonly right: Int16Array
}

interface Voice {
  readonly decoder: AudioDecoder
  readonly bridge: RateBridge
  readonly clockHz: number
  readonly side: SpoolSide
  ssrc: number
  anchorTs: number
  /** Sample of the result at which `anchorTs` lies. */
  anchorAt: number
  lastSequence: number
  /** End of what was written last. */
  endAt: number
  /** Least lead of arrival over RTP time in this stretch, and how long the stretch is. */
  leastLead: number
  packets: number
  /** The anchor before the last one, while it may still turn out that the network was slow and not the speaker silent. */
  before: { readonly ts: number; readonly at: number; readonly from: number } | null
}

/** Late packets find their place within this; seconds. */
const WINDOW_S = 4
const BLOCK_S = 1
/** Checked every so many packets: how far RTP time and arrival may part. */
const DRIFT_PACKETS = 250
const DRIFT_MS = 60
const CONCEALED_PACKETS = 3
/** A stalled network delivers what it held back at once: seen when so much sound came so much too early. */
const BURST_MS = 200
const BURST_PACKETS = 50

export class SpoolMixer {
  /** Gaps from all frames taken so far, in order of their beginning once `finish` was called. */
  readonly gaps: SpoolGap[] = []
  private readonly options: MixOptions
  private readonly left: Int16Array
  private readonly right: Int16Array
  private readonly voices = new Map<string, Voice>()
  private readonly pcm = new Int16Array(5760)
  private startUs = -1
  private lastUs = 0
  /** First sample that has not been handed out. */
  private outAt = 0
  private endAt = 0
  private pausedAtMs = -1
  /** Several legs on one side (a conference) are added; one leg alone overwrites, so that a late packet replaces what was concealed. */
  private readonly lastWriter: Record<SpoolSide, Voice | null> = { left: null, right: null }

  constructor(options: MixOptions) {
    this.options = options
    const samples = options.hz * WINDOW_S
    this.left = new Int16Array(samples)
    this.right = new Int16Array(samples)
  }

  /** Takes the next frame; yields the blocks that are complete. `startedAtMs` is the spool header's. */
  *take(frame: SpoolFrame, startedAtMs: number): Generator<MixBlock> {
    if (this.startUs < 0) {
      this.startUs = startedAtMs * 1000
      this.lastUs = this.startUs
    }
    // A clock set back must not fold the sound over itself.
    const nowUs = Math.max(frame.arrivalUs, this.lastUs)
    switch (frame.kind) {
      case 'audio':
        yield* this.advance(nowUs)
        this.audio(frame, nowUs)
        break
      case 'gap':
        this.gaps.push({ fromMs: this.msOf(this.lastUs), toMs: this.msOf(nowUs), side: null, why: 'not-recorded' })
        this.forget()
        break
      case 'pause':
        if (this.pausedAtMs < 0) this.pausedAtMs = this.msOf(nowUs)
        break
      case 'resume':
        this.resume(nowUs)
        break
      case 'end':
        this.resume(nowUs)
        yield* this.advance(nowUs)
        this.endAt = Math.max(this.endAt, this.sampleOf(nowUs))
        break
      case 'leg':
        break
    }
    this.lastUs = nowUs
  }

  /** The rest. */
  *finish(): Generator<MixBlock> {
    if (this.startUs >= 0) this.resume(this.lastUs)
    const block = this.options.hz * BLOCK_S
    while (this.outAt < this.endAt) yield this.handOut(Math.min(block, this.endAt - this.outAt))
    this.gaps.sort((a, b) => a.fromMs - b.fromMs)
  }

  private resume(nowUs: number): void {
    if (this.pausedAtMs < 0) return
    this.gaps.push({ fromMs: this.pausedAtMs, toMs: this.msOf(nowUs), side: null, why: 'paused' })
    this.pausedAtMs = -1
    this.forget()
  }

  /** After a hole every voice is placed by its arrival again. */
  private forget(): void {
    for (const voice of this.voices.values()) voice.lastSequence = -1
  }

  private audio(frame: SpoolFrame, nowUs: number): void {
    const side = frame.side
    if (side === null || frame.codec === null) return
    const voice = this.voiceOf(frame, side)
    if (voice === null) {
      this.gap(this.msOf(nowUs), this.msOf(nowUs) + 20, side, 'undecodable')
      return
    }
    if (frame.payload.length === 0) {
      // Comfort noise, a digit: came, and has no sound. What is missing before it is found out with the next sound.
      if (frame.ssrc === voice.ssrc && ((voice.lastSequence + 1) & 0xffff) === frame.sequence) voice.lastSequence = frame.sequence
      return
    }
    const { hz } = this.options
    const arrivedAt = this.sampleOf(nowUs)
    const fresh = voice.lastSequence < 0 || frame.ssrc !== voice.ssrc
    let at = fresh ? 0 : voice.anchorAt + Math.round((((frame.timestamp - voice.anchorTs) | 0) * hz) / voice.clockHz)
    const lead = arrivedAt - at
    if (fresh || lead > hz || lead < -hz / 2) {
      // A jump of a second is a new beginning, whatever the numbers say.
      const next = !fresh && ((frame.sequence - voice.lastSequence) & 0xffff) === 1
      at = Math.max(arrivedAt, voice.endAt)
      const before = lead > hz && next ? { ts: voice.anchorTs, at: voice.anchorAt, from: at } : null
      this.anchor(voice, frame, at)
      voice.before = before
    } else {
      if (voice.before !== null) {
        if (lead < (-hz * BURST_MS) / 1000) at -= this.takeBack(voice, voice.before)
        else if (voice.packets > BURST_PACKETS) voice.before = null
      }
      if (lead < voice.leastLead) voice.leastLead = lead
      if (++voice.packets >= DRIFT_PACKETS) {
        const drift = (hz * DRIFT_MS) / 1000
        if (voice.leastLead > drift || voice.leastLead < -drift) {
          at = Math.max(at + voice.leastLead, voice.endAt)
          this.anchor(voice, frame, at)
        }
        voice.leastLead = Number.POSITIVE_INFINITY
        voice.packets = 0
      }
      const missing = (((frame.sequence - voice.lastSequence) << 16) >> 16) - 1
      if (missing > 0) this.lost(voice, missing, at)
      if (missing < 0 && at < this.outAt) return
    }
    const samples = voice.decoder.decode(frame.payload, 0, frame.payload.length, this.pcm)
    if (samples === 0) this.gap(this.msAt(at), this.msAt(at) + 20, side, 'undecodable')
    this.write(voice, at, samples)
    if (((frame.sequence - voice.lastSequence) << 16) >> 16 > 0 || fresh) voice.lastSequence = frame.sequence
  }

  /**
   * It was the network: the sound that came late, and was taken for a new beginning, moves to where it was spoken. Answers by how many samples.
   * What would lie in a block that was handed out already is lost, and said so.
   */
  private takeBack(voice: Voice, before: NonNullable<Voice['before']>): number {
    const shift = voice.anchorAt - before.at - Math.round((((voice.anchorTs - before.ts) | 0) * this.options.hz) / voice.clockHz)
    const channel = voice.side === 'left' ? this.left : this.right
    const size = channel.length
    if (this.lastWriter[voice.side] === voice)
      for (let i = before.from; i < voice.endAt; i++) {
        if (i - shift >= this.outAt) channel[(i - shift) % size] = channel[i % size]!
        channel[i % size] = 0
      }
    const to = before.from - shift
    if (to < this.outAt) this.gap(this.msAt(to), this.msAt(this.outAt), voice.side, 'packets-lost')
    voice.anchorTs = before.ts
    voice.anchorAt = before.at
    voice.endAt -= shift
    voice.leastLead = Number.POSITIVE_INFINITY
    voice.packets = 0
    voice.before = null
    return shift
  }

  /** Packets that never came (or come late and then overwrite what was made up). */
  private lost(voice: Voice, missing: number, at: number): void {
    const holeMs = ((at - voice.endAt) * 1000) / this.options.hz
    if (holeMs < 5) return
    this.gap(this.msAt(voice.endAt), this.msAt(at), voice.side, 'packets-lost')
    if (missing > CONCEALED_PACKETS) return
    const each = Math.round((at - voice.endAt) / missing)
    for (let i = 0; i < missing; i++) {
      const wanted = Math.min(this.pcm.length, Math.round((each * voice.decoder.hz) / this.options.hz))
      this.write(voice, voice.endAt, voice.decoder.conceal(this.pcm, wanted))
    }
  }

  private write(voice: Voice, at: number, samples: number): void {
    const sound = voice.bridge.process(this.pcm, samples)
    const count = voice.bridge.samples
    const channel = voice.side === 'left' ? this.left : this.right
    const size = channel.length
    const alone = this.lastWriter[voice.side] === null || this.lastWriter[voice.side] === voice
    for (let i = Math.max(0, this.outAt - at); i < count; i++) {
      const slot = (at + i) % size
      channel[slot] = alone ? sound[i]! : clamp(channel[slot]! + sound[i]!)
    }
    this.lastWriter[voice.side] = voice
    voice.endAt = Math.max(voice.endAt, at + count)
    this.endAt = Math.max(this.endAt, at + count)
  }

  private anchor(voice: Voice, frame: SpoolFrame, at: number): void {
    voice.ssrc = frame.ssrc
    voice.anchorTs = frame.timestamp
    voice.anchorAt = at
    voice.leastLead = Number.POSITIVE_INFINITY
    voice.packets = 0
    voice.before = null
    voice.lastSequence = (frame.sequence - 1) & 0xffff
  }

  private voiceOf(frame: SpoolFrame, side: SpoolSide): Voice | null {
    const key = `${side} ${frame.leg} ${frame.codec} ${frame.clockHz}`
    const known = this.voices.get(key)
    if (known !== undefined) return known
    const decoder = this.options.decoder(frame.codec!, frame.clockHz)
    if (decoder === null) return null
    const voice: Voice = {
      decoder,
      bridge: new RateBridge(decoder.hz, this.options.hz, 5760),
      clockHz: frame.clockHz,
      side,
      ssrc: -1,
      anchorTs: 0,
      anchorAt: 0,
      lastSequence: -1,
      endAt: 0,
      leastLead: Number.POSITIVE_INFINITY,
      packets: 0,
      before: null,
    }
    this.voices.set(key, voice)
    return voice
  }

  /** Hands out what can no longer change. */
  private *advance(nowUs: number): Generator<MixBlock> {
    const block = this.options.hz * BLOCK_S
    const safe = this.sampleOf(nowUs) - this.options.hz * (WINDOW_S - 2)
    while (this.outAt + block <= safe) yield this.handOut(block)
  }

  private handOut(count: number): MixBlock {
    const out = { left: new Int16Array(count), right: new Int16Array(count) }
    const size = this.left.length
    for (let i = 0; i < count; i++) {
      const slot = (this.outAt + i) % size
      out.left[i] = this.left[slot]!
      out.right[i] = this.right[slot]!
      this.left[slot] = 0
      this.right[slot] = 0
    }
    this.outAt += count
    if (this.outAt > this.endAt) this.endAt = this.outAt
    return out
  }

  private gap(fromMs: number, toMs: number, side: SpoolSide, why: SpoolGap['why']): void {
    const last = this.gaps.at(-1)
    if (last !== undefined && last.side === side && last.why === why && fromMs - last.toMs < 5) {
      this.gaps[this.gaps.length - 1] = { ...last, toMs }
      return
    }
    this.gaps.push({ fromMs, toMs, side, why })
  }

  private sampleOf(us: number): number {
    return Math.round(((us - this.startUs) * this.options.hz) / 1_000_000)
  }

  private msOf(us: number): number {
    return Math.round((us - this.startUs) / 1000)
  }

  private msAt(sample: number): number {
    return Math.round((sample * 1000) / this.options.hz)
  }
}

function clamp(x: number): number {
  return Math.max(-32768, Math.min(32767, x))
}
