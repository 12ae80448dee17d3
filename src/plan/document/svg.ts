/**
 * Drawings as SVG: readable in black and white at A4, with a title and a description for whoever does not see them,
 * and without a font, a script or a picture from elsewhere.
 */
import type { BoxShape, Diagram, DiagramBox } from './diagram.ts'
import { backLinks, type Link, layOut, type Measures, type Placed, type Routed } from './layout.ts'
import type { Say } from './say.ts'
import { wrap } from './text-width.ts'

const FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
const ROOMY: Measures = { boxWidth: 204, columnGap: 46, rowGap: 16, arriveY: 17 }
const COMPACT: Measures = { boxWidth: 176, columnGap: 36, rowGap: 11, arriveY: 17 }
const MARGIN = 14
const PADDING = 9
const SIZE = { label: 9.5, title: 12.5, body: 10.5, row: 10.5, heading: 16, note: 10 } as const
const LINE = 1.28

interface DrawnBox {
  readonly box: DiagramBox
  readonly label: readonly string[]
  readonly title: readonly string[]
  readonly body: readonly string[]
  readonly rows: readonly { readonly lines: readonly string[]; readonly y: number; readonly to: string; readonly drawn: boolean }[]
  readonly rowsY: number
  readonly height: number
}

export interface Drawing {
  readonly text: string
  readonly width: number
  readonly height: number
  /** Where the boxes are, for whoever checks that none covers another. */
  readonly boxes: readonly Placed[]
}

/** `id` makes the ids inside unlike those of another drawing on the same page. `footer` stands under it. */
export function drawDiagram(diagram: Diagram, id: string, footer: string, say: Say): Drawing {
  const measures = diagram.compact ? COMPACT : ROOMY
  const known = new Set(diagram.boxes.map(b => b.id))
  const all = diagram.boxes.flatMap(b => b.rows.map(r => ({ from: b.id, to: r.to, row: r }))).filter(l => known.has(l.to))
  const back = backLinks([...known], all)
  const backRows = new Set(all.filter((_, i) => back.has(i)).map(l => l.row))
  const titles = new Map(diagram.boxes.map(b => [b.id, b.title]))
  const drawn = diagram.boxes.map(b =>
    measure(b, measures, r => (backRows.has(r) ? (r.to === b.id ? '' : say('exit-back', { where: titles.get(r.to)! })) : null)),
  )
  const links: Link[] = []
  const seen = new Set<string>()
  for (const d of drawn)
    for (const row of d.rows) {
      const key = `${d.box.id}|${row.to}|${row.y}`
      if (!row.drawn || !known.has(row.to) || seen.has(key)) continue
      seen.add(key)
      links.push({ from: d.box.id, fromY: row.y, to: row.to })
    }
  const layout = layOut(
    drawn.map(d => ({ id: d.box.id, height: d.height })),
    links,
    measures,
  )
  const width = Math.max(layout.width, 520) + 2 * MARGIN
  const heading = wrap(diagram.title, width - 2 * MARGIN, SIZE.heading, true)
  const top = MARGIN + heading.length * SIZE.heading * LINE + 10
  const notes = [...diagram.notes, footer].filter(n => n !== '').map(n => wrap(n, width - 2 * MARGIN, SIZE.note))
  const noteLines = notes.flat()
  const height = Math.ceil(top + layout.height + 16 + noteLines.length * SIZE.note * 1.4 + MARGIN)
  const placed = layout.boxes.map(b => ({ ...b, x: b.x + MARGIN, y: b.y + top }))
  const at = new Map(placed.map(p => [p.id, p]))
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${n(height)}" width="${n(width)}" height="${n(height)}" role="img" aria-labelledby="${id}-title ${id}-desc" lang="${say.language}" font-family="${FONT}">`,
    `<title id="${id}-title">${xml(diagram.title)}</title>`,
    `<desc id="${id}-desc">${xml(diagram.sentences.join(' '))}</desc>`,
    `<defs><marker id="${id}-arrow" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.6 8 4 0 7.4z" fill="#222"/></marker></defs>`,
    `<rect width="${n(width)}" height="${n(height)}" fill="#fff"/>`,
    textLines(heading, MARGIN, MARGIN + SIZE.heading, SIZE.heading, 'font-weight="700"'),
    '<g fill="none" stroke="#222" stroke-width="1.1">',
    ...layout.links.map(l => drawLink(l, top, id)),
    '</g>',
    ...drawn.map(d => drawBox(d, at.get(d.box.id)!)),
    textLines(noteLines, MARGIN, top + layout.height + 16 + SIZE.note, SIZE.note, 'fill="#333"', 1.4),
    '</svg>',
  ]
  return { text: `${out.filter(l => l !== '').join('\n')}\n`, width, height, boxes: placed }
}

