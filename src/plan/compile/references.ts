/** The references between sections that lead to no call: owners, leads, access, power. */
import type { Path } from '../source.ts'
import type { Workbench } from './workbench.ts'

export function checkReferences(bench: Workbench): void {
  const { plan } = bench
  const person = (id: string | undefined, path: Path): void => {
    if (id !== undefined) bench.known(id, plan.people, 'person', path)
  }
  person(plan.office.owner, ['office', 'owner'])
  plan.office.approvers?.forEach((id, i) => {
    person(id, ['office', 'approvers', i])
  })
  for (const [id, department] of Object.entries(plan.departments)) {
    person(department.lead, ['departments', id, 'lead'])
    if (department.site !== undefined) bench.known(department.site, plan.sites, 'site', ['departments', id, 'site'])
    department['if-office-is-cut-off']?.forEach((word, i) => {
      const path: Path = ['departments', id, 'if-office-is-cut-off', i]
      if (word.startsWith('+') || /^[\d ()-]+$/.test(word)) bench.number(word, path)
      else person(word, path)
    })
  }
  for (const [id, rule] of Object.entries(plan.access)) {
    if ('needs' in rule) for (const who of /\[(.*)\]/.exec(rule.needs)?.[1]?.split(',') ?? []) person(who.trim(), ['access', id, 'needs'])
    else {
      rule.who.forEach((who, i) => {
        person(who, ['access', id, 'who', i])
      })
      scope(bench, rule.of, ['access', id, 'of'])
    }
  }
  function scope(b: Workbench, text: string | undefined, path: Path): void {
    if (text === undefined) return
    const m = /^(queue|group|department|person) (\S+)$/.exec(text)
    if (m === null)
      b.problem(
        'bad-scope',
        path,
        `'${text}' does not say whose recordings are meant.`,
        "Write 'queue support', 'department sales', 'group desk' or 'person aida'.",
      )
    else
      b.known(
        m[2]!,
        { queue: plan.queues, group: plan.groups, department: plan.departments, person: plan.people }[m[1] as 'queue'],
        m[1]!,
        path,
      )
  }
}
