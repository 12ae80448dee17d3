/** What a code lets people set at the telephone: hours by hand, their forwards, do-not-disturb. */
import type { SettingRule, Whoever } from '../compiled.ts'
import type { ForwardWhen } from '../decision.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Path } from '../source.ts'
import type { Workbench } from './workbench.ts'

type Service = Plan['services'][string]

const WHEN: Readonly<Record<NonNullable<Service['when']>, ForwardWhen>> = {
  always: 'always',
  busy: 'busy',
  'no-answer': 'noAnswer',
  unreachable: 'unreachable',
}

export function compileSetting(bench: Workbench, service: Service, path: Path): SettingRule | null {
  const forMs = service.for ?? null
  switch (service.does) {
    case 'echo':
    case 'announce':
      return null
    case 'override': {
      const { hours = '', set } = service
      bench.known(hours, bench.plan.hours, 'hours', [...path, 'hours'])
      const to = set === 'open' || set === 'closed' || set === 'calendar' ? set : null
      return { is: 'override', hours, to, forMs, who: whoever(bench, service.who ?? [], [...path, 'who']) }
    }
    case 'forward':
      return { is: 'forward', when: WHEN[service.when ?? 'always'], off: service.set === 'off', forMs }
    case 'do-not-disturb':
      return { is: 'do-not-disturb', on: service.set === undefined ? null : service.set === 'on', forMs }
  }
}

function whoever(bench: Workbench, words: readonly string[], path: Path): Whoever {
  const { people, roles, departments } = bench.plan
  const who = { people: new Set<string>(), roles: new Set<string>(), departments: new Set<string>() }
  words.forEach((word, i) => {
    const id = word.replace(/^department /, '')
    if (word === id && people[id] !== undefined) who.people.add(id)
    else if (word === id && roles[id] !== undefined) who.roles.add(id)
    else if (bench.known(id, [departments, people, roles], 'person, role or department', [...path, i])) who.departments.add(id)
  })
  return who
}