/** `instead` gives what a row says when its line cannot be drawn forwards; null: it can. */
function measure(box: DiagramBox, measures: Measures, instead: (row: DiagramBox['rows'][number]) => string | null): DrawnBox {
  const inner = measures.boxWidth - 2 * PADDING
  const label = wrap(box.label, inner, SIZE.label)
  const title = wrap(box.title, inner, SIZE.title, true)
  const body = box.body.flatMap(t => wrap(t, inner, SIZE.body))
  let y = PADDING + label.length * SIZE.label * LINE + title.length * SIZE.title * LINE + body.length * SIZE.body * LINE
  const rowsY = y + 5
  const texts = box.rows.map(r => {
    const other = instead(r)
    return { row: r, drawn: other === null && r.to !== '', text: other === null || other === '' ? r.text : `${r.text} (${other})` }
  })
  if (texts.some(t => t.text !== '')) y = rowsY + 3
  const rows = texts.map(({ row, drawn, text }) => {
    if (text === '') return { lines: [], y: measures.arriveY, to: row.to, drawn }
    const lines = wrap(text, inner - 6, SIZE.row)
    const middle = y + (lines.length * SIZE.row * LINE) / 2
    y += lines.length * SIZE.row * LINE + 4
    return { lines, y: Math.round(middle * 2) / 2, to: row.to, drawn }
  })
  return { box, label, title, body, rows, rowsY, height: Math.ceil(y + PADDING - 3) }
}

const STYLES: Readonly<Record<BoxShape, string>> = {
  line: 'fill="#fff" stroke="#000" stroke-width="2.4" rx="2"',
  people: 'fill="#fff" stroke="#000" stroke-width="1.2" rx="7"',
  spoken: 'fill="#f1f1f1" stroke="#000" stroke-width="1.2" rx="2"',
  box: 'fill="#e2e2e2" stroke="#000" stroke-width="1.2" rx="2"',
  outside: 'fill="#fff" stroke="#000" stroke-width="1.2" stroke-dasharray="5 3" rx="7"',
  passed: 'fill="#fff" stroke="#000" stroke-width="1" stroke-dasharray="1.5 2.5" rx="2"',
  end: 'fill="#fff" stroke="#000" stroke-width="1.2" rx="16"',
}

function drawBox(d: DrawnBox, p: Placed): string {
  const x = p.x + PADDING
  let y = p.y + PADDING - 1
  const out = [`<g><rect x="${n(p.x)}" y="${n(p.y)}" width="${n(p.width)}" height="${n(p.height)}" ${STYLES[d.box.shape]}/>`]
  const put = (lines: readonly string[], size: number, more: string): void => {
    if (lines.length === 0) return
    out.push(textLines(lines, x, y + size, size, more))
    y += lines.length * size * LINE
  }
  put(d.label, SIZE.label, 'fill="#444"')
  put(d.title, SIZE.title, 'font-weight="700"')
  put(d.body, SIZE.body, '')
  if (d.rows.some(r => r.lines.length > 0)) {
    const line = p.y + d.rowsY
    out.push(`<path d="M${n(p.x)} ${n(line)}h${n(p.width)}" stroke="#000" stroke-width="0.7"/>`)
  }
  for (const row of d.rows) {
    if (row.lines.length === 0) continue
    const first = p.y + row.y - (row.lines.length * SIZE.row * LINE) / 2 + SIZE.row
    out.push(textLines(row.lines, p.x + p.width - PADDING, first, SIZE.row, 'text-anchor="end" font-style="italic"'))
    if (row.drawn) out.push(`<circle cx="${n(p.x + p.width)}" cy="${n(p.y + row.y)}" r="2.2" fill="#222"/>`)
  }
  out.push('</g>')
  return out.join('\n')
}

function drawLink(link: Routed, top: number, id: string): string {
  const points = link.points.map(([x, y]) => [x + MARGIN, y + top] as const)
  let d = `M${n(points[0]![0])} ${n(points[0]![1])}`
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1]!
    const [x, y] = points[i]!
    if (i % 2 === 0) d += `H${n(x)}`
    else {
      const bend = (x - x0) * 0.5
      d += y === y0 ? `H${n(x)}` : `C${n(x0 + bend)} ${n(y0)} ${n(x - bend)} ${n(y)} ${n(x)} ${n(y)}`
    }
  }
  return `<path d="${d}" marker-end="url(#${id}-arrow)"/>`
}

function textLines(lines: readonly string[], x: number, y: number, size: number, more: string, spacing = LINE): string {
  if (lines.length === 0) return ''
  const attributes = `font-size="${size}"${more === '' ? '' : ` ${more}`}`
  if (lines.length === 1) return `<text x="${n(x)}" y="${n(y)}" ${attributes}>${xml(lines[0]!)}</text>`
  return `<text ${attributes}>${lines.map((line, i) => `<tspan x="${n(x)}" y="${n(y + i * size * spacing)}">${xml(line)}</tspan>`).join('')}</text>`
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** Safe inside XML text and quoted attributes. Characters that XML forbids become a replacement character. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)
}
