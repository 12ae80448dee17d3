/** The tag of a From or To value (RFC 3261 §19.3), without parsing the whole address: it is looked for in every message. */
import { parseNameAddr, tagOf } from '../../wire/sip/name-addr.ts'

/** '' when there is none. */
export function tagIn(value: string | undefined): string {
  if (value === undefined) return ''
  let from = value.lastIndexOf('>') + 1
  if (from === 0) from = value.indexOf(';')
  if (from < 0) return ''
  const at = value.indexOf(';tag=', from)
  if (at < 0) {
    // Rare spellings (`;TAG=`, blanks, quoted parameters) go the long way.
    if (from >= value.length || value.indexOf('=', from) < 0) return ''
    const parsed = parseNameAddr(value)
    return parsed.ok ? tagOf(parsed.value) : ''
  }
  const start = at + 5
  let end = start
  while (end < value.length) {
    const c = value.charCodeAt(end)
    if (c === 59 || c === 32 || c === 9) break
    end++
  }
  return value.slice(start, end)
}
