/**
 * Bytes of one message → a value (RFC 3261 §7, §18.3). The caller has cut the stream into messages already
 * (`stream-framer.ts`); a datagram is given whole. What every element must understand (start line, Via, From, To,
 * Call-ID, CSeq, Max-Forwards, Content-Length, Contact, routes) is checked here, so that whoever reads those headers later
 * may rely on their syntax; all other headers are checked by their own parsers when somebody reads them.
 *
 * Reading goes on after the first thing wrong, because the answer 400 needs the headers behind it (RFC 4475 §3.1.2).
 */
import type { Fault, Result } from '../../kernel/result.ts'
import { fail, ok } from '../../kernel/result.ts'
import { decimal, isBlank, isToken, trimmed } from './chars.ts'
import type { Head } from './decode-head.ts'
import { decodeHead } from './decode-head.ts'
import type { HeaderKind } from './header-names.ts'
import { canonicalName, headerKind, MANDATORY } from './header-names.ts'
import type { HeaderField, SipMessage } from './message.ts'
import { NO_BODY } from './message.ts'
import { splitOutside } from './quoted-string.ts'
import type { StartLine } from './start-line.ts'
import { parseStartLine } from './start-line.ts'

export interface MessageLimits {
  readonly maxBytes: number
  /** Start line and headers together. */
  readonly maxHeadBytes: number
  /** One header with its continuation lines. */
  readonly maxHeaderBytes: number
  /** Fields after lists are split. */
  readonly maxHeaders: number
  readonly maxUriBytes: number
}

export const DEFAULT_LIMITS: MessageLimits = {
  maxBytes: 65_535,
  maxHeadBytes: 32_768,
  maxHeaderBytes: 8_192,
  maxHeaders: 256,
  maxUriBytes: 2_048,
}

export interface SipFault extends Fault {
  /** What to answer; absent when nothing may be answered: a broken response, an ACK, or bytes that are no SIP. */
  readonly status?: number
  /**
   * As much as could be read, for the answer's Via, From, To, Call-ID and CSeq; malformed fields stand in it as they came.
   * Null when the first line has nothing of SIP.
   */
  readonly partial: SipMessage | null
}

interface Wrong {
  readonly code: string
  readonly message: string
  readonly at: number
  readonly answer: number
}

/** `body` of the value is a view into `bytes`: the caller must not write to them afterwards. */
export function parseMessage(bytes: Uint8Array, limits: MessageLimits = DEFAULT_LIMITS): Result<SipMessage, SipFault> {
  const large = bytes.length > limits.maxBytes
  const head = decodeHead(large ? bytes.subarray(0, limits.maxHeadBytes) : bytes)
  const { text, end } = head
  let lineEnd = text.indexOf('\r\n', head.start)
  if (lineEnd < 0 || lineEnd > end) lineEnd = end
  const first = parseStartLine(text.slice(head.start, lineEnd), limits.maxUriBytes)
  if (first === null)
    return fail({ code: 'sip-not-sip', message: 'the first line is neither a request nor a response', at: head.start, partial: null })

  const headers: HeaderField[] = []
  let wrong: Wrong | null = first.wrong === null ? null : { ...first.wrong, at: head.start }
  if (wrong === null) wrong = wrongSize(head, bytes.length, limits)
  let seen = 0
  let contentLength = -1
  let cseq = ''
  let at = lineEnd + 2
  let colon = -1
  const stop = Math.min(end, head.start + limits.maxHeadBytes)
  while (at < stop) {
    let lineStop = text.indexOf('\r', at)
    if (lineStop < 0 || lineStop > end) lineStop = end
    let folded = false
    // A line that begins with a blank continues the one before (§7.3.1).
    while (lineStop < end && text.charCodeAt(lineStop + 1) === 10 && isBlank(text.charCodeAt(lineStop + 2))) {
      folded = true
      lineStop = text.indexOf('\r', lineStop + 2)
      if (lineStop < 0 || lineStop > end) lineStop = end
    }
    const next = lineStop + 2
    // Kept from line to line: lines without a colon must not each search the whole rest.
    if (colon < at) colon = indexOrEnd(text, ':', at)
    if (lineStop < end && text.charCodeAt(lineStop + 1) !== 10) {
      wrong ??= { code: 'sip-bare-cr', message: 'a CR stands without its LF', at: lineStop, answer: 400 }
    } else if (!folded) {
      const lf = text.indexOf('\n', at)
      if (lf >= 0 && lf < lineStop) wrong ??= { code: 'sip-bare-lf', message: 'an LF stands without its CR', at: lf, answer: 400 }
    }
    if (colon >= lineStop) {
      wrong ??= { code: 'sip-bad-header-line', message: 'a header line has no colon', at, answer: 400 }
      at = next
      continue
    }
    if (lineStop - at > limits.maxHeaderBytes) {
      wrong ??= { code: 'sip-header-too-long', message: 'a header is longer than this element takes', at, answer: 513 }
      at = next
      continue
    }
    const spelling = text.slice(at, colon)
    const kind = headerKind(spelling) ?? unknownKind(spelling)
    if (kind === null) {
      wrong ??= { code: 'sip-bad-header-name', message: 'a header name is not a token', at, answer: 400 }
      at = next
      continue
    }
    const value = folded ? unfold(text.slice(colon + 1, lineStop)) : trimmed(text, colon + 1, lineStop)
    if (kind.bit !== 0) {
      if (kind.once && (seen & kind.bit) !== 0)
        wrong ??= { code: 'sip-duplicate-header', message: `${kind.name} stands twice`, at, answer: 400 }
      else if (kind.name === 'Content-Length') contentLength = decimal(value, 0xffffffff)
      else if (kind.name === 'CSeq') cseq = value
      seen |= kind.bit
    }
    if (!kind.list || value.indexOf(',') < 0) {
      headers.push({ name: kind.name, value })
      if (kind.check !== null && wrong === null) wrong = wrongField(kind, value, colon)
    } else {
      const elements = splitOutside(value, 44)
      let bad: Wrong | null = null
      if (kind.check !== null) for (let i = 0; i < elements.length && bad === null; i++) bad = wrongField(kind, elements[i]!, colon)
      wrong ??= bad
      if (bad !== null) headers.push({ name: kind.name, value })
      else for (let i = 0; i < elements.length; i++) headers.push({ name: kind.name, value: elements[i]! })
    }
    if (headers.length > limits.maxHeaders) {
      wrong ??= { code: 'sip-too-many-headers', message: `more than ${limits.maxHeaders} header fields`, at, answer: 513 }
      break
    }
    at = next
  }

  if (wrong === null) {
    for (let i = 0; i < MANDATORY.length; i++) {
      const m = MANDATORY[i]!
      if ((seen & m.bit) === 0) wrong ??= { code: 'sip-missing-header', message: `${m.name} is missing`, at: end, answer: 400 }
    }
  }
  if (wrong === null && first.request && !names(cseq, first.method))
    wrong = { code: 'sip-method-mismatch', message: 'CSeq names another method than the request line', at: end, answer: 400 }
  const available = bytes.length - head.bodyAt
  if (wrong === null && contentLength > available)
    wrong = {
      code: 'sip-short-body',
      message: `Content-Length is ${contentLength} but only ${available} bytes follow`,
      at: end,
      answer: 400,
    }
  if (wrong !== null) return refuse(first, headers, wrong, text)
  // What follows the counted body in a datagram is not ours to read (§18.3).
  const length = contentLength < 0 ? available : contentLength
  const body = length === 0 ? NO_BODY : bytes.subarray(head.bodyAt, head.bodyAt + length)
  return ok(messageOf(first, headers, body))
}

