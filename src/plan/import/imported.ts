/**
 * What an import makes of somebody else's files: a plan to be read and finished by a person, the passwords apart from it (SEC-03),
 * and an honest list of what could not be carried over. PIL-04.
 */
import type { PlanProblem } from '../problem.ts'

export interface Imported {
  /** The plan; null when `problems` holds an error. */
  readonly text: string | null
  /** Name in the secret store → value. Never in the plan, the notes or the problems. */
  readonly secrets: Readonly<Record<string, string>>
  /** What was wrong with the files read, with their places. */
  readonly problems: readonly PlanProblem[]
  readonly notes: readonly ImportNote[]
  /** What was found, for one line at the end: 'people' → 12. */
  readonly found: Readonly<Record<string, number>>
}

export interface ImportNote {
  /**
   * `decide`: carried over, but a person has to say something that the old system did not know.
   * `changed`: carried over, and behaves a little differently. `left-out`: not carried over.
   */
  readonly kind: 'decide' | 'changed' | 'left-out'
  /** What it is about, as the old system or the plan names it: 'ring group 600'. */
  readonly about: string
  readonly text: string
}

const HEADINGS: readonly (readonly [ImportNote['kind'], string])[] = [
  ['decide', 'To be decided'],
  ['changed', 'Carried over, but not quite as it was'],
  ['left-out', 'Not carried over'],
]

/** The notes as a report for a terminal or a file. */
export function importReport(imported: Pick<Imported, 'notes' | 'found' | 'secrets'>, from: string): string {
  const found = Object.entries(imported.found).filter(([, n]) => n > 0)
  const out = [`Imported from ${from}: ${found.length === 0 ? 'nothing' : found.map(([what, n]) => `${what} ${n}`).join(', ')}.`]
  for (const [kind, heading] of HEADINGS) {
    const notes = imported.notes.filter(n => n.kind === kind)
    if (notes.length === 0) continue
    out.push('', `${heading} (${notes.length})`)
    for (const n of notes) out.push(`  ${n.about}: ${n.text}`)
  }
  const secrets = Object.keys(imported.secrets).length
  if (secrets > 0) out.push('', `${secrets} passwords were found. They are not in the plan and not in this report.`)
  return out.join('\n') + '\n'
}
