/**
 * Cuts a byte stream into SIP messages (RFC 3261 §18.3) and tells keep-alives apart (RFC 5626 §3.5.1, §4.4.1): between
 * messages a double CRLF is a ping, to be answered with one CRLF; a single CRLF is a pong.
 */
import { decimal } from './chars.ts'
import type { MessageLimits, SipFault } from './parse-message.ts'
import { DEFAULT_LIMITS, parseMessage } from './parse-message.ts'

export type StreamItem =
  /** One whole message for `parseMessage`. A view into the pushed chunk or a buffer of its own; never written to again. */
  | { readonly is: 'message'; readonly bytes: Uint8Array }
  | { readonly is: 'ping' }
  | { readonly is: 'pong' }
  /** Message boundaries are lost: answer `fault.status` if there is one, then close. Nothing is read any more. */
  | { readonly is: 'broken'; readonly fault: SipFault }

const PING: StreamItem = { is: 'ping' }
const PONG: StreamItem = { is: 'pong' }
const EMPTY = Buffer.alloc(0)

export class StreamFramer {
  readonly #limits: MessageLimits
  /** What waits for the rest of its message: a view into the last chunk, or into `#room`. */
  #held: Buffer = EMPTY
  /** Grows by doubling, so that a peer that sends byte by byte costs no more than one that does not. */
  #room: Buffer = EMPTY
  /** Where `#held` begins in `#room`; -1 when it lies in a chunk. */
  #heldAt = -1
  /** Bytes of `#held` already searched for the empty line. */
  #searched = 0
  /** Size of the message being awaited, once its head is known; 0 before. */
  #awaited = 0
  /** The last thing read was a single CRLF, reported as a pong; another one makes it a ping. */
  #halfPing = false
  #broken = false

  constructor(limits: MessageLimits = DEFAULT_LIMITS) {
    this.#limits = limits
  }

  /** Bytes held back until the rest of their message comes; never more than `maxBytes`. */
  get heldBytes(): number {
    return this.#held.length
  }

  /** Takes what the connection delivered. The chunk must not be written to afterwards. */
  push(chunk: Uint8Array): readonly StreamItem[] {
    const out: StreamItem[] = []
    if (this.#broken || chunk.length === 0) return out
    let data = this.#gather(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    const size = data.length
    while (data.length > 0 && !this.#broken) {
      const used = this.#awaited > 0 ? this.#takeBody(data, out) : this.#takeHead(data, out)
      if (used === 0) break
      data = data.subarray(used)
    }
    this.#held = this.#broken ? EMPTY : data
    if (this.#held.length === 0) {
      this.#room = EMPTY
      this.#heldAt = -1
    } else if (this.#heldAt >= 0) this.#heldAt += size - data.length
    return out
  }

  /** What is held and what came, in one piece. Room behind what is held is written to; what was given out lies before it. */
  #gather(fresh: Buffer): Buffer {
    const held = this.#held.length
    if (held === 0) return fresh
    const size = held + fresh.length
    if (this.#heldAt < 0 || this.#heldAt + size > this.#room.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(2048, 2 * size))
      this.#held.copy(room, 0)
      this.#room = room
      this.#heldAt = 0
    }
    fresh.copy(this.#room, this.#heldAt + held)
    return this.#room.subarray(this.#heldAt, this.#heldAt + size)
  }

  /** Keep-alives and the head of a message; the number of bytes done with. */
  #takeHead(data: Buffer, out: StreamItem[]): number {
    if (data[0] === 13) {
      if (data.length === 1) return 0
      if (data[1] === 10) {
        if (this.#halfPing) {
          this.#halfPing = false
          out.push(PING)
          return 2
        }
        if (data[2] === 13 && data[3] === 10) {
          out.push(PING)
          return 4
        }
        if (data[2] === 13 && data.length === 3) return 0
        // A peer that waits for a pong must not wait for what never comes, so a lone CRLF at the end is reported at once.
        this.#halfPing = data.length === 2
        out.push(PONG)
        return 2
      }
    }
    this.#halfPing = false
    const end = data.indexOf('\r\n\r\n', Math.max(0, this.#searched - 3), 'latin1')
    if (end < 0) {
      this.#searched = data.length
      if (data.length > this.#limits.maxHeadBytes)
        this.#break(data, out, 'sip-head-too-large', 'the headers are larger than this element takes', 513)
      return 0
    }
    this.#searched = 0
    const size = bodySize(data.toString('latin1', 0, end + 2))
    if (size < 0)
      return this.#break(
        data.subarray(0, end + 4),
        out,
        'sip-no-content-length',
        'a stream needs exactly one Content-Length in every message',
        400,
      )
    if (end + 4 + size > this.#limits.maxBytes)
      return this.#break(data.subarray(0, end + 4), out, 'sip-too-large', 'the message is larger than this element takes', 513)
    this.#awaited = end + 4 + size
    return this.#takeBody(data, out)
  }

  #takeBody(data: Buffer, out: StreamItem[]): number {
    const size = this.#awaited
    if (data.length < size) return 0
    this.#awaited = 0
    out.push({ is: 'message', bytes: data.subarray(0, size) })
    return size
  }

  #break(head: Buffer, out: StreamItem[], code: string, message: string, answer: number): number {
    this.#broken = true
    // Whoever asked is told, if the head can be read at all; the first line decides whether that is so.
    const read = parseMessage(head.subarray(0, this.#limits.maxHeadBytes), { ...this.#limits, maxBytes: 0 })
    const partial = read.ok ? read.value : read.error.partial
    const answerable = !read.ok && read.error.status !== undefined
    out.push({ is: 'broken', fault: answerable ? { code, message, status: answer, partial } : { code, message, partial } })
    return 0
  }
}

/** The value of the only Content-Length in a head, or -1. */
function bodySize(head: string): number {
  const found = head.match(/\r\n(?:content-length|l)[ \t]*:(?:[ \t]|\r\n[ \t])*\d+[ \t]*(?=\r\n)/gi)
  if (found === null || found.length !== 1) return -1
  const line = found[0]
  return decimal(line.slice(line.indexOf(':') + 1).trim(), 0xffffffff)
}
