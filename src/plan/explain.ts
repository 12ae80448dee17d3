/**
 * All that a plan means for one place: `explain 201`, `explain queue support`. Where it is written, who comes there and when, and
 * what happens to them then: found by asking the decision function, not by reading the plan.
 */
import { fault, ok, type Result } from '../kernel/result.ts'
import { nothingAsked, SupposedPlan } from './compare/supposed.ts'
import { everyTime, holidaysOf, united, Years } from './compare/years.ts'
import { whoReaches } from './compare.ts'
import type { CompiledPlan, Node } from './compiled.ts'
import { zoned } from './hours.ts'
import { outsideNumber } from './normalise.ts'
import { didYouMean } from './problem.ts'
import type { Language } from './schema/scalars.ts'
import type { TimeSpan } from './time-classes.ts'
import { describeSpans } from './time-words.ts'
import { routeTree, treeText } from './tree.ts'

export interface Explanation {
  readonly key: string
  readonly name: string
  /** 'plan.yaml:42 (people.aida)'. */
  readonly written: string
  /** Lines and numbers from which calls come here, with the times in words ('' for always). */
  readonly reachedFrom: readonly { readonly number: string; readonly name: string; readonly when: string }[]
  /** What happens to a call, by time. */
  readonly happens: readonly { readonly when: string; readonly tree: string }[]
  readonly text: string
}

/** `what`: an inside number, a line, a name of the plan ('aida', 'queue support', 'voicemail sales'). */
export function explain(plan: CompiledPlan, what: string, fromMs: number, language: Language): Result<Explanation> {
  const node = find(plan, what.trim())
  if (node === null) {
    const names = [...plan.dial.keys(), ...plan.lines.keys(), ...[...plan.nodes.values()].map(n => n.id)]
    return fault('unknown-place', `The plan has nothing called '${what}'. ${didYouMean(what.split(' ').at(-1) ?? what, names)}`.trim())
  }
  const w = WORDS[language]
  const { timezone } = plan.office
  const untilMs = zoned(fromMs, timezone).add({ years: 1 }).epochMilliseconds
  const holiday = holidaysOf(plan, plan)
  const times = (spans: readonly TimeSpan[]): string => {
    const words = describeSpans(spans, timezone, language, { fromMs, untilMs, holiday })
    return spans.length === 1 && spans[0]!.fromMs <= fromMs && spans[0]!.untilMs >= untilMs ? '' : words
  }
  const own = numberOf(node)
  const reachedFrom = [...whoReaches(plan, node.key, fromMs)]
    .map(([subject, spans]) => ({ subject, number: subject.slice(subject.indexOf(':') + 1), when: times(spans) }))
    .filter(from => from.number !== own && !(plan.lines.has(from.number) && from.subject.startsWith('number:')))
    .map(({ number, when }) => ({ number, name: nameOfNumber(plan, number), when }))
  const happens = own === '' ? [] : happening(plan, node, own, fromMs, untilMs, language, times)
  const place = node.place
  const explanation = {
    key: node.key,
    name: node.name,
    written: `${place.file}:${place.line} (${place.path})`,
    reachedFrom,
    happens,
  }
  const out = [`${node.name}${own === '' || own === node.name ? '' : ` · ${own}`}`, `${w.written} ${explanation.written}`]
  for (const fact of factsOf(plan, node, w)) out.push(fact)
  out.push('', w.reached)
  if (reachedFrom.length === 0) out.push(`  ${own === '' ? w.nobody : w.direct}`)
  for (const [when, list] of byWhen(reachedFrom)) out.push(`  ${list.join(', ')}${when === '' ? '' : `: ${when}`}`)
  if (happens.length > 0) out.push('', w.happens)
  for (const { when, tree } of happens) {
    if (when !== '') out.push(`${when}:`)
    out.push(...tree.split('\n').map(line => `  ${line}`))
  }
  return ok({ ...explanation, text: out.join('\n') })
}

function find(plan: CompiledPlan, what: string): Node | null {
  const dialled = plan.dial.get(what)
  if (dialled !== undefined) return plan.nodes.get(dialled) ?? null
  const line = plan.lines.get(what) ?? plan.lines.get(outsideNumber(what, plan.home.habit)?.e164 ?? '')
  if (line !== undefined) return plan.nodes.get(line.key) ?? null
  const [kind, id] = what.includes(' ') ? what.split(/\s+/, 2) : ['', what]
  if (kind !== '') return plan.nodes.get(`${kind}:${id}`) ?? null
  for (const node of plan.nodes.values())
    if (node.id === id && node.kind !== 'end' && node.kind !== 'outside' && node.kind !== 'voicemail') return node
  for (const node of plan.nodes.values()) if (node.id === id) return node
  const owner = plan.accounts.get(what)?.owner
  return owner === undefined ? null : (plan.nodes.get(owner) ?? null)
}

function numberOf(node: Node): string {
  if (node.kind === 'person') return node.extension
  return node.kind === 'end' || node.kind === 'outside' ? '' : node.number
}

function nameOfNumber(plan: CompiledPlan, number: string): string {
  const line = plan.lines.get(number)
  if (line !== undefined) return line.label
  return plan.nodes.get(plan.dial.get(number) ?? '')?.name ?? ''
}

