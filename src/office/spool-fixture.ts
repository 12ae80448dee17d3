/** For tests: spool files as the media process writes them, with a tone on each side. */
import { writeFileSync } from 'node:fs'
import { codecCodes, FRAME_BYTES, kindCodes, type SpoolKind, spoolHead, writeFrameHead } from '../media/spool-format.ts'
import { encodeG711 } from '../wire/audio/g711.ts'
import { sineTone, ToneGenerator } from '../wire/audio/tone.ts'

export interface TestSide {
  readonly hz: number
  /** When it speaks, ms from the start. */
  readonly fromMs: number
  readonly toMs: number
}

export interface TestSpool {
  readonly recording: string
  readonly startedAt: number
  readonly durationMs: number
  readonly left: TestSide
  readonly right: TestSide | null
  /** Nobody listened for a while. */
  readonly away?: { readonly fromMs: number; readonly toMs: number }
  /** Closed in order; default true. */
  readonly ended?: boolean
}

const PTIME_MS = 20

/** G.711 A-law, 20 ms a packet. */
export function writeTestSpool(path: string, spool: TestSpool): void {
  const parts: Uint8Array[] = [spoolHead({ recording: spool.recording, session: 'c', startedAt: spool.startedAt })]
  const put = (kind: SpoolKind, side: 0 | 1 | 255, atMs: number, payload: Uint8Array, sequence = 0, ssrc = 0): void => {
    const bytes = new Uint8Array(FRAME_BYTES + payload.length)
    const codec = kind === 'audio' ? codecCodes.PCMA : 0
    writeFrameHead(
      bytes,
      0,
      kindCodes[kind],
      side,
      side === 1 ? 1 : 0,
      codec,
      payload.length,
      sequence & 0xffff,
      8000,
      sequence * 160,
      spool.startedAt + atMs,
      ssrc,
    )
    bytes.set(payload, FRAME_BYTES)
    parts.push(bytes)
  }
  const voices = ([spool.left, spool.right] as const).flatMap((side, i) =>
    side === null ? [] : [{ ...side, side: i as 0 | 1, tone: new ToneGenerator(sineTone(side.hz, -12), 8000) }],
  )
  const pcm = new Int16Array(160)
  const { away } = spool
  let wasAway = false
  for (let ms = 0; ms < spool.durationMs; ms += PTIME_MS) {
    if (away && ms >= away.fromMs && ms < away.toMs) {
      wasAway = true
      continue
    }
    if (wasAway) put('gap', 255, ms, new TextEncoder().encode('the media process was started anew'))
    wasAway = false
    for (const voice of voices) {
      if (ms >= voice.fromMs && ms < voice.toMs) voice.tone.fill(pcm, 0, 160)
      else pcm.fill(0)
      const payload = new Uint8Array(160)
      encodeG711('a', pcm, 0, 160, payload)
      put('audio', voice.side, ms, payload, ms / PTIME_MS, 100 + voice.side)
    }
  }
  if (spool.ended ?? true) put('end', 255, spool.durationMs, new Uint8Array(0))
  writeFileSync(path, Buffer.concat(parts))
}
