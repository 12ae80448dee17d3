/** A message value → bytes (RFC 3261 §7). */
import type { SipMessage } from './message.ts'
import { statusPhrase } from './status-phrases.ts'

/**
 * Headers go out in the order given, one field a line; Content-Length is computed and stands last, whatever the value's own
 * says. CR and LF inside a value would forge headers: they go out as spaces.
 */
export function serializeMessage(message: SipMessage): Uint8Array {
  const body = message.body
  const head = printHead(message)
  if (body.length === 0) return Buffer.from(head, 'utf8')
  const size = Buffer.byteLength(head, 'utf8')
  const out = Buffer.allocUnsafe(size + body.length)
  out.write(head, 0, size, 'utf8')
  out.set(body, size)
  return out
}

/** Start line, headers and the empty line. */
export function printHead(message: SipMessage): string {
  let out =
    message.kind === 'request'
      ? `${oneLine(message.method)} ${oneLine(message.uri)} SIP/2.0\r\n`
      : `SIP/2.0 ${message.status} ${oneLine(message.reason === '' ? statusPhrase(message.status) : message.reason)}\r\n`
  const headers = message.headers
  for (let i = 0; i < headers.length; i++) {
    const h = headers[i]!
    if (h.name === 'Content-Length') continue
    out += `${h.name}: ${oneLine(h.value)}\r\n`
  }
  return `${out}Content-Length: ${message.body.length}\r\n\r\n`
}

function oneLine(text: string): string {
  return text.indexOf('\n') < 0 && text.indexOf('\r') < 0 ? text : text.replace(/[\r\n]+/g, ' ')
}
