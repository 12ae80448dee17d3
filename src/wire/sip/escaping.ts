/** %HH escaping in URIs (RFC 3261 §19.1.2, RFC 3986 §2.1). */
import { HEX, is } from './chars.ts'

/** Whether every `%` starts a complete escape and every other character belongs to the class (or is beyond ASCII). */
export function wellEscaped(text: string, start: number, end: number, flag: number): boolean {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === 37) {
      if (i + 2 >= end || !is(text.charCodeAt(i + 1), HEX) || !is(text.charCodeAt(i + 2), HEX)) return false
      i += 2
    } else if (c < 128 && !is(c, flag)) return false
  }
  return true
}

/** Undoes escapes. Bytes that are no UTF-8 are read as ISO 8859-1, so that nothing is lost and nothing throws. */
export function percentDecode(text: string): string {
  if (text.indexOf('%') < 0) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  }
}

/** Escapes everything outside the class. */
export function percentEncode(text: string, flag: number): string {
  let i = 0
  while (i < text.length && text.charCodeAt(i) !== 37 && is(text.charCodeAt(i), flag)) i++
  if (i === text.length) return text
  let out = text.slice(0, i)
  const bytes = Buffer.from(text.slice(i), 'utf8')
  for (const b of bytes) out += b !== 37 && is(b, flag) ? String.fromCharCode(b) : `%${b < 16 ? '0' : ''}${b.toString(16).toUpperCase()}`
  return out
}
