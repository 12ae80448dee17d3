/** Character classes of RFC 3261 §25.1 as bit flags in one table: the scanners of every header share it. */
export const TOKEN = 1
export const DIGIT = 2
/** unreserved / user-unreserved, and `#`, which phones dial unescaped. */
export const USER = 4
export const PASSWORD = 8
/** uri-parameter: unreserved / param-unreserved. */
export const URI_PARAM = 16
/** URI header part: unreserved / hnv-unreserved. */
export const URI_HEADER = 32
/** Host names; `_` is not a host name's character but many an office has one. */
export const HOST = 64
export const HEX = 128

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const UNRESERVED = `${ALNUM}-_.!~*'()`

const table = new Uint8Array(128)
function mark(chars: string, flag: number): void {
  for (let i = 0; i < chars.length; i++) {
    const c = chars.charCodeAt(i)
    table[c] = table[c]! | flag
  }
}
mark(`${ALNUM}-.!%*_+\`'~`, TOKEN)
mark('0123456789', DIGIT)
mark(`${UNRESERVED}&=+$,;?/#`, USER)
mark(`${UNRESERVED}&=+$,`, PASSWORD)
mark(`${UNRESERVED}[]/:&+$`, URI_PARAM)
mark(`${UNRESERVED}[]/?:+$`, URI_HEADER)
mark(`${ALNUM}-._`, HOST)
mark('0123456789abcdefABCDEF', HEX)

export function is(code: number, flag: number): boolean {
  return code < 128 && (table[code]! & flag) !== 0
}

/** Whether the whole of a non-empty text is made of the class. */
export function all(text: string, flag: number): boolean {
  if (text.length === 0) return false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c > 127 || (table[c]! & flag) === 0) return false
  }
  return true
}

export function isToken(text: string): boolean {
  return all(text, TOKEN)
}

/** SP or HT (folding is undone before any header is read). */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/** The first place at or after `at` that is no blank. */
export function skipBlanks(text: string, at: number): number {
  while (at < text.length && isBlank(text.charCodeAt(at))) at++
  return at
}

/** The first place at or after `at` whose character is outside the class. */
export function skip(text: string, at: number, flag: number): number {
  while (at < text.length) {
    const c = text.charCodeAt(at)
    if (c > 127 || (table[c]! & flag) === 0) break
    at++
  }
  return at
}

/** A part of a text without the blanks around it. */
export function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** An unsigned decimal integer of at most `max`, or -1. Leading zeros are allowed (RFC 3261 §25.1: 1*DIGIT). */
export function decimal(text: string, max: number): number {
  if (text.length === 0) return -1
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const d = text.charCodeAt(i) - 48
    if (d < 0 || d > 9) return -1
    n = n * 10 + d
    if (n > max) return -1
  }
  return n
}
