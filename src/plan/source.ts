/**
 * A plan's text as a tree that remembers where everything stood. Several files become one tree: their sections are merged,
 * so that people may live in one file and trunks in another. The YAML library is met only here.
 * A little over 400 lines: merging and placing know the tree's inside, and nobody else does.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node as YamlNode } from 'yaml'
import type { Place } from './decision.ts'
import { readPlainYaml } from './plain-yaml.ts'
import type { PlanProblem, PlanText } from './problem.ts'
import { faultInWords } from './yaml-faults.ts'

export type SourceNode =
  | { readonly is: 'map'; readonly file: number; readonly at: number; readonly entries: Map<string, SourceEntry> }
  | { readonly is: 'list'; readonly file: number; readonly at: number; readonly items: SourceNode[] }
  | {
      readonly is: 'scalar'
      readonly file: number
      readonly at: number
      readonly value: unknown /** As written, quotes removed. */
      readonly text: string
    }

export interface SourceEntry {
  readonly keyFile: number
  readonly keyAt: number
  readonly node: SourceNode
}

export type Path = readonly (string | number)[]

const DEPTH = 40
/** How many values aliases may repeat in one file: a bound on texts that grow without end when they are unfolded. */
const REPEATED = 10_000

/** The text of one plan, possibly of several files, and where each value stood. */
export class PlanSource {
  readonly files: readonly PlanText[]
  readonly root: SourceNode
  private readonly counters: readonly LineCounter[]

  constructor(files: readonly PlanText[], root: SourceNode, counters: readonly LineCounter[]) {
    this.files = files
    this.root = root
    this.counters = counters
  }

  /** The value at `path`, or undefined. */
  at(path: Path): SourceNode | undefined {
    let node: SourceNode | undefined = this.root
    for (const step of path) {
      if (node?.is === 'map') node = node.entries.get(String(step))?.node
      else if (node?.is === 'list') node = node.items[Number(step)]
      else return undefined
    }
    return node
  }

  /** Where the value at `path` stands; where it is missing, where its nearest parent stands. */
  place(path: Path): Place {
    for (let n = path.length; n >= 0; n--) {
      const node = this.at(n === path.length ? path : path.slice(0, n))
      if (node !== undefined) return this.placeAt(node.file, node.at, path)
    }
    return this.placeAt(0, 0, path)
  }

  /** Where the key at the end of `path` stands. */
  keyPlace(path: Path): Place {
    const parent = this.at(path.slice(0, -1))
    const entry = parent?.is === 'map' ? parent.entries.get(String(path.at(-1))) : undefined
    return entry === undefined ? this.place(path) : this.placeAt(entry.keyFile, entry.keyAt, path)
  }

  placeAt(file: number, at: number, path: Path): Place {
    const position = this.counters[file]?.linePos(at)
    return {
      file: this.files[file]?.name ?? '',
      line: Math.max(1, position?.line ?? 1),
      column: Math.max(1, position?.col ?? 1),
      path: path.join('.'),
    }
  }

  /** The file of this name, however its path is written. */
  fileNamed(name: string): PlanText | undefined {
    const wanted = settled(name)
    return this.files.find(f => settled(f.name) === wanted)
  }

  /** Plain values, for the schema. */
  value(): unknown {
    return plain(this.root)
  }
}

function plain(node: SourceNode): unknown {
  if (node.is === 'scalar') return node.value
  if (node.is === 'list') return node.items.map(plain)
  const out: Record<string, unknown> = {}
  for (const [key, entry] of node.entries)
    Object.defineProperty(out, key, { value: plain(entry.node), enumerable: true, configurable: true, writable: true })
  return out
}

