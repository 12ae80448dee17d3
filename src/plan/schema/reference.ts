/**
 * The plan language told from its schema: `docs/plan-language.md` for people, JSON Schema for editors. Nothing is told that the
 * schema does not hold, and every field is told.
 */
import * as z from 'zod'
import { hoursForm } from './hours.ts'
import { planSchema } from './plan-schema.ts'
import { ANYWHERE, FIELDS, SECTIONS } from './words.ts'

export interface Field {
  /** 'people.*.forward.always' */
  readonly path: string
  readonly required: boolean
  /** What may be written, in words. */
  readonly value: string
  readonly otherwise: string
  /** Empty when nobody has said it. */
  readonly says: string
}

interface AnySchema {
  readonly def: {
    readonly type: string
    readonly shape?: Record<string, AnySchema>
    readonly keyType?: AnySchema
    readonly valueType?: AnySchema
    readonly element?: AnySchema
    readonly options?: readonly AnySchema[]
    readonly innerType?: AnySchema
    readonly in?: AnySchema
    readonly values?: readonly unknown[]
    readonly entries?: Readonly<Record<string, string>>
    readonly defaultValue?: unknown
  }
  meta(): { readonly title?: string; readonly description?: string } | undefined
}

/** Every field of the language, section by section. */
export function planFields(): readonly Field[] {
  const fields = new Map<string, Field>()
  walk(planSchema as unknown as AnySchema, '', fields)
  return [...fields.values()]
}

function walk(given: AnySchema, path: string, fields: Map<string, Field>): void {
  // Hours are read by a function, as week days are words of their own; their form stands beside it.
  const { def } = path === 'hours.*' ? (hoursForm as unknown as AnySchema) : given
  if (def.type === 'object')
    for (const [name, field] of Object.entries(def.shape ?? {})) {
      const at = path === '' ? name : `${path}.${name}`
      if (!fields.has(at)) fields.set(at, fieldOf(field, at, name))
      walk(field, at, fields)
    }
  else if (def.type === 'record') walk(def.valueType!, `${path}.*`, fields)
  else if (def.type === 'array') walk(def.element!, holdsObjects(def.element!) ? `${path}[]` : path, fields)
  else if (def.type === 'union') for (const option of def.options ?? []) walk(option, path, fields)
  else if (def.type === 'pipe') walk(def.in!, path, fields)
  else if (def.innerType !== undefined) walk(def.innerType, path, fields)
}

/** `held-by` may be a name or an object of several words: the words belong to the field itself. */
function holdsObjects(schema: AnySchema): boolean {
  return schema.def.type === 'object' || (schema.def.type === 'pipe' && holdsObjects(schema.def.in!))
}

function fieldOf(schema: AnySchema, path: string, name: string): Field {
  let required = true
  let otherwise = ''
  for (let s: AnySchema | undefined = schema; s !== undefined; s = s.def.innerType ?? s.def.in) {
    if (s.def.type === 'optional' || s.def.type === 'default') required = false
    if (s.def.type === 'default') otherwise = defaultWord(path, s.def.defaultValue)
  }
  const says = FIELDS[path] ?? SECTIONS[path] ?? ownDescription(schema) ?? ANYWHERE[name] ?? description(schema) ?? ''
  return { path, required, value: valueWord(schema), otherwise, says }
}

/** What the field itself says, not what is said of every value of its kind. */
function ownDescription(schema: AnySchema): string | undefined {
  const inner = schema.def.innerType
  const said = schema.meta()?.description
  return said !== undefined && said !== (inner === undefined ? KINDS[schema.meta()?.title ?? ''] : description(inner)) ? said : undefined
}

function description(schema: AnySchema): string | undefined {
  const inner = schema.def.innerType ?? schema.def.in
  return schema.meta()?.description ?? (inner === undefined ? undefined : description(inner))
}

/** Kinds of values, by the titles that `scalars.ts` gives them. */
const KINDS: Readonly<Record<string, string>> = {
  name: 'A plain word, or several joined by hyphens: `reception-desk`. It names something of the plan.',
  text: 'Words as they are. In quotes when they hold a comma, a colon or a bracket.',
  duration: 'A number and its unit: `25s`, `2min`, `8h`, `90 days`, `3 years`.',
  'inside number': 'One to eight digits in quotes: `"201"`; codes may hold `*` and `#`: `"*43"`.',
  'telephone number': 'In quotes, in full or as the country writes it: `"+77272500000"`, `"8 727 250 00 00"`.',
  'number in full': 'In quotes, with + and country code: `"+77272500000"`.',
  destination:
    'Where a call goes: a person, role, group, queue, menu, route, service or department by name; `voicemail BOX`; `mobile PERSON`; a telephone number in quotes; `hang-up`; `busy`.',
  secret: 'A reference to the secret store, never the value: `secret:NAME`. `switchroom secret set NAME` asks for it.',
  'yes or no': '`yes` or `no`.',
  percentage: '`3%`, `99.9%`.',
  day: 'Year, month, day: `2026-12-31`.',
  moment: 'A day and a time, `2026-12-31 09:00`; a day alone is its beginning.',
  'time zone': 'As the tz database names it: `Asia/Almaty`.',
  hours: '`09:00-18:00`; several a day with a comma; `22:00-06:00` runs into the next day; `all day`; `closed`.',
}