function messageOf(first: StartLine, headers: readonly HeaderField[], body: Uint8Array): SipMessage {
  return first.request
    ? { kind: 'request', method: first.method, uri: first.uri, headers, body }
    : { kind: 'response', status: first.status, reason: first.reason, headers, body }
}

function wrongSize(head: Head, bytes: number, limits: MessageLimits): Wrong | null {
  if (bytes > limits.maxBytes)
    return { code: 'sip-too-large', message: `the message is larger than ${limits.maxBytes} bytes`, at: limits.maxBytes, answer: 513 }
  if (head.bodyAt < 0) return { code: 'sip-no-empty-line', message: 'the headers do not end with an empty line', at: head.end, answer: 400 }
  if (head.bodyAt - head.start > limits.maxHeadBytes)
    return {
      code: 'sip-head-too-large',
      message: `the headers are larger than ${limits.maxHeadBytes} bytes`,
      at: limits.maxHeadBytes,
      answer: 513,
    }
  return null
}

function wrongField(kind: HeaderKind, value: string, at: number): Wrong | null {
  const f = kind.check!(value)
  return f === null ? null : { code: f.code, message: `${kind.name}: ${f.message}`, at: at + 1 + (f.at ?? 0), answer: 400 }
}

/** Whether a CSeq, whose syntax is known to be right, ends with the method: it must be that of the request (§8.1.1.5). */
function names(cseq: string, method: string): boolean {
  return cseq.endsWith(method) && isBlank(cseq.charCodeAt(cseq.length - method.length - 1))
}

/** A header that no table knows; null when its name is no token. */
function unknownKind(spelling: string): HeaderKind | null {
  const name = spelling.trimEnd()
  const known = headerKind(name)
  if (known !== undefined) return known
  return isToken(name) ? { name: canonicalName(name), list: false, once: false, bit: 0, check: null } : null
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from)
  return at < 0 ? text.length : at
}

/** No pattern with a run of blanks in it: a hostile header is mostly blanks, and such a pattern is quadratic there. */
function unfold(text: string): string {
  return text
    .split('\r\n')
    .map(line => trimmed(line, 0, line.length))
    .join(' ')
    .trim()
}

function refuse(first: StartLine, headers: readonly HeaderField[], wrong: Wrong, text: string): Result<SipMessage, SipFault> {
  const partial = messageOf(first, headers, NO_BODY)
  const at = Buffer.byteLength(text.slice(0, wrong.at))
  const fault = { code: wrong.code, message: wrong.message, at, partial }
  // ACK is never answered (§17.1.1.3), nor is a response.
  return fail(first.request && first.method !== 'ACK' ? { ...fault, status: wrong.answer } : fault)
}
