/**
 * The spool: what a recording is while the call goes on. Append-only frames with payloads as they came (after SRTP), so the call path neither
 * decodes nor compresses; `recording/` finishes it later. A process may die in mid-write: a torn last frame is recognised and ignored.
 *
 *     file    = "SWTAP001" u32 header length, header (JSON), frames
 *     frame   = 28 bytes, then the payload; integers are big-endian
 *       0  u8   0xA5
 *       1  u8   kind
 *       2  u8   side: 0 left, 1 right, 255 neither
 *       3  u8   leg number, as declared by a `leg` frame
 *       4  u8   codec
 *       5  u8   XOR of the other 27 bytes
 *       6  u16  payload length
 *       8  u16  RTP sequence number
 *      10  u16  RTP clock, in hundreds of Hz
 *      12  u32  RTP timestamp
 *      16  u64  arrival, µs since 1970
 *      24  u32  SSRC
 */
import type { CodecName } from './leg-media.ts'

export const SPOOL_MAGIC = 'SWTAP001'
export const FRAME_BYTES = 28
export const FRAME_MARK = 0xa5

export interface SpoolHeader {
  readonly recording: string
  readonly session: string
  /** Epoch ms. */
  readonly startedAt: number
}

export type SpoolSide = 'left' | 'right'

/**
 * - `audio`: one RTP payload.
 * - `leg`: a leg takes part from now on; the payload is its id.
 * - `gap`: nobody listened from the frame before until this one; the payload is why, as text.
 * - `pause`, `resume`: on purpose (card data).
 * - `end`: the recording was closed in order.
 */
export type SpoolKind = 'audio' | 'leg' | 'gap' | 'pause' | 'resume' | 'end'

export const kindCodes: Readonly<Record<SpoolKind, number>> = { audio: 1, leg: 2, gap: 3, pause: 4, resume: 5, end: 6 }
export const codecCodes: Readonly<Record<CodecName, number>> = { PCMU: 1, PCMA: 2, G722: 3, opus: 4, L16: 5 }

export interface SpoolFrame {
  readonly kind: SpoolKind
  readonly side: SpoolSide | null
  readonly leg: number
  readonly codec: CodecName | null
  readonly clockHz: number
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  /** Epoch microseconds. */
  readonly arrivalUs: number
  /** A view into the file's bytes. */
  readonly payload: Uint8Array
}

/** The beginning of a new file. */
export function spoolHead(header: SpoolHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const out = new Uint8Array(12 + json.length)
  for (let i = 0; i < 8; i++) out[i] = SPOOL_MAGIC.charCodeAt(i)
  new DataView(out.buffer).setUint32(8, json.length)
  out.set(json, 12)
  return out
}

/** Writes one frame's head at `at`; the payload goes behind it, `FRAME_BYTES` further on. Allocates nothing. */
export function writeFrameHead(
  out: Uint8Array,
  at: number,
  kind: number,
  side: number,
  leg: number,
  codec: number,
  payloadBytes: number,
  sequence: number,
  clockHz: number,
  timestamp: number,
  arrivalMs: number,
  ssrc: number,
): void {
  const us = Math.round(arrivalMs * 1000)
  const high = Math.floor(us / 0x100000000)
  const low = us % 0x100000000
  const clock = Math.round(clockHz / 100)
  out[at] = FRAME_MARK
  out[at + 1] = kind
  out[at + 2] = side
  out[at + 3] = leg
  out[at + 4] = codec
  out[at + 5] = 0
  out[at + 6] = payloadBytes >>> 8
  out[at + 7] = payloadBytes
  out[at + 8] = sequence >>> 8
  out[at + 9] = sequence
  out[at + 10] = clock >>> 8
  out[at + 11] = clock
  put32(out, at + 12, timestamp)
  put32(out, at + 16, high)
  put32(out, at + 20, low)
  put32(out, at + 24, ssrc)
  out[at + 5] = checkOf(out, at)
}

/** XOR over a frame's head but for the check itself. */
export function checkOf(bytes: Uint8Array, at: number): number {
  let x = 0
  for (let i = at; i < at + FRAME_BYTES; i++) x ^= bytes[i]!
  return x ^ bytes[at + 5]!
}

function put32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24
  out[at + 1] = value >>> 16
  out[at + 2] = value >>> 8
  out[at + 3] = value
}
