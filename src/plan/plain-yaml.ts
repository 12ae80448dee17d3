/**
 * The YAML that plans are written in nearly always: indented maps and lists, flow maps and lists on one line, plain and quoted
 * words. It is read ten times faster than the library reads all of YAML, which a large office notices. Whatever is not certainly
 * in this subset (anchors, tags, block texts, escapes, several lines in brackets, tabs, mistakes of any kind) gives null, and
 * the library reads the file: it alone tells of errors. A test holds the two against each other.
 */
import type { SourceEntry, SourceNode } from './source.ts'

const DEEPEST = 40

export function readPlainYaml(text: string, file: number): (SourceNode & { readonly is: 'map' }) | null {
  // Line ends of Windows, tabs, byte order marks: the library knows about them.
  if (/[\t\r\uFEFF\u0085\u2028\u2029\0]/.test(text)) return null
  const reader = new Reader(text, file)
  try {
    const line = reader.nextLine()
    if (line === null || line.indent !== 0) return null
    const root = reader.blockMap(0, 0)
    return reader.atEnd() ? root : null
  } catch (error) {
    if (error !== NOT_PLAIN) throw error
    return null
  }
}

/** Thrown within this file only: one object, so that giving up costs nothing. */
const NOT_PLAIN = new Error('not in the plain subset of YAML')

