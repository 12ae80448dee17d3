/** Finds the empty line and decodes what stands before it (RFC 3261 §7: UTF-8, CRLF, empty line). */

export interface Head {
  /** From the first byte; may run on into the body. */
  readonly text: string
  /** Where the start line begins: CRLFs before it are skipped (§7.5). */
  readonly start: number
  /** Place in `text` of the CRLF that ends the last header; the text's end when the empty line is missing. */
  readonly end: number
  /** Byte offset of the body; -1 when the empty line is missing. */
  readonly bodyAt: number
}

export function decodeHead(bytes: Uint8Array): Head {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = 0
  while (buffer[start] === 13 && buffer[start + 1] === 10) start += 2
  // One call decodes it all; as long as it was, and without a replacement character, it was ASCII, and places in the text are bytes.
  const whole = buffer.toString('utf8')
  if (whole.length === bytes.length && whole.indexOf('\uFFFD') < 0) {
    const end = whole.indexOf('\r\n\r\n', start)
    return end < 0 ? { text: whole, start, end: whole.length, bodyAt: -1 } : { text: whole, start, end, bodyAt: end + 4 }
  }
  const endByte = buffer.indexOf('\r\n\r\n', start, 'latin1')
  const text = decode(endByte < 0 ? buffer : buffer.subarray(0, endByte + 4))
  return endByte < 0 ? { text, start, end: text.length, bodyAt: -1 } : { text, start, end: text.length - 4, bodyAt: endByte + 4 }
}

/** UTF-8; when it is none, ISO 8859-1, which old telephones send and in which no byte is lost. */
function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.indexOf('\uFFFD') >= 0 && !Buffer.from(text, 'utf8').equals(bytes) ? bytes.toString('latin1') : text
}
