/** Pages as HTML that reads well on a screen and prints well: repeated heads of tables, whole rows, a foot on every sheet. */
import type { Block, Cell, Page, Row, Table } from './page.ts'
import type { Say } from './say.ts'
import { xml } from './svg.ts'

export interface Frame {
  /** 'Densaulyk Clinic' */
  readonly office: string
  /** 'Plan revision 3 · 24 November 2026' */
  readonly stamp: string
  readonly pages: readonly { readonly path: string; readonly title: string }[]
}

export function html(page: Page, frame: Frame, say: Say): string {
  const nav = frame.pages
    .map(p => (p.path === page.path ? `<span aria-current="page">${xml(p.title)}</span>` : `<a href="${xml(p.path)}">${xml(p.title)}</a>`))
    .join('\n')
  return `<!doctype html>
<html lang="${say.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self'">
<title>${xml(`${page.title} · ${frame.office}`)}</title>
<style>
${sheet(page, frame, say)}</style>
</head>
<body>
<header>
<p class="office">${xml(frame.office)}</p>
<nav aria-label="${xml(say('contents'))}">
${nav}
</nav>
</header>
<main>
<h1>${xml(page.title)}</h1>
<p class="intro">${xml(page.intro)}</p>
${page.blocks.map(block).join('\n')}
</main>
<footer>${xml(frame.stamp)}</footer>
</body>
</html>
`
}

/** Lists longer than this stand in columns. */
const MANY_LINKS = 30

function block(b: Block): string {
  switch (b.is) {
    case 'heading':
      return `<h2${b.id === undefined ? '' : ` id="${xml(b.id)}"`}>${xml(b.text)}</h2>`
    case 'text':
      return `<p>${xml(b.text)}</p>`
    case 'list': {
      const tag = b.numbered === true ? 'ol' : 'ul'
      return `<${tag}>\n${b.items.map(i => `<li>${xml(i)}</li>`).join('\n')}\n</${tag}>`
    }
    case 'facts':
      return `<dl>\n${b.facts.map(f => `<div><dt>${xml(f.name)}</dt><dd>${xml(f.value)}</dd></div>`).join('\n')}\n</dl>`
    case 'table':
      return table(b.table)
    case 'drawing':
      return `<figure id="${xml(b.id)}">\n${b.svg}</figure>`
    case 'links':
      return `<ul class="links${b.links.length > MANY_LINKS ? ' many' : ''}">\n${b.links.map(l => `<li><a href="${xml(l.href)}">${xml(l.text)}</a>${l.note === '' ? '' : ` <span>${xml(l.note)}</span>`}</li>`).join('\n')}\n</ul>`
  }
}

function table(t: Table): string {
  const head = t.columns.map(c => `<th scope="col"${c.figures === true ? ' class="n"' : ''}>${xml(c.title)}</th>`).join('')
  const classes = t.columns.map(c => (c.figures === true ? ' class="n"' : c.whole === true ? ' class="w"' : ''))
  return `<table>
<caption>${xml(t.caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${t.rows.map(r => tableRow(r, classes)).join('\n')}
</tbody>
</table>`
}

function tableRow(row: Row, classes: readonly string[]): string {
  if (row.heads === true)
    return `<tr class="heads"><th scope="rowgroup" colspan="${classes.length}">${row.cells.map(cell).join(' ')}</th></tr>`
  return `<tr>${row.cells.map((c, i) => `<td${classes[i] ?? ''}>${cell(c)}</td>`).join('')}</tr>`
}

function cell(c: Cell): string {
  if (typeof c === 'string') return xml(c)
  if ('lines' in c) return c.lines.map(xml).join('<br>')
  return 'missing' in c ? `<strong>${xml(c.missing)}</strong>` : `<a href="${xml(c.href)}">${xml(c.text)}</a>`
}

