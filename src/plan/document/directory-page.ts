/** The telephone list, department by department: NUM-08. Private mobiles are not in it. */
import type { CompiledPlan, Node, PersonNode } from '../compiled.ts'
import { type Block, type Page, row, type Table } from './page.ts'
import { kindOf, nameOf, numberOf, phoneText, roleText } from './places.ts'
import type { Say } from './say.ts'

/** Every person, room and service, for the page and for a spreadsheet. */
export function directoryTable(plan: CompiledPlan, say: Say): Table {
  const rows = [...people(plan, say), ...rooms(plan, say), ...services(plan, say)]
  return {
    caption: say('directory-title'),
    columns: [...personColumns(say), { title: say('column-department') }, { title: say('column-kind') }],
    rows: rows.map(({ node, department }) => row(...cells(plan, node, say), department, say(kindOf(node)))),
  }
}

export function directoryPage(plan: CompiledPlan, say: Say): Page {
  const blocks: Block[] = [{ is: 'links', links: [{ href: 'directory.csv', text: 'directory.csv', note: say('csv-directory') }] }]
  const groups = new Map<string, PersonNode[]>()
  for (const { node, id } of people(plan, say)) {
    const list = groups.get(id)
    if (list === undefined) groups.set(id, [node])
    else list.push(node)
  }
  for (const [id, members] of [...groups].sort(
    ([a], [b]) => Number(a === '') - Number(b === '') || say.compare(departmentName(plan, a, say), departmentName(plan, b, say)),
  )) {
    const d = plan.departments.get(id)
    const shows = d?.shows === null || d?.shows === undefined ? '' : ` · ${phoneText(d.shows)}`
    blocks.push({ is: 'heading', text: `${departmentName(plan, id, say)}${shows}` })
    if (d?.lead !== null && d?.lead !== undefined)
      blocks.push({ is: 'text', text: say('directory-lead', { who: plan.nodes.get(`person:${d.lead}`)?.name ?? d.lead }) })
    blocks.push({
      is: 'table',
      table: {
        caption: say('directory-people', { n: members.length }),
        columns: personColumns(say),
        rows: members.map(p => row(...cells(plan, p, say))),
      },
    })
  }
  const common = [...services(plan, say), ...rooms(plan, say)]
  if (common.length > 0) {
    blocks.push({ is: 'heading', text: say('directory-services') })
    blocks.push({
      is: 'table',
      table: {
        caption: say('directory-services-caption'),
        columns: [{ title: say('column-name') }, { title: say('column-number'), whole: true }, { title: say('column-kind') }],
        rows: common.map(({ node }) =>
          row(node.kind === 'role' ? roleText(plan, node.id, say) : nameOf(node), numberOf(node), say(kindOf(node))),
        ),
      },
    })
  }
  return { path: 'directory.html', title: say('directory-title'), intro: say('directory-intro'), blocks }
}

interface Entry<N extends Node> {
  readonly node: N
  /** Department's id, '' when there is none. */
  readonly id: string
  readonly department: string
}

function people(plan: CompiledPlan, say: Say): readonly Entry<PersonNode>[] {
  return persons(plan, 'person', say).map(node => ({
    node,
    id: node.department ?? '',
    department: node.department === null ? '' : departmentName(plan, node.department, say),
  }))
}

function rooms(plan: CompiledPlan, say: Say): readonly Entry<PersonNode>[] {
  return persons(plan, 'room', say).map(node => ({ node, id: '', department: '' }))
}

function persons(plan: CompiledPlan, is: PersonNode['is'], say: Say): readonly PersonNode[] {
  const found: PersonNode[] = []
  for (const node of plan.nodes.values()) if (node.kind === 'person' && node.is === is) found.push(node)
  return found.sort((a, b) => say.compare(a.name, b.name) || say.compare(a.extension, b.extension))
}

function services(plan: CompiledPlan, say: Say): readonly Entry<Node>[] {
  const found: Entry<Node>[] = []
  for (const node of plan.nodes.values())
    if (node.kind !== 'person' && node.kind !== 'line' && node.kind !== 'outside' && numberOf(node) !== '')
      found.push({ node, id: '', department: '' })
  return found.sort((a, b) => say.compare(say(kindOf(a.node)), say(kindOf(b.node))) || say.compare(nameOf(a.node), nameOf(b.node)))
}

function departmentName(plan: CompiledPlan, id: string, say: Say): string {
  return id === '' ? say('directory-no-department') : (plan.departments.get(id)?.name ?? id)
}

function personColumns(say: Say): Table['columns'] {
  return [
    { title: say('column-person') },
    { title: say('column-number'), whole: true },
    { title: say('column-roles') },
    { title: say('column-site') },
    { title: say('column-email') },
  ]
}

function cells(plan: CompiledPlan, node: Node, say: Say): readonly string[] {
  if (node.kind !== 'person') return [node.kind === 'role' ? roleText(plan, node.id, say) : nameOf(node), numberOf(node), '', '', '']
  const roles = node.roles.map(r => {
    const role = plan.nodes.get(`role:${r}`)
    return role?.kind === 'role' ? `${role.name}${role.number === '' ? '' : ` ${role.number}`}` : r
  })
  return [node.name, node.extension, roles.join(', '), node.site.id, node.is === 'person' ? (plan.source.people[node.id]?.email ?? '') : '']
}