function valueWord(schema: AnySchema): string {
  const { def } = schema
  const title = schema.meta()?.title
  if (title !== undefined) return title
  if (def.type === 'optional' || def.type === 'default' || def.innerType !== undefined) return valueWord(def.innerType!)
  if (def.type === 'pipe') return valueWord(def.in!)
  if (def.type === 'enum')
    return Object.values(def.entries ?? {})
      .map(code)
      .join(', ')
  if (def.type === 'literal') return (def.values ?? []).map(v => code(String(v))).join(', ')
  if (def.type === 'array') return `list of ${plural(valueWord(def.element!))}`
  if (def.type === 'record') return 'named entries'
  if (def.type === 'object') return 'several words'
  if (def.type === 'union') {
    const words = [...new Set((def.options ?? []).filter(o => o.def.type !== 'null').map(valueWord))]
    const [list, one] = words
    // One or a list of the same: it is enough to say so.
    if (words.length === 2 && list === `list of ${plural(one!)}`) return `${one}; or several: \`[a, b]\``
    return words.join(', or ')
  }
  if (def.type === 'number' || def.type === 'int') return 'number'
  if (def.type === 'boolean') return '`true` or `false`'
  return 'text'
}

function code(word: string): string {
  return `\`${word}\``
}

function plural(word: string): string {
  if (word.startsWith('`') || word.includes(',')) return `these: ${word}`
  return word === 'several words' ? 'entries' : word === 'day' || word === 'text' ? `${word}s` : word.replace(/(\w)$/, '$1s')
}

function defaultWord(path: string, value: unknown): string {
  if (value === undefined || value === null || typeof value === 'object') return ''
  // Durations have become milliseconds by the time they have a default.
  if (typeof value === 'number' && /(for|after|keep|longest|ringing)$/.test(path)) return durationWord(value)
  return String(value)
}

function durationWord(ms: number): string {
  if (ms % 86_400_000 === 0) return `${ms / 86_400_000} days`
  return ms % 60_000 === 0 && ms > 60_000 ? `${ms / 60_000}min` : `${ms / 1_000}s`
}

const INTRODUCTION = `# The plan language

<!-- Written by \`switchroom plan-schema --reference\` from src/plan/schema. Change the words there. -->

A plan is one YAML file, or a folder of them, that says everything an office decides about its telephones. Read it aloud: it should make sense.
\`switchroom check PLAN\` finds what is wrong with it before anybody is called; [errors.md](errors.md) lists everything that can be. \`examples/\` has plans to begin with.

An editor that knows JSON Schema checks while typing and offers the words of each place: let it use [plan.schema.json](plan.schema.json), or write as the file's first line

    # yaml-language-server: $schema=…/docs/plan.schema.json

(\`switchroom plan-schema > plan.schema.json\` makes the file).

Rules that save trouble:

- Telephone numbers and extensions stand in quotes: without them YAML reads a quantity, and digits get lost.
- Durations carry their unit.
- A text with a comma, a colon or a bracket in it stands in quotes.
- A name means one thing: a group and a queue cannot share one.
- Passwords never stand in a plan; \`secret:NAME\` does.
- Files may be joined by \`include:\`. All of them lie in the plan's folder. Sections of the same name are put together; a person or a line stands in one file only.

## Values
`

/** The reference as Markdown. */
export function planReference(): string {
  const fields = planFields()
  const out = [INTRODUCTION]
  out.push(
    table(
      ['value', 'how it is written'],
      Object.entries(KINDS).map(([kind, says]) => [kind, says]),
    ),
  )
  for (const section of fields.filter(f => !f.path.includes('.') && !f.path.includes('[]'))) {
    const inside = fields.filter(f => f.path.startsWith(`${section.path}.`) || f.path.startsWith(`${section.path}[]`))
    out.push(`\n## ${section.path}\n\n${section.says}\n`)
    if (inside.length === 0) {
      out.push(`Value: ${section.value}.\n`)
      continue
    }
    const named = inside[0]!.path.startsWith(`${section.path}.*`)
    const listed = inside[0]!.path.startsWith(`${section.path}[]`)
    if (section.path === 'hours')
      out.push(
        "Week days are words too: 'mon-fri: 09:00-18:00', 'sat: 10:00-14:00', 'mon, wed: all day', 'daily: all day'. A day of its own goes before a stretch of days; days that are not named are closed.\n",
      )
    if (named) out.push('Each entry has a name of its own, followed by these words:\n')
    if (listed) out.push('A list; each entry has these words:\n')
    const prefix = section.path.length + (named ? 3 : listed ? 3 : 1)
    out.push(
      table(
        ['word', 'value', 'meaning'],
        inside.map(f => [
          `\`${f.path.slice(prefix)}\`${f.required ? ' (needed)' : ''}`,
          f.value,
          f.says + (f.otherwise === '' ? '' : ` When absent: \`${f.otherwise}\`.`),
        ]),
      ),
    )
  }
  return `${out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(c => c.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}

type JsonSchema = {
  description?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
}

/** For editors: completion and checking while typing, with the words of the reference. */
export function planJsonSchema(): unknown {
  const schema = z.toJSONSchema(planSchema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema
  const hours = z.toJSONSchema(hoursForm, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema & { $schema?: string }
  delete hours.$schema
  schema.properties!['hours']!.additionalProperties = hours
  const says = new Map(planFields().map(f => [f.path, f.says]))
  describe(schema, '', says)
  return { title: 'Switchroom plan', ...schema }
}

function describe(schema: JsonSchema, path: string, says: ReadonlyMap<string, string>): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const at = path === '' ? name : `${path}.${name}`
    const words = says.get(at)
    if (words !== undefined && words !== '') property.description = words
    describe(property, at, says)
  }
  if (typeof schema.additionalProperties === 'object') describe(schema.additionalProperties, `${path}.*`, says)
  if (schema.items !== undefined) describe(schema.items, schema.items.properties === undefined ? path : `${path}[]`, says)
  for (const option of schema.anyOf ?? []) describe(option, path, says)
}
