/**
 * Text → validated plan. The schema finds what is wrong with single values; every finding is turned into a problem with
 * its place in the text, and the nearest right thing.
 */
import type * as z from 'zod'
import type { Place } from './decision.ts'
import { type FeedEvent, readFeed } from './ical.ts'
import { didYouMean, hasErrors, type PlanProblem, type PlanText } from './problem.ts'
import type { ProblemCode } from './problem-codes.ts'
import { HOURS_KEYS } from './schema/hours.ts'
import { type Plan, planSchema } from './schema/plan-schema.ts'
import { type Path, type PlanSource, readSource } from './source.ts'

export interface ParsedPlan {
  /** Null when some value has the wrong form; then `problems` holds an error. */
  readonly plan: Plan | null
  readonly source: PlanSource
  readonly problems: readonly PlanProblem[]
}

/** Never throws, whatever the text. References between sections are not looked at here: `compile` does. */
export function parsePlan(files: readonly PlanText[]): ParsedPlan {
  const { source, problems: syntax } = readSource(files)
  if (syntax.length > 0 && (source.root.is !== 'map' || source.root.entries.size === 0)) return { plan: null, source, problems: syntax }
  const result = planSchema.safeParse(source.value())
  if (result.success) {
    const problems = [...syntax, ...readFeeds(result.data, source)]
    return { plan: hasErrors(problems) ? null : result.data, source, problems }
  }
  const found = result.error.issues.flatMap(issue => fromIssue(issue as Issue, source, []))
  return { plan: null, source, problems: [...syntax, ...withoutTwins(found).filter(p => !syntax.some(s => shadows(s, p)))] }
}

/** Calendars beside the plan become part of it, so that it is whole where it is kept. */
function readFeeds(plan: Plan, source: PlanSource): PlanProblem[] {
  const problems: PlanProblem[] = []
  const read = (ical: { readonly file: string; readonly events: FeedEvent[] } | undefined, path: Path): void => {
    if (ical === undefined) return
    const place = source.place(path)
    const folder = place.file.slice(0, place.file.lastIndexOf('/') + 1)
    const feed = source.fileNamed(`${folder}${ical.file}`)
    // One that is not there has been told of.
    if (feed === undefined) return
    const { events, problems: found } = readFeed(feed.text)
    ical.events.push(...events)
    for (const { line, message } of found)
      problems.push({
        code: 'bad-feed',
        severity: 'error',
        place,
        message: `${ical.file}, line ${line}: ${message}.`,
        remedy: 'Export the calendar again, or correct the event; nothing of it is guessed.',
      })
    if (events.length === 0 && found.length === 0)
      problems.push({
        code: 'bad-feed',
        severity: 'error',
        place,
        message: `${ical.file} holds no event: nobody would ever be on duty.`,
        remedy: 'Export the calendar again.',
      })
  }
  for (const [id, rota] of Object.entries(plan.rotas)) {
    read(rota.ical, ['rotas', id, 'ical'])
    for (const [name, layer] of Object.entries(rota.layers ?? {})) read(layer.ical, ['rotas', id, 'layers', name, 'ical'])
  }
  return problems
}

type Issue = z.core.$ZodIssue & { readonly params?: { readonly code?: ProblemCode; readonly remedy?: string } }

/** After a broken bracket nothing can be trusted to be missing or misplaced. */
function shadows(syntax: PlanProblem, found: PlanProblem): boolean {
  if (syntax.code !== 'syntax' || syntax.place.file !== found.place.file) return false
  return found.place.line >= syntax.place.line - 1 || found.code === 'missing'
}

function withoutTwins(problems: readonly PlanProblem[]): PlanProblem[] {
  const seen = new Set<string>()
  return problems.filter(p => {
    const key = `${p.code} ${p.place.file}:${p.place.line}:${p.place.column} ${p.message}`
    return !seen.has(key) && seen.add(key) !== undefined
  })
}

