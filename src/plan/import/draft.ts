/**
 * A plan being written: sections of named entries with comments, printed as a person would write them. What is long stands over
 * several lines, numbers of telephones stand in quotes, and a remark stands above what it is about.
 */

export type DraftValue = string | number | boolean | readonly DraftValue[] | { readonly [key: string]: DraftValue | undefined }

interface Entry {
  readonly key: string
  readonly value: DraftValue
  readonly remarks: readonly string[]
}

const WIDTH = 150

export class Draft {
  private readonly heading: readonly string[]
  private readonly sections = new Map<string, { readonly remarks: string[]; readonly entries: Entry[]; readonly list: boolean }>()

  constructor(heading: readonly string[]) {
    this.heading = heading
  }

  /** An entry of a section of named values. */
  set(section: string, key: string, value: DraftValue, ...remarks: readonly string[]): void {
    this.section(section, false).entries.push({ key, value, remarks })
  }

  /** An item of a section that is a list. */
  add(section: string, value: DraftValue, ...remarks: readonly string[]): void {
    this.section(section, true).entries.push({ key: '', value, remarks })
  }

  /** A remark above a whole section. */
  remark(section: string, text: string): void {
    this.section(section, false).remarks.push(text)
  }

  has(section: string, key: string): boolean {
    return this.sections.get(section)?.entries.some(e => e.key === key) ?? false
  }

  /** In the order given; sections that are not named there come last. */
  print(order: readonly string[]): string {
    const out = [...this.heading.map(comment), 'plan: 1', '']
    const rest = [...this.sections.keys()].filter(name => !order.includes(name))
    for (const name of [...order, ...rest]) {
      const section = this.sections.get(name)
      if (section === undefined || section.entries.length === 0) continue
      out.push(...section.remarks.map(comment), `${name}:`)
      for (const entry of section.entries) {
        out.push(...entry.remarks.map(text => `  ${comment(text)}`))
        out.push(...(section.list ? [`  - ${flow(entry.value)}`] : printed(entry.key, entry.value, '  ')))
      }
      out.push('')
    }
    return out.join('\n')
  }

  private section(name: string, list: boolean) {
    let section = this.sections.get(name)
    if (section === undefined) {
      section = { remarks: [], entries: [], list }
      this.sections.set(name, section)
    }
    return section
  }
}

/** A remark may hold anything that somebody once typed into a web form: it stays on its line. */
function comment(text: string): string {
  return `# ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`
}

function printed(key: string, value: DraftValue, indent: string): string[] {
  const short = `${indent}${printedKey(key)}: ${flow(value)}`
  if (short.length <= WIDTH || typeof value !== 'object') return [short]
  if (Array.isArray(value)) {
    const items = value as readonly DraftValue[]
    return items.some(v => typeof v === 'object') ? [`${indent}${printedKey(key)}:`, ...items.map(v => `${indent}  - ${flow(v)}`)] : [short]
  }
  return [
    `${indent}${printedKey(key)}:`,
    ...Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [`${indent}  ${printedKey(k)}: ${flow(v)}`])),
  ]
}

function flow(value: DraftValue): string {
  if (typeof value === 'string') return word(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  const parts = Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [`${printedKey(k)}: ${flow(v)}`]))
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

/** Words that YAML would read as something else. */
const MEANS_ELSE = /^(?:true|false|yes|no|on|off|null|y|n|~)$/i
const PLAIN = /^\p{L}[\p{L}\p{N}'’.@_/-]*(?: [\p{L}\p{N}'’.@_/+-]+)*$/u
const DURATION = /^\d+(?:ms|s|min|h)$|^\d+ [a-z]+$/

function word(text: string): string {
  if (DURATION.test(text) || (PLAIN.test(text) && !MEANS_ELSE.test(text))) return text
  return JSON.stringify(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '))
}

function printedKey(key: string): string {
  return /^[\p{L}][\p{L}\p{N}-]*$/u.test(key) && !MEANS_ELSE.test(key) ? key : JSON.stringify(key)
}
