/** Reading what was written, for tests: is it well-formed markup, and which cells does a spreadsheet have? */

const VOID = new Set(['meta', 'br', 'link'])

/** Throws with the place where tags are not closed, attributes not quoted, or an ampersand is no entity. */
export function requireWellFormed(text: string, name: string): void {
  const open: string[] = []
  const body = text.replace(/^<!doctype html>\n/, '').replace(/<style>[^<]*<\/style>/g, '')
  let at = 0
  const fail = (why: string): never => {
    throw new Error(`${name}: ${why} near ${JSON.stringify(body.slice(Math.max(0, at - 60), at + 60))}`)
  }
  while (at < body.length) {
    const tag = body.indexOf('<', at)
    const words = body.slice(at, tag < 0 ? undefined : tag)
    if (/&(?!#\d+;)/.test(words)) fail('a bare ampersand')
    if (/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/u.test(words)) fail('a character that no document may hold')
    if (open.length === 0 && words.trim() !== '') fail('words outside of everything')
    if (tag < 0) break
    at = tag
    const m = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z:-]+="[^"<]*")*)\s*(\/?)>/.exec(body.slice(at, at + 100_000))
    const [whole, closes, element, , alone] = m ?? fail('no tag')
    if (closes === '/') {
      if (open.pop() !== element) fail(`</${element}> closes something else`)
    } else if (alone !== '/' && !VOID.has(element!)) open.push(element!)
    at += whole.length
  }
  if (open.length > 0) throw new Error(`${name}: ${open.join(', ')} never closed`)
}

/** RFC 4180, with the mark of UTF-8 before it. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  if (text.charCodeAt(0) !== 0xfeff) throw new Error('no mark of UTF-8')
  const rows: string[][] = []
  let row: string[] = []
  let at = 1
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) throw new Error('a quote is never closed')
        if (text[at] === '"') at++
        cell += text[at]
      }
      at++
    } else {
      const end = at + /^[^,\r\n"]*/.exec(text.slice(at))![0].length
      cell = text.slice(at, end)
      at = end
    }
    row.push(cell)
    if (text[at] === ',') at++
    else if (text.startsWith('\r\n', at)) {
      rows.push(row)
      row = []
      at += 2
    } else throw new Error(`neither comma nor end of line after ${JSON.stringify(cell)}`)
  }
  return rows
}
