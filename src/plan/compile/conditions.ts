/** What may stand after `if:` about a call: 'caller is vip', 'caller is anonymous', 'menu-key 3', 'language kk', 'line +7727…'. */
import type { CallCondition } from '../compiled.ts'
import { didYouMean } from '../problem.ts'
import type { Language } from '../schema/scalars.ts'
import type { Path } from '../source.ts'
import type { Workbench } from './workbench.ts'

const FORMS = ['caller is vip', 'caller is anonymous', 'menu-key 3', 'language kk', 'line +77272500000'] as const
const LANGUAGES: readonly Language[] = ['en', 'ru', 'kk']

/** The condition as data, or null with a problem. */
export function readCondition(bench: Workbench, text: string, path: Path): CallCondition | null {
  const words = text.trim().split(/\s+/)
  const [first, second, third, more] = words
  if (first === 'caller' && second === 'is' && more === undefined) {
    if (third === 'vip') return { is: 'vip' }
    if (third === 'anonymous' || third === 'withheld') return { is: 'anonymous' }
  }
  if (third === undefined && second !== undefined) {
    if (first === 'menu-key' && /^[0-9*#]$/.test(second)) return { is: 'menu-key', key: second }
    const language = LANGUAGES.find(l => l === second)
    if (first === 'language' && language !== undefined) return { is: 'language', language }
    if (first === 'line') return bench.known(second, bench.plan.lines, 'line', path) ? { is: 'line', number: second } : null
  }
  bench.problem(
    'bad-condition',
    path,
    `'${text}' is no condition that a call can meet.`,
    didYouMean(text.trim(), FORMS) ||
      `Write for instance ${FORMS.slice(0, 4)
        .map(f => `'${f}'`)
        .join(', ')}.`,
  )
  return null
}
