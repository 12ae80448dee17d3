/** quoted-string and the splitting of values around it (RFC 3261 §25.1). */
const QUOTE = 34
const BACKSLASH = 92

/** The place just after the quoted-string that opens at `at`, or -1 when it never closes. */
export function quotedEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === BACKSLASH) i++
    else if (c === QUOTE) return i + 1
  }
  return -1
}

/** The content of a quoted-string; a text that is none is returned as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== QUOTE || text.charCodeAt(text.length - 1) !== QUOTE) return text
  const inner = text.slice(1, -1)
  if (inner.indexOf('\\') < 0) return inner
  let out = ''
  for (let i = 0; i < inner.length; i++) {
    if (inner.charCodeAt(i) === BACKSLASH && i + 1 < inner.length) i++
    out += inner[i]
  }
  return out
}

/** Quotes a text. CR and LF cannot be carried, not even escaped (§25.1 quoted-pair): they become spaces. */
export function quote(text: string): string {
  if (plain(text)) return `"${text}"`
  return `"${text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&')}"`
}

function plain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE || c === BACKSLASH || c === 10 || c === 13) return false
  }
  return true
}

/**
 * Splits a list at a separator that stands outside of quotes and angle brackets; elements are trimmed.
 * An unclosed quote swallows the rest, so that the element it spoils fails in its own parser.
 */
export function splitOutside(text: string, separator: number): string[] {
  const out: string[] = []
  let start = 0
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) {
      const end = quotedEnd(text, i)
      if (end < 0) break
      i = end - 1
    } else if (c === 60) depth = 1
    else if (c === 62) depth = 0
    else if (c === separator && depth === 0) {
      out.push(text.slice(start, i).trim())
      start = i + 1
    }
  }
  out.push(text.slice(start).trim())
  return out
}