/** A name before a colon: letters, digits and a few signs, so that nothing in it can mean anything to YAML. */
const KEY = /[\p{L}\p{N}+][\p{L}\p{N}_.+*/-]*/uy
/** How a plain word may begin. */
const BEGINS = /[\p{L}\p{N}+(./_]/uy

class Reader {
  private readonly text: string
  private readonly file: number
  private at = 0

  constructor(text: string, file: number) {
    this.text = text
    this.file = file
  }

  atEnd(): boolean {
    return this.nextLine() === null
  }

  /** Skips empty lines and comments; stands at the beginning of the next line that says something. */
  nextLine(): { readonly indent: number } | null {
    const { text } = this
    while (this.at < text.length) {
      let i = this.at
      while (text.charCodeAt(i) === 32) i++
      const c = text.charCodeAt(i)
      if (i < text.length && c !== 10 && c !== 35) return { indent: i - this.at }
      const end = text.indexOf('\n', i)
      this.at = end < 0 ? text.length : end + 1
    }
    return null
  }

  blockMap(indent: number, depth: number): SourceNode & { readonly is: 'map' } {
    if (depth > DEEPEST) throw NOT_PLAIN
    const entries = new Map<string, SourceEntry>()
    const start = this.at + indent
    for (let line = this.nextLine(); line !== null && line.indent >= indent; line = this.nextLine()) {
      if (line.indent > indent) throw NOT_PLAIN
      this.at += indent
      const keyAt = this.at
      const key = this.key()
      if (entries.has(key)) throw NOT_PLAIN
      const node = this.blockValue(indent, depth)
      entries.set(key, { keyFile: this.file, keyAt, node })
    }
    return { is: 'map', file: this.file, at: start, entries }
  }

  private blockList(indent: number, depth: number): SourceNode {
    if (depth > DEEPEST) throw NOT_PLAIN
    const items: SourceNode[] = []
    const start = this.at + indent
    for (let line = this.nextLine(); line !== null && line.indent >= indent; line = this.nextLine()) {
      if (line.indent > indent || !this.text.startsWith('- ', this.at + indent)) throw NOT_PLAIN
      this.at += indent + 2
      this.spaces()
      items.push(this.inLine(depth + 1))
    }
    return { is: 'list', file: this.file, at: start, items }
  }

  /** What stands behind a key: on the same line, or in the lines below that are indented more. */
  private blockValue(indent: number, depth: number): SourceNode {
    const colon = this.at
    this.spaces()
    const c = this.text.charCodeAt(this.at)
    if (c !== 10 && c !== 35) return this.inLine(depth + 1)
    this.at = colon
    this.endOfLine()
    const line = this.nextLine()
    if (line === null || line.indent <= indent) throw NOT_PLAIN
    return this.text.startsWith('- ', this.at + line.indent)
      ? this.blockList(line.indent, depth + 1)
      : this.blockMap(line.indent, depth + 1)
  }

  /** A value that ends with its line. */
  private inLine(depth: number): SourceNode {
    const c = this.text[this.at]
    const node = c === '{' || c === '[' || c === '"' || c === "'" ? this.flow(depth) : this.plainOfLine()
    this.endOfLine()
    return node
  }

  private key(): string {
    const c = this.text[this.at]
    let key: string
    if (c === '"' || c === "'") key = this.quoted()
    else {
      KEY.lastIndex = this.at
      const m = KEY.exec(this.text)
      if (m === null) throw NOT_PLAIN
      key = m[0]
      this.at = KEY.lastIndex
    }
    // YAML looks no further than 1024 characters for the colon.
    if (this.text[this.at] !== ':' || key.length > 500) throw NOT_PLAIN
    const next = this.text[++this.at]
    if (next !== ' ' && next !== '\n') throw NOT_PLAIN
    return key
  }

  /** `{ a: b }`, `[a, b]`, or one word of them. */
  private flow(depth: number): SourceNode {
    if (depth > DEEPEST) throw NOT_PLAIN
    const c = this.text[this.at]
    const at = this.at
    if (c === '"' || c === "'") {
      const value = this.quoted()
      return { is: 'scalar', file: this.file, at, value, text: value }
    }
    if (c !== '{' && c !== '[') return this.plainOfFlow()
    this.at++
    const close = c === '{' ? '}' : ']'
    const entries = new Map<string, SourceEntry>()
    const items: SourceNode[] = []
    this.spaces()
    if (this.text[this.at] === close) this.at++
    else
      for (;;) {
        if (c === '[') items.push(this.flow(depth + 1))
        else {
          const keyAt = this.at
          const key = this.key()
          if (entries.has(key)) throw NOT_PLAIN
          this.spaces()
          entries.set(key, { keyFile: this.file, keyAt, node: this.flow(depth + 1) })
        }
        this.spaces()
        const sign = this.text[this.at++]
        if (sign === close) break
        if (sign !== ',' || this.text[this.at] !== ' ') throw NOT_PLAIN
        this.spaces()
      }
    return c === '{' ? { is: 'map', file: this.file, at, entries } : { is: 'list', file: this.file, at, items }
  }

  /** Without escapes; in single quotes '' would be one. */
  private quoted(): string {
    const sign = this.text[this.at]!
    const end = this.text.indexOf(sign, this.at + 1)
    if (end < 0 || this.text[end + 1] === sign) throw NOT_PLAIN
    const value = this.text.slice(this.at + 1, end)
    if (value.includes('\n') || (sign === '"' && value.includes('\\'))) throw NOT_PLAIN
    this.at = end + 1
    return value
  }

  private plainOfLine(): SourceNode {
    const at = this.at
    const end = this.lineEnd()
    let text = this.text.slice(at, end)
    const comment = text.indexOf(' #')
    if (comment >= 0) text = text.slice(0, comment)
    return this.plain(at, text.trimEnd())
  }

  private plainOfFlow(): SourceNode {
    const at = this.at
    const { text } = this
    let i = at
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i)
      // , [ ] { } and the end of the line
      if (c === 44 || c === 91 || c === 93 || c === 123 || c === 125 || c === 10) break
    }
    return this.plain(at, text.slice(at, i).trimEnd())
  }

  private plain(at: number, text: string): SourceNode {
    BEGINS.lastIndex = at
    if (text === '' || !BEGINS.test(this.text) || /:(\s|$)|\s#/.test(text) || text.startsWith('...')) throw NOT_PLAIN
    this.at = at + text.length
    return { is: 'scalar', file: this.file, at, value: meaning(text), text }
  }

  private spaces(): void {
    while (this.text.charCodeAt(this.at) === 32) this.at++
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at)
    return end < 0 ? this.text.length : end
  }

  /** Nothing but spaces and a comment may stand before it. */
  private endOfLine(): void {
    const before = this.at
    this.spaces()
    const c = this.text[this.at]
    if (c === undefined) return
    if (c !== '\n' && !(c === '#' && this.at > before)) throw NOT_PLAIN
    this.at = Math.min(this.text.length, this.lineEnd() + 1)
  }
}

/** Words that YAML 1.2 reads as something else than words. */
function meaning(text: string): unknown {
  const c = text.charCodeAt(0)
  const isWord = (c >= 97 && c <= 122 && c !== 110 && c !== 116 && c !== 102) || c > 127
  if (isWord) return text
  if (/^[-+]?[0-9]+$/.test(text)) return Number(text)
  if (/^(null|Null|NULL)$/.test(text)) return null
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  if (/^[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)$/.test(text)) return Number.parseFloat(text)
  // Other writings of numbers are rare: the library knows them all.
  if (/^[-+]?([0-9.]+[eE][-+]?[0-9]+|0[xo][0-9a-fA-F]+|\.(inf|Inf|INF))$|^\.(nan|NaN|NAN)$/.test(text)) throw NOT_PLAIN
  return text
}