/** Reads the files and merges them. Problems of syntax are reported with the rest of what can be read still there. */
export function readSource(
  files: readonly PlanText[],
  byLibraryAlone = false,
): { readonly source: PlanSource; readonly problems: readonly PlanProblem[] } {
  const problems: PlanProblem[] = []
  const counters = files.map(() => new LineCounter())
  const root: SourceNode = { is: 'map', file: 0, at: 0, entries: new Map() }
  const source = new PlanSource(files, root, counters)
  files.forEach((file, index) => {
    if (isFeed(file.name)) return
    const strange = file.text.search(/\uFFFD|\u0000/)
    if (strange >= 0) {
      problems.push(notUtf8(file, strange))
      return
    }
    const deep = tooDeep(file.text)
    if (deep >= 0) {
      problems.push({
        code: 'too-deep',
        severity: 'error',
        place: placeIn(file, deep),
        message: `Brackets open here more than ${DEPTH} times within each other.`,
        remedy: 'No plan needs that: a closing bracket is missing, or this is no plan.',
      })
      return
    }
    const plainly = byLibraryAlone ? null : readPlainYaml(file.text, index)
    if (plainly !== null) {
      countLines(file.text, counters[index]!)
      includesAreThere(plainly, file.name, source, problems)
      merge(root, plainly, source, problems)
      return
    }
    const document = parseDocument(file.text, {
      lineCounter: counters[index]!,
      stringKeys: true,
      prettyErrors: false,
      merge: false,
      // The library compares every key with every other: 10,000 people would take seconds. `convert` looks for twins itself.
      uniqueKeys: false,
      logLevel: 'error',
    })
    for (const error of withoutEchoes([...document.errors, ...document.warnings]))
      problems.push({
        code: 'syntax',
        severity: 'error',
        place: source.placeAt(index, error.pos[0], []),
        ...faultInWords(error, file.text.slice(error.pos[0], error.pos[0] + 80)),
      })
    const conversion: Conversion = { file: index, document, repeated: 0, deepAt: -1, twins: [], lost: [] }
    const tree = convert(document.contents as YamlNode | null, conversion, 0, false)
    if (conversion.deepAt >= 0)
      problems.push({
        code: 'too-deep',
        severity: 'error',
        place: source.placeAt(index, conversion.deepAt, []),
        message: `What stands here lies within more than ${DEPTH} sections and lists.`,
        remedy: 'No plan needs that: look at the indentation of the lines above.',
      })
    for (const { name, at } of conversion.lost)
      problems.push({
        code: 'syntax',
        severity: 'error',
        place: source.placeAt(index, at, []),
        message: `*${name} stands for something that is named '&${name}' elsewhere in this file, but nothing is.`,
        remedy: `If the star belongs to the text, put it in quotes: "*${name}".`,
      })
    for (const { name, at } of conversion.twins)
      problems.push({
        code: 'duplicate-key',
        severity: 'error',
        place: source.placeAt(index, at, [name]),
        message: `'${name}' is written twice here; only one of them can be meant.`,
        remedy: 'Remove one, or join the two.',
      })
    if (conversion.repeated > REPEATED) {
      problems.push({
        code: 'too-many-aliases',
        severity: 'error',
        place: source.placeAt(index, 0, []),
        message: `Aliases (*name) repeat more than ${REPEATED} values in this file.`,
        remedy: 'Write the values out.',
      })
      return
    }
    if (tree === null) {
      if (document.errors.length === 0 && files.length === 1)
        problems.push({
          code: 'empty-plan',
          severity: 'error',
          place: source.placeAt(index, 0, []),
          message: 'The file holds no plan.',
          remedy: "Begin with 'plan: 1' and an 'office:' section; examples/clinic shows one.",
        })
      return
    }
    if (tree.is !== 'map') {
      if (document.errors.length === 0)
        problems.push({
          code: 'not-a-map',
          severity: 'error',
          place: source.placeAt(index, tree.at, []),
          message: 'A plan is a list of named sections, such as office:, people: and lines:.',
          remedy: "Begin with 'plan: 1'.",
        })
      return
    }
    includesAreThere(tree, file.name, source, problems)
    merge(root, tree, source, problems)
  })
  return { source, problems }
}

function countLines(text: string, counter: LineCounter): void {
  counter.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1)
}

/** One stray bracket makes a parser stumble over every token after it: only the first of such errors helps anyone. */
function withoutEchoes<T>(errors: readonly T[]): readonly T[] {
  return errors.slice(0, 1)
}

