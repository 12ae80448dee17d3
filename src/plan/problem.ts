/**
 * What is wrong with a plan, told so that the person who wrote it can mend it: code, place, sentence, remedy.
 * Reading, compiling and checking a plan all report in these; none of them stops at the first.
 */
import type { Place } from './decision.ts'
import type { ProblemCode } from './problem-codes.ts'

export type Severity = 'error' | 'warning'

export interface PlanProblem {
  readonly code: ProblemCode
  readonly severity: Severity
  readonly place: Place
  readonly message: string
  /** What to do about it; empty only when there is nothing better to say than the message. */
  readonly remedy: string
}

export interface PlanText {
  readonly name: string
  readonly text: string
}

export function hasErrors(problems: readonly PlanProblem[]): boolean {
  return problems.some(p => p.severity === 'error')
}

/** By file, then line, then column: the order in which someone mends them. */
export function inOrder(problems: readonly PlanProblem[]): PlanProblem[] {
  return [...problems].sort(
    (a, b) =>
      a.place.file.localeCompare(b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      a.code.localeCompare(b.code),
  )
}

/**
 * The problems with their lines of the file, for a terminal:
 *
 *     error dangling-reference  clinic.yaml:42:17  lines.+77272500010.to
 *       There is no person, role, group, queue, menu, route or service called 'salse'.
 *       41 │   "+77272500000": { to: welcome }
 *       42 │   "+77272500010": { to: salse }
 *          │                         ^
 *       Did you mean 'sales'?
 */
export function renderProblems(problems: readonly PlanProblem[], files: readonly PlanText[], colour = false): string {
  const lines = new Map(files.map(f => [f.name, f.text.split(/\r?\n/)]))
  const out = inOrder(problems).map(p => renderOne(p, lines.get(p.place.file), colour))
  const errors = problems.filter(p => p.severity === 'error').length
  const warnings = problems.length - errors
  if (problems.length > 0) out.push(`${count(errors, 'error')}, ${count(warnings, 'warning')}`)
  return out.join('\n\n') + (out.length > 0 ? '\n' : '')
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

export function renderOne(p: PlanProblem, lines: readonly string[] | undefined, colour: boolean): string {
  const paint = (code: string, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  const head =
    `${paint(p.severity === 'error' ? '31;1' : '33;1', `${p.severity} ${p.code}`)}  ` +
    `${p.place.file}:${p.place.line}:${p.place.column}${p.place.path === '' ? '' : '  ' + p.place.path}`
  const out = [head, `  ${p.message}`]
  if (lines !== undefined && p.place.line <= lines.length) {
    const width = String(p.place.line).length
    for (let n = Math.max(1, p.place.line - 1); n <= p.place.line; n++) out.push(`  ${String(n).padStart(width)} │ ${clip(lines[n - 1]!)}`)
    out.push(`  ${' '.repeat(width)} │ ${' '.repeat(Math.min(p.place.column - 1, 150))}${paint('31;1', '^')}`)
  }
  if (p.remedy !== '') out.push(`  ${paint('36', p.remedy)}`)
  return out.join('\n')
}

function clip(line: string): string {
  return line.length > 160 ? line.slice(0, 159) + '…' : line
}

/** The candidate that `word` was most likely meant to be, or null when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const limit = word.length <= 3 ? 1 : word.length <= 6 ? 2 : 3
  let best: string | null = null
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const d = distance(word.toLowerCase(), candidate.toLowerCase(), bestDistance)
    if (d < bestDistance) {
      best = candidate
      bestDistance = d
    }
  }
  return best
}

/** Edit distance with transpositions (optimal string alignment); may stop early with any value ≥ `stop`. */
function distance(a: string, b: string, stop: number): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let v = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) v = Math.min(v, before[j - 2]! + 1)
      row.push(v)
      if (v < least) least = v
    }
    if (least >= stop) return stop
    before = last
    last = row
  }
  return last[b.length]!
}

export function didYouMean(word: string, candidates: Iterable<string>): string {
  const all = [...candidates]
  const latin = inLatin(word)
  if (latin !== word && all.includes(latin)) {
    const letters = [...new Set([...word].filter(c => LOOK_ALIKE[c] !== undefined))].join(', ')
    return `Did you mean '${latin}'? It looks the same, but has Cyrillic letters here (${letters}): write it anew in Latin ones.`
  }
  const near = nearest(latin, all)
  return near === null ? '' : `Did you mean '${near}'?`
}

/** Cyrillic letters that look like Latin ones: nobody finds these by looking. */
const LOOK_ALIKE: Readonly<Record<string, string>> = {
  ...{
    а: 'a',
    в: 'b',
    е: 'e',
    к: 'k',
    м: 'm',
    н: 'h',
    о: 'o',
    р: 'p',
    с: 'c',
    т: 't',
    у: 'y',
    х: 'x',
    і: 'i',
    ј: 'j',
    ѕ: 's',
    һ: 'h',
    ԛ: 'q',
    ԝ: 'w',
  },
  ...{ А: 'A', В: 'B', Е: 'E', К: 'K', М: 'M', Н: 'H', О: 'O', Р: 'P', С: 'C', Т: 'T', У: 'Y', Х: 'X', І: 'I', Ј: 'J', Ѕ: 'S' },
}

/** Only where there are Latin letters too: a word that is Cyrillic throughout is meant so. */
function inLatin(word: string): string {
  if (!/[a-z]/i.test(word)) return word
  return [...word].map(c => LOOK_ALIKE[c] ?? c).join('')
}