function sheet(page: Page, frame: Frame, say: Say): string {
  const foot = cssText(`${frame.office} · ${frame.stamp}`)
  return `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem 1.6rem 3rem; max-width: ${page.wide === true ? '100rem' : '62rem'}; background: #fff; color: #111;
  font: 15px/1.45 Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif; overflow-wrap: break-word; }
header { border-bottom: 2px solid #111; padding-bottom: .5rem; }
.office { font-weight: 700; margin: 0 0 .3rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: 14px; }
nav [aria-current] { font-weight: 700; }
a { color: #0b4f9e; }
h1 { font-size: 1.65rem; line-height: 1.2; margin: 1.2rem 0 .4rem; }
h2 { font-size: 1.15rem; margin: 1.7rem 0 .4rem; break-after: avoid; }
.intro { margin: 0 0 1rem; color: #333; max-width: 48rem; }
ul, ol { padding-left: 1.3rem; } li { margin: .2rem 0; break-inside: avoid; }
.links li { margin: .55rem 0; } .links span { color: #444; display: block; }
.many { columns: 15rem; column-gap: 1.6rem; font-size: 13px; } .many li { margin: .2rem 0; }
dl { margin: .4rem 0; } dl div { display: grid; grid-template-columns: minmax(9rem, 16rem) 1fr; gap: .8rem; padding: .25rem 0; border-bottom: 1px solid #ddd; break-inside: avoid; }
dt { font-weight: 700; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1.2rem; font-size: 13.5px; }
caption { text-align: left; font-weight: 700; padding: .2rem 0 .3rem; }
th, td { border: 1px solid #999; padding: .28rem .45rem; text-align: left; vertical-align: top; }
thead th { background: #e9e9e9; border-bottom: 2px solid #111; }
.heads th { background: #f4f4f4; padding-top: .5rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.w { white-space: nowrap; }
td strong { border-bottom: 2px solid #111; }
figure { margin: 1.4rem 0; overflow-x: auto; }
svg { max-width: 100%; height: auto; display: block; }
footer { margin-top: 2rem; border-top: 1px solid #999; padding-top: .4rem; font-size: 13px; color: #333; }
@page { size: A4${page.wide === true ? ' landscape' : ''}; margin: ${page.oneSheet === true ? '9mm 10mm 12mm' : '15mm 13mm 17mm'};
  @bottom-left { content: ${foot}; font: 8.5pt Arial, Helvetica, sans-serif; }
  @bottom-right { content: ${cssText(say('sheet'))} " " counter(page) " / " counter(pages); font: 8.5pt Arial, Helvetica, sans-serif; } }
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; }
  nav, footer { display: none; }
  h1 { font-size: 17pt; margin-top: .5rem; } h2 { font-size: 12.5pt; margin-top: 1rem; }
  table { font-size: 8.8pt; } th, td { padding: .16rem .32rem; }
  thead { display: table-header-group; } tr { break-inside: avoid; } .heads { break-after: avoid; }
  .many { columns: 4; font-size: 7.5pt; } .many span { display: inline; }
  a { color: inherit; text-decoration: none; }
  figure { break-inside: avoid; break-before: page; margin: 0; overflow: visible; }
  h1 + .intro + figure { break-before: auto; }
  svg { max-height: 162mm; width: auto; }
${page.oneSheet === true ? ONE_SHEET : ''}}
`
}

const ONE_SHEET = `  body { font-size: 8.2pt; line-height: 1.25; }
  header { padding-bottom: 0; } .office { margin: 0; } h1 { font-size: 14pt; margin: .1rem 0; } h2 { font-size: 10pt; margin: .45rem 0 .1rem; } .intro { margin-bottom: .3rem; }
  table { font-size: 7.2pt; line-height: 1.15; margin: .15rem 0 .3rem; } th, td { padding: .1rem .25rem; } caption { padding: 0; } ul, ol { margin: .2rem 0; } li { margin: .05rem 0; } dl div { padding: .1rem 0; grid-template-columns: minmax(4rem, 9rem) 1fr; }
  main > ul { columns: 2; column-gap: 1.6rem; }
`

/** A quoted string of CSS inside a style element: nothing in it can end the string or the element. */
function cssText(text: string): string {
  return `"${[...text].map(c => (/[\p{L}\p{N} .,·:/-]/u.test(c) ? c : `\\${c.codePointAt(0)!.toString(16)} `)).join('')}"`
}
