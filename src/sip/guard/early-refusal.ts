/**
 * Refusing a new call from its raw bytes: no parse, no transaction. Under overload a refusal must cost a small part of what
 * a call costs, or the refusals themselves become the overload. The 503 carries all Vias, From, To with a tag, Call-ID and CSeq
 * (RFC 3261 §8.2.6, §8.2.7) and is made anew, equal, for each retransmission.
 */
import type { Flow } from '../flow.ts'

export interface InviteGlance {
  /** Top Via's branch: the transaction, for those who know theirs. */
  readonly branch: string
  readonly vias: readonly string[]
  readonly from: string
  readonly to: string
  readonly callId: string
  readonly cseq: string
}

const SPACE = 32
const INVITE = Buffer.from('INVITE ', 'latin1')
const HEAD_END = Buffer.from('\r\n\r\n', 'latin1')

/** Looks for an INVITE outside any dialog; undefined for everything else, and for anything not plainly readable. */
export function glanceAtInvite(bytes: Uint8Array): InviteGlance | undefined {
  if (bytes.length < 60 || bytes[6] !== SPACE) return undefined
  for (let i = 0; i < 7; i++) if (bytes[i] !== INVITE[i]) return undefined
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = buffer.indexOf(HEAD_END)
  if (end < 0) return undefined
  const head = buffer.toString('latin1', 0, end)
  const vias: string[] = []
  let from: string | undefined
  let to: string | undefined
  let callId: string | undefined
  let cseq: string | undefined
  let at = head.indexOf('\r\n')
  while (at >= 0) {
    const start = at + 2
    at = head.indexOf('\r\n', start)
    const line = at < 0 ? head.slice(start) : head.slice(start, at)
    const first = line.charCodeAt(0)
    if (first === SPACE || first === 9) return undefined
    const colon = line.indexOf(':')
    if (colon < 1) return undefined
    switch (line.slice(0, colon).trimEnd().toLowerCase()) {
      case 'v':
      case 'via':
        vias.push(line.slice(colon + 1).trim())
        break
      case 'f':
      case 'from':
        from = line.slice(colon + 1).trim()
        break
      case 't':
      case 'to':
        to = line.slice(colon + 1).trim()
        break
      case 'i':
      case 'call-id':
        callId = line.slice(colon + 1).trim()
        break
      case 'cseq':
        cseq = line.slice(colon + 1).trim()
        break
    }
  }
  if (vias.length === 0 || from === undefined || to === undefined || callId === undefined || cseq === undefined) return undefined
  if (hasTag(to)) return undefined
  const branch = /;\s*branch\s*=\s*([^;,\s]+)/i.exec(vias[0]!)?.[1]
  return branch === undefined ? undefined : { branch, vias, from, to, callId, cseq }
}

/** The refusal for `glance`, to be sent to the flow it came by. */
export function refusalFor(glance: InviteGlance, flow: Flow, status: number, reason: string, retryAfterS: number): Uint8Array {
  let out = `SIP/2.0 ${status} ${reason}\r\n`
  for (let i = 0; i < glance.vias.length; i++) out += `Via: ${i === 0 ? stampVia(glance.vias[0]!, flow) : glance.vias[i]}\r\n`
  out +=
    `From: ${glance.from}\r\nTo: ${glance.to};tag=busy-${fnv(glance.branch).toString(36)}\r\nCall-ID: ${glance.callId}\r\n` +
    `CSeq: ${glance.cseq}\r\nRetry-After: ${retryAfterS}\r\nContent-Length: 0\r\n\r\n`
  return Buffer.from(out, 'latin1')
}

/**
 * Transactions refused lately: a retransmission of one of them is refused again even when there is room now, because the caller
 * may already have given up. Fixed memory: a table of branch hashes by time.
 */
export class RefusedTransactions {
  private readonly marks = new Uint32Array(32_768)
  private readonly times = new Float64Array(32_768)

  add(branch: string, nowMs: number): void {
    const h = fnv(branch)
    this.marks[h & 32_767] = h
    this.times[h & 32_767] = nowMs
  }

  /** Within timer B (32 s) of the refusal. */
  has(branch: string, nowMs: number): boolean {
    const h = fnv(branch)
    return this.marks[h & 32_767] === h && nowMs - this.times[h & 32_767]! < 32_000 && this.times[h & 32_767] !== 0
  }
}

/** RFC 3261 §18.2.1 and RFC 3581 §4 on the first Via of the line. */
function stampVia(via: string, flow: Flow): string {
  const comma = topEnd(via)
  const top = comma < 0 ? via : via.slice(0, comma)
  const rest = comma < 0 ? '' : via.slice(comma)
  const asked = /;\s*rport\s*(?=;|$)/i.exec(top)
  const ported = asked ? top.slice(0, asked.index) + `;rport=${flow.remote.port}` + top.slice(asked.index + asked[0].length) : top
  return `${ported};received=${flow.remote.host}${rest}`
}

function topEnd(via: string): number {
  let quoted = false
  for (let i = 0; i < via.length; i++) {
    const c = via.charCodeAt(i)
    if (quoted) {
      if (c === 92) i++
      else if (c === 34) quoted = false
    } else if (c === 34) quoted = true
    else if (c === 44) return i
  }
  return -1
}

/** A tag parameter of the header, not of the URI inside the angle brackets. */
function hasTag(to: string): boolean {
  const close = to.lastIndexOf('>')
  return /;\s*tag\s*=/i.test(close < 0 ? to : to.slice(close))
}

function fnv(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
