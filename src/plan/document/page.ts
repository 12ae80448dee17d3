/** A document before it is HTML or CSV: headings, sentences, tables, drawings. */

export type Cell =
  | string
  | { readonly lines: readonly string[] }
  | { readonly text: string; readonly href: string }
  | { readonly missing: string }

export interface Column {
  readonly title: string
  /** Figures stand under each other. */
  readonly figures?: boolean
  /** Not broken into lines: numbers and names of ranges. */
  readonly whole?: boolean
}

export interface Row {
  readonly cells: readonly Cell[]
  /** A line across the table that names what follows. */
  readonly heads?: boolean
}

export interface Table {
  readonly caption: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

export type Block =
  | { readonly is: 'heading'; readonly text: string; readonly id?: string }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'list'; readonly items: readonly string[]; readonly numbered?: boolean }
  | { readonly is: 'facts'; readonly facts: readonly { readonly name: string; readonly value: string }[] }
  | { readonly is: 'table'; readonly table: Table }
  /** `svg` is markup of our own making (`svg.ts`), everything else is text. */
  | { readonly is: 'drawing'; readonly svg: string; readonly id: string }
  | { readonly is: 'links'; readonly links: readonly { readonly href: string; readonly text: string; readonly note: string }[] }

export interface Page {
  readonly path: string
  readonly title: string
  readonly intro: string
  readonly blocks: readonly Block[]
  /** Lying sheets, for drawings and broad tables. */
  readonly wide?: boolean
  /** Printed small, so that it is one sheet. */
  readonly oneSheet?: boolean
}

export function row(...cells: readonly Cell[]): Row {
  return { cells }
}

export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell
  if ('lines' in cell) return cell.lines.join('\n')
  return 'missing' in cell ? cell.missing : cell.text
}
