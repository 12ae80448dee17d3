/** The small pieces that SDP lines are made of. None allocates more than it returns. */
import type { AddressFamily, Connection } from './session-description.ts'

/** Words between single or several blanks. */
export function splitWords(value: string): string[] {
  const words: string[] = []
  const length = value.length
  let start = -1
  for (let i = 0; i <= length; i++) {
    const c = i < length ? value.charCodeAt(i) : 32
    if (c === 32 || c === 9) {
      if (start >= 0) words.push(value.slice(start, i))
      start = -1
    } else if (start < 0) start = i
  }
  return words
}

/** A decimal number of at most ten digits within [0, max], else -1. */
export function readNumber(text: string, max: number): number {
  const length = text.length
  if (length === 0 || length > 10) return -1
  let n = 0
  for (let i = 0; i < length; i++) {
    const d = text.charCodeAt(i) - 48
    if (d < 0 || d > 9) return -1
    n = n * 10 + d
  }
  return n <= max ? n : -1
}

/** One to forty decimal digits. */
export function isDigits(text: string): boolean {
  if (text.length === 0 || text.length > 40) return false
  for (let i = 0; i < text.length; i++) {
    const d = text.charCodeAt(i) - 48
    if (d < 0 || d > 9) return false
  }
  return true
}

/** `IN IP4 192.0.2.1`; also used for the tail of `a=rtcp:`. */
export function readConnection(value: string): Connection | null {
  const words = splitWords(value)
  if (words.length !== 3 || words[0] !== 'IN') return null
  const family = readFamily(words[1]!)
  return family === null ? null : { family, address: words[2]! }
}

export function readFamily(word: string): AddressFamily | null {
  return word === 'IP4' || word === 'IP6' ? word : null
}
