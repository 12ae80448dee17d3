/**
 * How wide text will be, without asking a browser: the widths of DejaVu Sans, which is wider than Arial, Helvetica and Liberation.
 * What fits by this measure fits everywhere.
 */

/** Thousandths of the font size; whatever is not listed counts as a wide letter. */
const WIDTHS: readonly (readonly [number, string])[] = [
  [280, 'ijlїіI'],
  [320, " \u00a0.,;:!|'’()[]"],
  [360, 'f/\\-·'],
  [400, 'rt«»“”"'],
  [560, 'csкгтzсzgэъ'],
  [640, 'abdeghknopquvxyабвдезийнопруухцчьяәғқңөүұһ0123456789_=+*#лє'],
  [700, 'ABCEFJKLPSTVXYZАВЕКРСТУХБГЗЛҒЬЪ'],
  [800, 'DGHNOQRUДИЙНОПЦЧЯҚҢӨҮҰҺӘыЭ'],
  [830, 'wmмюф'],
  [980, 'MWжшщMЖМФЫ%@—–…'],
]
const WIDTH = new Map<string, number>()
for (const [width, letters] of WIDTHS) for (const letter of letters) if (!WIDTH.has(letter)) WIDTH.set(letter, width)
const OTHER = 1_000
const BOLD = 1.13

/** In the same unit as `size`. */
export function textWidth(text: string, size: number, bold = false): number {
  let sum = 0
  for (const letter of text) sum += WIDTH.get(letter) ?? OTHER
  return (sum * size * (bold ? BOLD : 1)) / 1_000
}

/** Lines no wider than `width`: broken between words (never at a no-break space), and inside a word only when it does not fit a line by itself. */
export function wrap(text: string, width: number, size: number, bold = false): readonly string[] {
  const lines: string[] = []
  let line = ''
  const fits = (t: string): boolean => textWidth(t, size, bold) <= width
  for (const word of text.split(/[ \t\r\n]+/).filter(w => w !== '')) {
    const together = line === '' ? word : `${line} ${word}`
    if (fits(together)) {
      line = together
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (!fits(line)) {
      let n = 1
      const letters = [...line]
      while (n < letters.length && fits(letters.slice(0, n + 1).join('') + (letters[n] === '-' ? '' : '-'))) n++
      // A hyphen, an at sign or a dot is where a reader expects the break.
      const natural = letters.slice(0, n).findLastIndex(l => l === '-' || l === '@' || l === '.' || l === '/')
      const at = natural > n / 3 ? natural + 1 : n
      const head = letters.slice(0, at).join('')
      lines.push(natural > n / 3 ? head : `${head}-`)
      line = letters.slice(at).join('')
    }
  }
  if (line !== '') lines.push(line)
  return lines
}

/** Cut after whole words, with an ellipsis, when longer than `most` letters. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most)
  const space = cut.lastIndexOf(' ')
  return `${cut.slice(0, space > most / 2 ? space : most).replace(/[\s.,;:]+$/, '')} …`
}
