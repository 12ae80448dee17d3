/**
 * Telephone numbers as people write them. Only for showing: what is dialled and stored is never changed here, and the plan
 * alone knows the habits of the country. Calling codes: ITU-T E.164 list D (one and two digits named, all others have three).
 */
const twoDigitCodes = new Set(
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
)

/** `+77272500000` → `+7 727 250 00 00`. Extensions and short codes stay as they are. */
export function formatNumber(number: string): string {
  if (!/^\+\d{7,15}$/.test(number)) return number
  const digits = number.slice(1)
  const codeLength = digits.startsWith('1') || digits.startsWith('7') ? 1 : twoDigitCodes.has(digits.slice(0, 2)) ? 2 : 3
  const code = digits.slice(0, codeLength)
  const national = digits.slice(codeLength)
  if (code === '7' && national.length === 10) return `+7 ${cut(national, [3, 3, 2, 2])}`
  if (code === '1' && national.length === 10) return `+1 ${cut(national, [3, 3, 4])}`
  return `+${code} ${cut(national, threes(national.length))}`
}

/** What a person typed or pasted, as the switch accepts it in a request URI: digits, `*`, `#` and a leading `+`. */
export function toDialString(typed: string): string {
  const text = typed.trim().replace(/^tel:/i, '')
  const kept = text.replace(/[^\d*#]/g, '')
  return kept !== '' && /^\s*\(?\s*\+/.test(text) ? `+${kept}` : kept
}

/** Groups of three; a rest of one digit joins the last two groups as 2+2. */
function threes(length: number): readonly number[] {
  const groups: number[] = []
  let left = length
  while (left > 4) {
    groups.push(3)
    left -= 3
  }
  return left === 4 ? [...groups, 2, 2] : [...groups, left]
}

function cut(digits: string, groups: readonly number[]): string {
  const parts: string[] = []
  let from = 0
  for (const size of groups) {
    parts.push(digits.slice(from, from + size))
    from += size
  }
  return parts.join(' ')
}