function fromIssue(issue: Issue, source: PlanSource, above: Path): PlanProblem[] {
  const path: Path = [...above, ...(issue.path as (string | number)[])]
  const at = (code: ProblemCode, message: string, remedy: string, place: Place = source.place(path)): PlanProblem => ({
    code,
    severity: 'error',
    place,
    message,
    remedy,
  })
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(path)
      return issue.keys.map(key => {
        const value = source.at([...path, key])
        if (path.length > 1 && value?.is === 'scalar' && value.value === null && value.text === '')
          return at(
            'unknown-key',
            `'${key}' means nothing in '${path.join('.')}'.`,
            'If it belongs to the text before it, put that text in quotes: a comma ends it otherwise.',
            source.keyPlace([...path, key]),
          )
        const near = didYouMean(key, known)
        const remedy = near !== '' ? near : known.length > 0 ? `What may stand here: ${known.join(', ')}.` : 'Remove it.'
        return at(
          'unknown-key',
          path.length === 0 ? `There is no section '${key}' in a plan.` : `'${key}' means nothing in '${path.join('.')}'.`,
          remedy,
          source.keyPlace([...path, key]),
        )
      })
    }
    case 'invalid_key': {
      const inner = issue.issues[0] as Issue | undefined
      return [
        at(
          inner?.params?.code ?? 'bad-key',
          inner?.message ?? 'This name has the wrong form.',
          inner?.params?.remedy ?? '',
          source.keyPlace(path),
        ),
      ]
    }
    case 'invalid_union':
      return fromUnion(issue, source, path, at)
    case 'invalid_type':
      return [wrongType(issue, source, path, at)]
    case 'invalid_value': {
      const values = issue.values.map(String)
      const given = textAt(source, path)
      const custom = issue.message.startsWith('Invalid ') ? null : issue.message
      if (given === null) return [at('missing', `'${path.join('.')}' is missing.`, custom ?? `Write one of: ${values.join(', ')}.`)]
      return [
        at(
          'unknown-value',
          custom ?? `'${given}' is not one of the words that may stand here.`,
          values.length === 1 ? `Write '${values[0]}'.` : didYouMean(given, values) || `Write one of: ${values.join(', ')}.`,
        ),
      ]
    }
    case 'too_small':
      return [
        at(
          'too-small',
          issue.origin === 'number' || issue.origin === 'int' ? `This must be at least ${issue.minimum}.` : 'There is nothing here.',
          issue.origin === 'number' || issue.origin === 'int'
            ? ''
            : issue.origin === 'string'
              ? 'Write a text, or leave it out.'
              : 'Write at least one.',
        ),
      ]
    case 'too_big':
      return [at('too-big', `This must be at most ${issue.maximum}.`, '')]
    case 'custom':
      return [at(issue.params?.code ?? 'bad-value', issue.message, issue.params?.remedy ?? '')]
    default: {
      const own = issue.params
      const format = issue.code === 'invalid_format' ? formatComplaint(issue) : null
      return [at(own?.code ?? format?.code ?? 'bad-value', format?.message ?? issue.message, own?.remedy ?? '')]
    }
  }
}

function formatComplaint(issue: Issue): { readonly code: ProblemCode; readonly message: string } | null {
  return (issue as { format?: string }).format === 'email' ? { code: 'bad-email', message: 'This is not an e-mail address.' } : null
}

type At = (code: ProblemCode, message: string, remedy: string, place?: Place) => PlanProblem

/** Of the forms that were possible, tells of the one whose outer type the writer chose. */
function fromUnion(issue: Issue & { code: 'invalid_union' }, source: PlanSource, path: Path, at: At): PlanProblem[] {
  const branches = (issue.errors as Issue[][]).filter(b => b.length > 0)
  const meant = branches.filter(b => !b.some(i => i.path.length === 0 && (i.code === 'invalid_type' || i.code === 'invalid_value')))
  if (meant.length > 0) {
    const [nearestForm] = [...meant].sort((a, b) => strangeness(a) - strangeness(b))
    return nearestForm!.flatMap(i => fromIssue(i, source, path))
  }
  const words = branches.flatMap(b =>
    b.flatMap(i => (i.code === 'invalid_value' && i.path.length === 0 ? i.values.filter(v => typeof v === 'string') : [])),
  )
  const given = textAt(source, path)
  if (given !== null && words.length > 0)
    return [
      at(
        'unknown-value',
        `'${given}' is not one of the words that may stand here.`,
        (words.join() === 'yes,no' ? yesOrNo(given) : didYouMean(given, words)) || `Write one of: ${words.join(', ')}.`,
      ),
    ]
  const typed = branches.flatMap(b => b.filter(i => i.path.length === 0))[0]
  return typed === undefined ? [at('bad-value', 'This value has the wrong form.', '')] : fromIssue(typed, source, path)
}

/** How far someone must have been from meaning this form: words it does not know, words it misses. */
function strangeness(issues: readonly Issue[]): number {
  return issues.reduce((sum, i) => sum + (i.code === 'unrecognized_keys' ? 2 * i.keys.length : 1), 0)
}

/** Other programs read on, off, y and n as yes and no; here they are words like any other. */
function yesOrNo(given: string): string {
  if (/^(on|y|true|yes)$/i.test(given)) return "Write 'yes'."
  return /^(off|n|false|no)$/i.test(given) ? "Write 'no'." : 'Write yes or no.'
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a section of named values',
  record: 'a section of named values',
  array: 'a list, such as [a, b]',
}