interface Conversion {
  readonly file: number
  readonly document: ReturnType<typeof parseDocument>
  /** Values made from aliases so far. */
  repeated: number
  /** Where it became too deep to follow; -1: nowhere. */
  deepAt: number
  /** Keys written twice. */
  readonly twins: { readonly name: string; readonly at: number }[]
  /** Aliases of nothing. */
  readonly lost: { readonly name: string; readonly at: number }[]
}

function convert(node: YamlNode | null, c: Conversion, depth: number, inAlias: boolean): SourceNode | null {
  if (node === null || c.repeated > REPEATED) return null
  if (depth > DEPTH) {
    if (!inAlias && c.deepAt < 0) c.deepAt = node.range?.[0] ?? 0
    return null
  }
  if (inAlias) c.repeated++
  const { file } = c
  const at = node.range?.[0] ?? 0
  const empty = (where: number): SourceNode => ({ is: 'scalar', file, at: where, value: null, text: '' })
  if (isAlias(node)) {
    const meant = (node.resolve(c.document) ?? null) as YamlNode | null
    if (meant === null && !inAlias) c.lost.push({ name: node.source.replace(/:$/, ''), at })
    return convert(meant, c, depth + 1, true)
  }
  if (isMap(node)) {
    const entries = new Map<string, SourceEntry>()
    for (const pair of node.items) {
      const key = pair.key as YamlNode
      if (!isScalar(key)) continue
      const keyAt = key.range?.[0] ?? at
      const name = String(key.value)
      if (entries.has(name)) {
        if (!inAlias) c.twins.push({ name, at: keyAt })
        continue
      }
      const value = convert(pair.value as YamlNode | null, c, depth + 1, inAlias) ?? empty(keyAt)
      entries.set(name, { keyFile: file, keyAt, node: value })
    }
    return { is: 'map', file, at, entries }
  }
  if (isSeq(node))
    return { is: 'list', file, at, items: node.items.map(item => convert(item as YamlNode | null, c, depth + 1, inAlias) ?? empty(at)) }
  if (isScalar(node)) return { is: 'scalar', file, at, value: node.value, text: node.source ?? String(node.value) }
  return null
}

function includesAreThere(tree: SourceNode & { is: 'map' }, file: string, source: PlanSource, problems: PlanProblem[]): void {
  for (const { name, node } of namedFiles(tree)) {
    const place = source.placeAt(node.file, node.at, [])
    if (isOutside(`${folderOf(file)}${name}`) || isOutside(name, true))
      problems.push({
        code: 'outside-folder',
        severity: 'error',
        place,
        message: `The file '${name}' lies outside of the folder of the plan: it is not read.`,
        remedy: 'Move it into the folder of the plan: a plan is kept and moved as a whole.',
      })
    else if (source.fileNamed(`${folderOf(file)}${name}`) === undefined)
      problems.push({
        code: 'missing-file',
        severity: 'error',
        place,
        message: `The file '${name}' is not there.`,
        remedy: /^\w+:\/\//.test(name)
          ? 'Save it beside the plan and name that file: a call in progress cannot wait for a network.'
          : 'Write its path as seen from this file.',
      })
  }
}

/** Files that a file of the plan names: others of the plan, and calendars of rotas. */
function namedFiles(tree: SourceNode & { is: 'map' }): { readonly name: string; readonly node: SourceNode }[] {
  const found: { name: string; node: SourceNode }[] = []
  const add = (node: SourceNode | undefined): void => {
    if (node?.is === 'scalar' && typeof node.value === 'string' && node.value !== '') found.push({ name: node.value, node })
  }
  const include = tree.entries.get('include')?.node
  if (include?.is === 'list') include.items.forEach(add)
  const rotas = tree.entries.get('rotas')?.node
  if (rotas?.is === 'map')
    for (const { node: rota } of rotas.entries.values()) {
      if (rota.is !== 'map') continue
      add(rota.entries.get('ical')?.node)
      const layers = rota.entries.get('layers')?.node
      if (layers?.is === 'map')
        for (const { node: layer } of layers.entries.values()) if (layer.is === 'map') add(layer.entries.get('ical')?.node)
    }
  return found
}