/** Trees of what happens; times at which it is the same are one. */
function happening(
  plan: CompiledPlan,
  node: Node,
  number: string,
  fromMs: number,
  untilMs: number,
  language: Language,
  times: (spans: readonly TimeSpan[]) => string,
): readonly { readonly when: string; readonly tree: string }[] {
  const caller = [...plan.accounts.values()].find(a => a.extension !== number)
  const from = node.kind === 'line' || caller === undefined ? 'anonymous' : caller.username
  const trees = new Map<string, readonly TimeSpan[]>()
  const still = new SupposedPlan(plan, 'before', null)
  const lookAt = (atMs: number): { readonly asked: ReadonlyMap<string, string>; readonly text: string } => {
    still.atMs = atMs
    still.asked = nothingAsked()
    const tree = routeTree(still.plan, { from, to: number, at: atMs, language })
    return { asked: still.asked.calendars, text: tree.ok ? treeText(tree.value, language) : tree.error.message }
  }
  for (const { look, spans } of everyTime(lookAt, new Years(plan, plan, fromMs, untilMs)))
    trees.set(look.text, united([trees.get(look.text) ?? [], spans]))
  return [...trees].map(([tree, spans]) => ({ when: trees.size === 1 ? '' : times(spans), tree }))
}

function byWhen(list: Explanation['reachedFrom']): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>()
  for (const { number, name, when } of list) out.set(when, [...(out.get(when) ?? []), name === '' ? number : `${number} (${name})`])
  return out
}

/** What people ask of somebody or something beside the way of its calls. */
function factsOf(plan: CompiledPlan, node: Node, w: Words): readonly string[] {
  const out: string[] = []
  const put = (label: string, value: string | null | undefined): void => {
    if (value !== null && value !== undefined && value !== '') out.push(`${label} ${value}`)
  }
  if (node.kind === 'person') {
    put(w.department, plan.departments.get(node.department ?? '')?.name ?? node.department)
    put(w.telephones, node.accounts.map(a => plan.accounts.get(a)?.device ?? a).join(', '))
    put(w.roles, node.roles.join(', '))
    put(w.shows, node.shows)
    const rung = (n: Node): boolean =>
      (n.kind === 'role' && n.holders.includes(node)) ||
      (n.kind === 'hunt' && n.members.some(m => 'person' in m.target && m.target.person.key === node.key))
    put(
      w.partOf,
      [...plan.nodes.values()]
        .filter(rung)
        .map(n => n.name)
        .join(', '),
    )
  }
  if (node.kind === 'hunt')
    put(
      w.members,
      node.members
        .map(m => ('person' in m.target ? m.target.person.name : 'role' in m.target ? m.target.role.name : m.target.who))
        .join(', '),
    )
  if (node.kind === 'role') put(w.members, node.rota === null ? node.holders.map(h => h.name).join(', ') : `${w.rota} ${node.rota}`)
  if (node.kind === 'line') put(w.owner, node.owner)
  if (node.kind === 'voicemail') put(w.told, node.tell.join(', '))
  return out
}

interface Words {
  readonly written: string
  readonly reached: string
  readonly nobody: string
  readonly direct: string
  readonly happens: string
  readonly department: string
  readonly telephones: string
  readonly roles: string
  readonly shows: string
  readonly members: string
  readonly partOf: string
  readonly rota: string
  readonly owner: string
  readonly told: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    written: 'Written in',
    reached: 'Calls come here from:',
    nobody: 'nowhere in the year ahead',
    direct: 'its own number only',
    happens: 'What happens to a call:',
    department: 'Department:',
    telephones: 'Telephones:',
    roles: 'Roles:',
    shows: 'Shows outside:',
    members: 'Members:',
    partOf: 'Rung as part of:',
    rota: 'by the rota',
    owner: 'Missed calls belong to:',
    told: 'Of messages are told:',
  },
  ru: {
    written: 'Записано в',
    reached: 'Сюда попадают звонки с:',
    nobody: 'ниоткуда в ближайший год',
    direct: 'только по своему номеру',
    happens: 'Что происходит со звонком:',
    department: 'Отдел:',
    telephones: 'Телефоны:',
    roles: 'Роли:',
    shows: 'Показывает снаружи:',
    members: 'Участники:',
    partOf: 'Вызывается в составе:',
    rota: 'по графику',
    owner: 'За пропущенные отвечает:',
    told: 'О сообщениях узнают:',
  },
  kk: {
    written: 'Жазылған жері',
    reached: 'Қоңыраулар мұнда келеді:',
    nobody: 'алдағы жылы еш жерден',
    direct: 'тек өз нөмірі арқылы',
    happens: 'Қоңыраумен не болады:',
    department: 'Бөлім:',
    telephones: 'Телефондар:',
    roles: 'Рөлдер:',
    shows: 'Сыртқа көрсетеді:',
    members: 'Қатысушылар:',
    partOf: 'Құрамында шақырылады:',
    rota: 'кесте бойынша',
    owner: 'Қабылданбаған қоңырауларға жауапты:',
    told: 'Хабарлар туралы білетіндер:',
  },
}