function wrongType(issue: Issue & { code: 'invalid_type' }, source: PlanSource, path: Path, at: At): PlanProblem {
  const node = source.at(path)
  const name = path.join('.')
  const wanted = KINDS[issue.expected] ?? issue.expected
  if (node === undefined)
    return at(
      'missing',
      `'${name}' is missing.`,
      path.length === 1
        ? `Add a section '${name}:'.`
        : `Add '${String(path.at(-1))}: …' here${issue.expected === 'string' ? '' : `: ${wanted}`}.`,
    )
  if (issue.expected === 'string' && node.is === 'scalar' && typeof node.value === 'number') {
    // Quotes alone may not help: '25' is no duration either.
    const quoted = complaintOf(path, node.text)
    if (quoted !== null) return at(quoted.params?.code ?? 'bad-value', quoted.message, quoted.params?.remedy ?? '')
    return at(
      'not-quoted',
      `${node.text} stands without quotes, so it was read as a quantity and may lose digits or the '+'.`,
      `Write it in quotes: "${node.text}".`,
    )
  }
  const given =
    node.is === 'map' ? 'a section of named values' : node.is === 'list' ? 'a list' : node.value === null ? 'empty' : `'${node.text}'`
  return at('wrong-type', `'${name}' should be ${wanted}, but is ${given}.`, remedyForType(issue.expected, node))
}

function remedyForType(expected: string, node: NonNullable<ReturnType<PlanSource['at']>>): string {
  if (node.is === 'list') return expected === 'string' ? 'Write one text, without brackets.' : ''
  if (node.is === 'map') return expected === 'array' ? "Write a list: '[a, b]', or a line for each that begins with '- '." : ''
  if (node.value === null) return 'Write the value behind the colon, or remove the line.'
  if (expected === 'string') return `Put it in quotes if the word itself is meant: "${node.text}".`
  if (/^\d+$/.test(node.text)) return `Write it without quotes: ${node.text}.`
  if (expected === 'boolean') return 'Write true or false.'
  if (expected === 'array') return `Write it as a list: [${node.text}].`
  return expected === 'number' || expected === 'int' ? 'Write digits only.' : ''
}

/** What the schema would say to this text at this place; null when it would take it, or has nothing of its own to say. */
function complaintOf(path: Path, text: string): Issue | null {
  const complaints: Issue[] = []
  for (const schema of schemasAt(path)) {
    const result = (schema as z.ZodType).safeParse(text)
    if (result.success) return null
    complaints.push(...(result.error.issues as Issue[]).filter(i => i.code === 'custom'))
  }
  return complaints[0] ?? null
}

function textAt(source: PlanSource, path: Path): string | null {
  const node = source.at(path)
  return node?.is === 'scalar' && node.value !== null ? node.text : null
}

/** Which keys the schema knows at `path`; for "did you mean". */
function keysAt(path: Path): readonly string[] {
  if (path[0] === 'hours' && path.length === 2) return HOURS_KEYS
  const keys = new Set<string>()
  for (const s of schemasAt(path).flatMap(unwrapped)) {
    if (s.def.type === 'object') for (const key of Object.keys(s.def.shape ?? {})) keys.add(key)
    const words = s.def.type === 'record' ? (s.def.keyType as AnySchema | undefined)?.def.entries : undefined
    if (words !== undefined) for (const key of Object.keys(words)) keys.add(key)
  }
  return [...keys]
}

function schemasAt(path: Path): readonly unknown[] {
  let schemas: unknown[] = [planSchema]
  for (const step of path) schemas = schemas.flatMap(s => into(s, step))
  return schemas
}

interface AnySchema {
  readonly def: {
    readonly type: string
    readonly shape?: Record<string, unknown>
    readonly keyType?: unknown
    readonly valueType?: unknown
    readonly entries?: Readonly<Record<string, unknown>>
    readonly element?: unknown
    readonly options?: readonly unknown[]
    readonly innerType?: unknown
    readonly in?: unknown
  }
}

function unwrapped(schema: unknown): AnySchema[] {
  const { def } = schema as AnySchema
  if (def.type === 'union') return (def.options ?? []).flatMap(unwrapped)
  if (def.type === 'pipe') return unwrapped(def.in)
  if (def.innerType !== undefined) return unwrapped(def.innerType)
  return [schema as AnySchema]
}

function into(schema: unknown, step: string | number): unknown[] {
  return unwrapped(schema).flatMap(s => {
    if (s.def.type === 'object') return s.def.shape?.[String(step)] === undefined ? [] : [s.def.shape[String(step)]]
    if (s.def.type === 'record') return [s.def.valueType]
    if (s.def.type === 'array') return [s.def.element]
    return []
  })
}