/** A plan's folder is all that is read: nothing above it, nothing elsewhere (`absolute` alone: only that is asked). */
function isOutside(path: string, absolute = false): boolean {
  if (/^([/\\]|[A-Za-z]:)/.test(path)) return true
  return !absolute && settled(path).startsWith('..')
}

/** Calendars lie beside the plan's files and are no YAML. */
function isFeed(name: string): boolean {
  return /\.ics$/i.test(name)
}

function placeIn(file: PlanText, at: number): Place {
  const before = file.text.slice(0, at)
  return { file: file.name, line: before.split('\n').length, column: at - before.lastIndexOf('\n'), path: '' }
}

/** What was no UTF-8 has become U+FFFD on the way; Windows writes UTF-16 with zeros between. */
function notUtf8(file: PlanText, at: number): PlanProblem {
  return {
    code: 'not-utf-8',
    severity: 'error',
    place: placeIn(file, at),
    message: 'From here on the text cannot be read: it is in another encoding than UTF-8, perhaps Windows-1251 or UTF-16.',
    remedy: 'Save the file as UTF-8.',
  }
}

/** Where brackets outside of quotes get too deep for any reader; -1: nowhere. Cheap, as most texts have few brackets in a row. */
function tooDeep(text: string): number {
  const run = /(?:[[{][\s]*){41}/.exec(text)
  return run === null ? -1 : run.index
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1)
}

/** 'a/./b/../c' → 'a/c' */
function settled(path: string): string {
  const out: string[] = []
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (part !== '.' && part !== '') out.push(part)
  }
  return out.join('/')
}

/** Sections of the same name in several files are joined: maps by key, lists one after the other. */
function merge(root: SourceNode & { is: 'map' }, tree: SourceNode & { is: 'map' }, source: PlanSource, problems: PlanProblem[]): void {
  for (const [section, entry] of tree.entries) {
    const present = root.entries.get(section)
    if (present === undefined) root.entries.set(section, entry)
    else if (section === 'plan' || section === 'include') continue
    else if (present.node.is === 'list' && entry.node.is === 'list') present.node.items.push(...entry.node.items)
    else if (present.node.is === 'map' && entry.node.is === 'map') {
      for (const [key, child] of entry.node.entries) {
        const twin = present.node.entries.get(key)
        if (twin === undefined) present.node.entries.set(key, child)
        // Each branch's file may bring its ranges and short codes; a person or a line stands in one file only.
        else if (section === 'numbering' && twin.node.is === 'map' && child.node.is === 'map')
          for (const [inner, value] of child.node.entries) {
            const other = twin.node.entries.get(inner)
            if (other === undefined) twin.node.entries.set(inner, value)
            else problems.push(writtenTwice(source, [section, key, inner], value, other))
          }
        else problems.push(writtenTwice(source, [section, key], child, twin))
      }
    } else
      problems.push({
        code: 'duplicate-key',
        severity: 'error',
        place: source.placeAt(entry.keyFile, entry.keyAt, [section]),
        message: `The section '${section}' is written in two files in two forms.`,
        remedy: 'Keep one of the two.',
      })
  }
}

function writtenTwice(source: PlanSource, path: Path, entry: SourceEntry, first: SourceEntry): PlanProblem {
  const other = source.placeAt(first.keyFile, first.keyAt, [])
  return {
    code: 'duplicate-key',
    severity: 'error',
    place: source.placeAt(entry.keyFile, entry.keyAt, path),
    message: `'${path.join('.')}' is also written in ${other.file} at line ${other.line}.`,
    remedy: 'Keep one of the two.',
  }
}

/** The files that a file of the plan asks to be read with it (`include: [people.yaml]`, `ical: feeds/on-call.ics`), as written; none from outside its folder. */
export function includesOf(text: string, name = ''): readonly string[] {
  const { source } = readSource([{ name, text }])
  if (source.root.is !== 'map') return []
  return namedFiles(source.root).flatMap(f => (isOutside(`${folderOf(name)}${f.name}`) || isOutside(f.name, true) ? [] : [f.name]))
}
