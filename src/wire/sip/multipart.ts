/** multipart/* bodies (RFC 5621, RFC 2046 §5.1): cut apart and put together. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { isToken } from './chars.ts'
import type { MediaType } from './content-type.ts'
import { parseContentType } from './content-type.ts'
import { canonicalName } from './header-names.ts'
import type { HeaderField } from './message.ts'
import { param } from './params.ts'

export interface BodyPart {
  readonly headers: readonly HeaderField[]
  /** A view into the whole body. */
  readonly body: Uint8Array
}

const MAX_PARTS = 64

export function parseMultipart(body: Uint8Array, type: MediaType): Result<readonly BodyPart[]> {
  const boundary = param(type.params, 'boundary')
  if (type.type !== 'multipart' || boundary === undefined || boundary === '' || boundary.length > 70)
    return fault('sip-bad-multipart', 'a multipart type needs a boundary of 1 to 70 characters')
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const delimiter = Buffer.from(`--${boundary}`, 'utf8')
  const parts: BodyPart[] = []
  let open = delimiterAt(bytes, delimiter, 0)
  if (open < 0) return fault('sip-bad-multipart', 'the boundary does not occur in the body')
  while (true) {
    const after = open + delimiter.length
    if (bytes[after] === 45 && bytes[after + 1] === 45) return ok(parts)
    const lineEnd = bytes.indexOf('\r\n', after, 'latin1')
    const next = lineEnd < 0 ? -1 : delimiterAt(bytes, delimiter, lineEnd)
    if (next < 0) return fault('sip-bad-multipart', 'the closing boundary is missing', open)
    if (parts.length === MAX_PARTS) return fault('sip-bad-multipart', `more than ${MAX_PARTS} parts`, open)
    // The CRLF before a delimiter belongs to it.
    const part = parsePart(bytes.subarray(lineEnd + 2, Math.max(lineEnd + 2, next - 2)), lineEnd + 2)
    if (!part.ok) return part
    parts.push(part.value)
    open = next
  }
}

/** A delimiter stands at the start of a line; the rest of its line is blank or `--`. */
function delimiterAt(bytes: Buffer, delimiter: Buffer, from: number): number {
  for (let at = bytes.indexOf(delimiter, from); at >= 0; at = bytes.indexOf(delimiter, at + 1)) {
    const startsLine = at === 0 || (bytes[at - 1] === 10 && bytes[at - 2] === 13)
    let after = at + delimiter.length
    if (bytes[after] === 45 && bytes[after + 1] === 45) after += 2
    while (bytes[after] === 32 || bytes[after] === 9) after++
    if (startsLine && (after === bytes.length || (bytes[after] === 13 && bytes[after + 1] === 10))) return at
  }
  return -1
}

function parsePart(bytes: Buffer, offset: number): Result<BodyPart> {
  // A part without headers begins with the empty line itself.
  const bare = bytes[0] === 13 && bytes[1] === 10
  const end = bare ? 0 : bytes.indexOf('\r\n\r\n', 0, 'latin1')
  if (end < 0) return fault('sip-bad-multipart', 'a part has no empty line after its headers', offset)
  const headers: HeaderField[] = []
  const lines = bytes.toString('utf8', 0, end).replace(/\r\n[ \t]+/g, ' ')
  for (const line of lines.split('\r\n')) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trim()
    if (!isToken(name)) return fault('sip-bad-multipart', 'a part has a header line without a name', offset)
    headers.push({ name: canonicalName(name), value: line.slice(colon + 1).trim() })
  }
  return ok({ headers, body: bytes.subarray(bare ? 2 : end + 4) })
}

/** The caller chooses a boundary that occurs in no part. */
export function printMultipart(parts: readonly BodyPart[], boundary: string): Uint8Array {
  const pieces: Uint8Array[] = []
  for (const part of parts) {
    const head = part.headers.map(h => `${h.name}: ${h.value.replace(/[\r\n]+/g, ' ')}\r\n`).join('')
    pieces.push(Buffer.from(`--${boundary}\r\n${head}\r\n`, 'utf8'), part.body, Buffer.from('\r\n'))
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return Buffer.concat(pieces)
}

/** The first part of a type, looking into nested multiparts: the SDP among ISUP, location or certificates. */
export function findPart(body: Uint8Array, type: MediaType, wanted: string, depth = 0): BodyPart | undefined {
  const parts = parseMultipart(body, type)
  if (!parts.ok || depth > 3) return undefined
  for (const part of parts.value) {
    const own = part.headers.find(h => h.name === 'Content-Type')
    const ownType = parseContentType(own?.value ?? 'text/plain')
    if (!ownType.ok) continue
    if (`${ownType.value.type}/${ownType.value.subtype}` === wanted) return part
    const inner = ownType.value.type === 'multipart' ? findPart(part.body, ownType.value, wanted, depth + 1) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}
