/**
 * RFC 4180, as spreadsheets write it: commas, semicolons or tabs, whichever the first line has most of; quoted fields with doubled quotes
 * and line breaks; any line ending. Each value knows where it stood.
 */

export interface CsvField {
  readonly text: string
  /** From 1, where the value (or its opening quote) begins. */
  readonly line: number
  readonly column: number
}

export interface Csv {
  readonly rows: readonly (readonly CsvField[])[]
  /** Where a quote opens that nothing closes. */
  readonly unclosed: { readonly line: number; readonly column: number } | null
  readonly delimiter: string
}

/** Empty lines are left out. Never throws. */
export function parseCsv(text: string): Csv {
  const input = text.startsWith('\ufeff') ? text.slice(1) : text
  const delimiter = delimiterOf(input)
  const rows: CsvField[][] = []
  let row: CsvField[] = []
  let unclosed: Csv['unclosed'] = null
  let at = 0
  let line = 1
  let lineStart = 0
  const endRow = (): void => {
    if (row.length > 1 || (row[0]?.text ?? '').trim() !== '') rows.push(row)
    row = []
  }
  while (at < input.length) {
    const place = { line, column: at - lineStart + 1 }
    let value = ''
    if (input[at] === '"') {
      let closed = false
      at++
      while (at < input.length && !closed) {
        const c = input[at]!
        if (c === '"' && input[at + 1] === '"') {
          value += '"'
          at += 2
        } else if (c === '"') {
          closed = true
          at++
        } else {
          if (c === '\n') {
            line++
            lineStart = at + 1
          }
          value += c
          at++
        }
      }
      if (!closed) unclosed ??= place
    }
    // After a closing quote nothing should follow; what does is kept, so that nobody's data is lost silently.
    const start = at
    while (at < input.length && input[at] !== delimiter && input[at] !== '\n' && input[at] !== '\r') at++
    value += input.slice(start, at)
    row.push({ text: value.trim(), ...place })
    if (input[at] === delimiter) {
      at++
      if (at === input.length) row.push({ text: '', line, column: at - lineStart + 1 })
      continue
    }
    if (input[at] === '\r' && input[at + 1] === '\n') at++
    if (at < input.length) {
      at++
      line++
      lineStart = at
      endRow()
    }
  }
  endRow()
  return { rows, unclosed, delimiter }
}

function delimiterOf(text: string): string {
  const counts = new Map([
    [',', 0],
    [';', 0],
    ['\t', 0],
  ])
  let quoted = false
  for (const c of text) {
    if (c === '"') quoted = !quoted
    else if (!quoted && (c === '\n' || c === '\r')) {
      if ([...counts.values()].some(n => n > 0)) break
    } else if (!quoted && counts.has(c)) counts.set(c, counts.get(c)! + 1)
  }
  let best = ','
  for (const [delimiter, n] of counts) if (n > counts.get(best)!) best = delimiter
  return best
}
