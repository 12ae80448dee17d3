/** Reads a spool back, also one whose writer died: frames up to the first that is not whole. Pure over bytes, for files of any size. */
import { fault, ok, type Result } from '../kernel/result.ts'
import type { CodecName } from './leg-media.ts'
import {
  checkOf,
  codecCodes,
  FRAME_BYTES,
  FRAME_MARK,
  kindCodes,
  SPOOL_MAGIC,
  type SpoolFrame,
  type SpoolHeader,
  type SpoolKind,
} from './spool-format.ts'

const MAX_HEADER_BYTES = 1 << 20
const kinds = new Map<number, SpoolKind>(Object.entries(kindCodes).map(([k, v]) => [v, k as SpoolKind]))
const codecs = new Map<number, CodecName>(Object.entries(codecCodes).map(([k, v]) => [v, k as CodecName]))

export interface Spool {
  readonly header: SpoolHeader
  /** Where the first frame begins. */
  readonly framesAt: number
}

export function readSpoolHead(bytes: Uint8Array): Result<Spool> {
  if (bytes.length < 12) return fault('spool.head', 'the spool is shorter than its head', 0)
  for (let i = 0; i < 8; i++) if (bytes[i] !== SPOOL_MAGIC.charCodeAt(i)) return fault('spool.head', 'this is no spool file', i)
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(8)
  if (length > MAX_HEADER_BYTES || 12 + length > bytes.length) return fault('spool.head', 'the spool is cut within its head', 8)
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length))) as SpoolHeader
    if (typeof header?.recording !== 'string' || typeof header.startedAt !== 'number')
      return fault('spool.head', 'the head lacks the recording or its start', 12)
    return ok({ header, framesAt: 12 + length })
  } catch {
    return fault('spool.head', 'the head is no JSON', 12)
  }
}

/** One frame at `at`, and where the next begins; null at the end, or where the file was torn. */
export function readFrame(bytes: Uint8Array, at: number): { readonly frame: SpoolFrame; readonly next: number } | null {
  if (at + FRAME_BYTES > bytes.length || bytes[at] !== FRAME_MARK || checkOf(bytes, at) !== bytes[at + 5]) return null
  const v = new DataView(bytes.buffer, bytes.byteOffset + at, FRAME_BYTES)
  const next = at + FRAME_BYTES + v.getUint16(6)
  const kind = kinds.get(v.getUint8(1))
  if (next > bytes.length || kind === undefined) return null
  const side = v.getUint8(2)
  return {
    next,
    frame: {
      kind,
      side: side === 0 ? 'left' : side === 1 ? 'right' : null,
      leg: v.getUint8(3),
      codec: codecs.get(v.getUint8(4)) ?? null,
      clockHz: v.getUint16(10) * 100,
      sequence: v.getUint16(8),
      timestamp: v.getUint32(12),
      ssrc: v.getUint32(24),
      arrivalUs: v.getUint32(16) * 0x100000000 + v.getUint32(20),
      payload: bytes.subarray(at + FRAME_BYTES, next),
    },
  }
}

/** All whole frames, in the order in which they came. */
export function* spoolFrames(bytes: Uint8Array, from: number): Generator<SpoolFrame> {
  for (let at = from; ; ) {
    const read = readFrame(bytes, at)
    if (read === null) return
    yield read.frame
    at = read.next
  }
}

/** Where the last whole frame ends (what lies behind was torn, and is to be cut before more is appended), and when it came: epoch ms, 0 when there is none. */
export function soundPart(bytes: Uint8Array): { readonly length: number; readonly lastAt: number } {
  const head = readSpoolHead(bytes)
  if (!head.ok) return { length: 0, lastAt: 0 }
  let at = head.value.framesAt
  let lastAt = 0
  for (;;) {
    const read = readFrame(bytes, at)
    if (read === null) return { length: at, lastAt }
    at = read.next
    if (read.frame.arrivalUs > 0) lastAt = read.frame.arrivalUs / 1000
  }
}
