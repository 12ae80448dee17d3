/** Tables for spreadsheets: UTF-8 with its mark, quoted as RFC 4180 says, and never a formula. */
import { cellText, type Table } from './page.ts'

const MARK = '\uFEFF'

/** Rows that only head a group are left out: a spreadsheet wants one row for each thing. */
export function csv(table: Table): string {
  const rows = [table.columns.map(c => c.title), ...table.rows.filter(r => r.heads !== true).map(r => r.cells.map(cellText))]
  return MARK + rows.map(cells => `${cells.map(field).join(',')}\r\n`).join('')
}

/**
 * A cell that begins with =, +, -, @, a tab or a return may be run by a spreadsheet; an apostrophe before it keeps it text.
 * A telephone number in full is no formula and no sum: it keeps its plus.
 */
export function field(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) && !/^\+[0-9][0-9 ]*$/.test(text) ? `'${text}` : text
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
