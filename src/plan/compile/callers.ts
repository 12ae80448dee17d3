/** Lists of callers and what becomes of them: IN-11. */
import type { CallerList, Callers, CallerTreatment } from '../compiled.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'
import type { Workbench } from './workbench.ts'

export function compileCallers(bench: Workbench, names: Names): Callers {
  const { callers } = bench.plan
  const list = (which: 'vip' | 'blocked' | 'spam'): CallerList => {
    const exact = new Set<string>()
    const beginnings: string[] = []
    callers[which].forEach((text, i) => {
      const path: Path = ['callers', which, i]
      const number = text.endsWith('*') ? text.slice(0, -1) : bench.number(text, path)
      if (number === null) return
      if (exact.has(number) || beginnings.includes(number))
        bench.problem('named-twice', path, `'${text}' is already in this list.`, 'Remove one.', 'warning')
      if (text.endsWith('*')) beginnings.push(number)
      else exact.add(number)
    })
    return { exact, beginnings }
  }
  const treatment = (which: 'on-blocked' | 'on-spam' | 'anonymous'): CallerTreatment | null => {
    const written = callers[which]?.replace(/^to /, '')
    if (written === undefined) return null
    if ((written === 'refuse' || written === 'announce') && names.lookUp(written) === undefined) return { do: written }
    const to = names.resolve(written, ['callers', which])
    return to === null ? null : { do: 'send', to }
  }
  return {
    vip: list('vip'),
    blocked: list('blocked'),
    onBlocked: treatment('on-blocked') ?? { do: 'refuse' },
    spam: list('spam'),
    onSpam: treatment('on-spam') ?? { do: 'announce' },
    anonymous: treatment('anonymous'),
  }
}
