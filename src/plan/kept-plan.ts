/**
 * A plan as it is kept beside the text of its revision: already read and validated, with the places of its values and the
 * holidays of the years around. A switch that restarts has calls waiting; from this it compiles the plan without reading YAML,
 * without the schema and without the calendars of two hundred countries.
 */
import { compile } from './compile.ts'
import type { CompiledPlan } from './compiled.ts'
import type { Place } from './decision.ts'
import { holidayYears, rememberHolidays } from './hours.ts'
import type { ParsedPlan } from './parse.ts'
import type { Places } from './places.ts'
import type { Plan } from './schema/plan-schema.ts'
import type { Path, PlanSource, SourceNode } from './source.ts'

/** Plain JSON. */
export interface KeptPlan {
  readonly plan: Plan
  /** Names of the files, as places name them. */
  readonly files: readonly string[]
  readonly places: KeptNode
  /** 'KZ//2026' → date, name. */
  readonly holidays: readonly (readonly [year: string, days: readonly (readonly [string, string])[]])[]
}

/** Where a value stands: file, line, column; a section's values by name with the place of the name; a list's in order. */
type KeptNode = readonly [file: number, line: number, column: number, inside?: Readonly<Record<string, KeptEntry>> | readonly KeptNode[]]
type KeptEntry = readonly [file: number, line: number, column: number, node: KeptNode]

/** `years`: those whose holidays shall be known without looking them up. */
export function keepPlan(parsed: ParsedPlan, compiled: CompiledPlan, years: readonly number[]): KeptPlan {
  if (parsed.plan === null) throw new Error('a plan that could not be read cannot be kept')
  // Asking fills the table of years; twelve days, because some may be exceptions of the plan itself.
  for (const hours of compiled.hours.values())
    for (const year of years) for (let month = 0; month < 12; month++) hours.at(Date.UTC(year, month, 15, 12))
  return {
    plan: parsed.plan,
    files: parsed.source.files.map(f => f.name),
    places: keptNode(parsed.source, parsed.source.root),
    holidays: [...holidayYears()].map(([key, days]) => [key, [...days]] as const),
  }
}

/** Null when this program finds an error in it: the one that kept it was another. */
export function revivePlan(kept: KeptPlan, revision: number): CompiledPlan | null {
  for (const [key, days] of kept.holidays) rememberHolidays(key, days)
  return compile({ plan: kept.plan, source: new KeptPlaces(kept), problems: [] }, revision).plan
}

function keptNode(source: PlanSource, node: SourceNode): KeptNode {
  const [file, line, column] = at(source, node.file, node.at)
  if (node.is === 'scalar') return [file, line, column]
  if (node.is === 'list') return [file, line, column, node.items.map(item => keptNode(source, item))]
  const inside: Record<string, KeptEntry> = {}
  for (const [key, entry] of node.entries)
    Object.defineProperty(inside, key, {
      value: [...at(source, entry.keyFile, entry.keyAt), keptNode(source, entry.node)],
      enumerable: true,
    })
  return [file, line, column, inside]
}

function at(source: PlanSource, file: number, offset: number): [number, number, number] {
  const place = source.placeAt(file, offset, [])
  return [file, place.line, place.column]
}

class KeptPlaces implements Places {
  private readonly kept: KeptPlan

  constructor(kept: KeptPlan) {
    this.kept = kept
  }

  place(path: Path): Place {
    let node = this.kept.places
    for (const step of path) {
      const below = child(node, step)
      if (below === undefined) break
      node = below
    }
    return this.placeOf(node, path)
  }

  keyPlace(path: Path): Place {
    let node: KeptNode | undefined = this.kept.places
    for (const step of path.slice(0, -1)) node = node === undefined ? undefined : child(node, step)
    const entry = node === undefined ? undefined : entryOf(node, path.at(-1) ?? '')
    return entry === undefined ? this.place(path) : this.placeOf(entry, path)
  }

  private placeOf([file, line, column]: KeptNode | KeptEntry, path: Path): Place {
    return { file: this.kept.files[file] ?? '', line, column, path: path.join('.') }
  }
}

function child(node: KeptNode, step: string | number): KeptNode | undefined {
  const inside = node[3]
  if (Array.isArray(inside)) return (inside as readonly KeptNode[])[Number(step)]
  return entryOf(node, step)?.[3]
}

function entryOf(node: KeptNode, step: string | number): KeptEntry | undefined {
  const inside = node[3] as Readonly<Record<string, KeptEntry>> | undefined
  return inside !== undefined && !Array.isArray(inside) && Object.hasOwn(inside, String(step)) ? inside[String(step)] : undefined
}
