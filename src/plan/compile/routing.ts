/** Roles, groups, queues, menus, routes, boxes, services and lines as places where a call can be. */
import { e164 } from '../../kernel/e164.ts'
import type { HuntNode, Member, Node, NodeKey, PersonNode, PromptText, Reach } from '../compiled.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Language } from '../schema/scalars.ts'
import type { Path } from '../source.ts'
import { assignmentsOf } from './calendars.ts'
import { resolveFallbacks } from './fallbacks.ts'
import { compileMenu } from './menus.ts'
import type { Names } from './names.ts'
import type { MobilesMaker } from './outage-effects.ts'
import { compileQueue } from './queues.ts'
import { compileSetting } from './settings.ts'
import type { Workbench } from './workbench.ts'

const DAY_MS = 86_400_000

export class Routing {
  private readonly bench: Workbench
  private readonly names: Names
  private readonly people: ReadonlyMap<NodeKey, PersonNode>
  readonly nodes = new Map<NodeKey, Node>()
  readonly prompts = new Map<string, PromptText>()

  constructor(bench: Workbench, names: Names, people: ReadonlyMap<NodeKey, PersonNode>) {
    this.bench = bench
    this.names = names
    this.people = people
    for (const [key, node] of people) this.nodes.set(key, node)
    this.ends()
    this.roles()
    this.groups()
    this.queues()
    this.menus()
    this.routes()
    this.boxes()
    this.services()
    this.lines()
  }

  /** What outages need: people by mobile, one after another. */
  readonly mobiles: MobilesMaker = {
    inTurn: (id, name, members, place) => {
      const key = `outage:${id}`
      const eachMs = this.bench.plan.defaults['ring-for']
      this.nodes.set(key, {
        kind: 'hunt',
        is: 'group',
        key,
        id,
        name,
        place,
        number: '',
        members,
        order: 'one-by-one',
        forMs: eachMs * members.length,
        eachMs,
        fallbacks: { busy: null, noAnswer: null, unreachable: null, rejected: null },
        queue: null,
      })
      return key
    },
    member: (word, path) => this.member(word, path, 1),
    person: id => this.people.get(`person:${id}`),
  }

  /** Outside numbers and mobiles that destinations named: known only when every destination has been read. */
  finish(): void {
    this.departments()
    for (const [key, { number, path }] of this.names.outside)
      this.nodes.set(key, {
        kind: 'outside',
        key,
        id: number,
        name: number,
        place: this.bench.place(...path),
        number: e164(number)!,
        person: null,
      })
    for (const [key, { person, path }] of this.names.mobiles) {
      const node = this.people.get(`person:${person}`)
      if (node?.mobile != null)
        this.nodes.set(key, {
          kind: 'outside',
          key,
          id: person,
          name: `${node.name} (mobile)`,
          place: this.bench.place(...path),
          number: node.mobile,
          person: node,
        })
    }
  }

  private hours(id: string | undefined, path: Path): string | null {
    return id !== undefined && this.bench.known(id, this.bench.plan.hours, 'hours', path) ? id : null
  }

  private ends(): void {
    const place = this.bench.place()
    this.nodes.set('end:busy', { kind: 'end', key: 'end:busy', id: 'busy', name: 'busy tone', place, status: 486, cause: 17, prompts: [] })
    this.nodes.set('end:hang-up', {
      kind: 'end',
      key: 'end:hang-up',
      id: 'hang-up',
      name: 'the end of the call',
      place,
      status: 480,
      cause: 16,
      prompts: [],
    })
  }

  private roles(): void {
    const { roles, rotas, defaults } = this.bench.plan
    for (const [id, role] of Object.entries(roles)) {
      const path: Path = ['roles', id]
      const named = role.rota !== undefined && this.bench.known(role.rota, rotas, 'rota', [...path, 'rota']) ? role.rota : null
      // People who hold a role from a day on, or until one, are a rota of their own: the day decides (compile/calendars.ts).
      const rota = role.assignments === undefined ? named : assignmentsOf(id)
      const holders = (role['held-by'] ?? []).flatMap((who, i) => {
        this.bench.known(who, this.bench.plan.people, 'person', [...path, 'held-by', i])
        return this.people.get(`person:${who}`) ?? []
      })
      const reach: Reach = role.reach ?? (named === null ? 'phone' : rotas[named]!.reach)
      if (reach === 'mobile')
        for (const holder of holders)
          if (holder.mobile === null)
            this.bench.problem(
              'no-mobile',
              [...path, 'reach'],
              `${holder.name} is to be reached by mobile but has none in the plan.`,
              `Add 'mobile:' to people.${holder.id}.`,
            )
      this.nodes.set(`role:${id}`, {
        kind: 'role',
        key: `role:${id}`,
        id,
        name: role.name ?? id,
        place: this.bench.place(...path),
        number: role.number ?? '',
        holders,
        rota,
        order: role.ring ?? (named !== null && rotas[named]!.layers !== undefined ? 'one-by-one' : 'together'),
        reach,
        acceptBy: named === null ? null : (rotas[named]!['accept-by'] ?? null),
        ringForMs: role['ring-for'] ?? defaults['ring-for'],
        shows: this.bench.number(role.shows, [...path, 'shows']),
        fallbacks: resolveFallbacks(this.names, role, path),
      })
    }
  }

  private member(word: string, path: Path, tier: number): Member[] {
    const place = this.bench.source.place(path)
    const key = this.names.resolve(word, path)
    if (key === null) return []
    const node = this.nodes.get(key)
    if (node?.kind === 'person') return [{ target: { person: node }, reach: 'phone', tier, place }]
    if (node?.kind === 'role') return [{ target: { role: node }, reach: node.reach, tier, place }]
    if (key.startsWith('mobile:')) return [{ target: { person: this.people.get(`person:${key.slice(7)}`)! }, reach: 'mobile', tier, place }]
    if (key.startsWith('outside:')) return [{ target: { outside: e164(key.slice(8))!, who: key.slice(8) }, reach: 'mobile', tier, place }]
    this.bench.problem(
      'wrong-kind',
      path,
      `'${word}' cannot be rung as one of several: it is no person, role, room or outside number.`,
      'Name people, or send the call there when nobody answers.',
    )
    return []
  }

  private groups(): void {
    const { groups, defaults } = this.bench.plan
    for (const [id, group] of Object.entries(groups)) {
      const path: Path = ['groups', id]
      if (group.together === true && group['one-by-one'] === true)
        this.bench.problem(
          'contradiction',
          [...path, 'one-by-one'],
          'A group rings together or one by one, not both.',
          'Remove one of the two.',
        )
      const members = group.ring.flatMap((word, i) => this.member(word, [...path, 'ring', i], 1))
      noTwins(this.bench, group.ring, [...path, 'ring'])
      const order = group['one-by-one'] === true || group.together === false ? 'one-by-one' : 'together'
      const eachMs = group.each ?? (order === 'together' ? (group.for ?? defaults['ring-for']) : Math.min(group.for ?? 15_000, 15_000))
      this.hunt({
        is: 'group',
        id,
        name: group.name ?? id,
        number: group.number ?? '',
        members,
        order,
        forMs: group.for ?? (order === 'together' ? eachMs : eachMs * Math.max(1, members.length)),
        eachMs,
        fallbacks: resolveFallbacks(this.names, group, path),
        place: this.bench.place(...path),
      })
    }
  }

  private hunt(h: Omit<HuntNode, 'kind' | 'key' | 'queue'>): void {
    const key = `${h.is}:${h.id}`
    this.nodes.set(key, { ...h, kind: 'hunt', key, queue: null })
  }

  private queues(): void {
    let known: ReadonlySet<string> | null = null
    const skills = (): ReadonlySet<string> =>
      (known ??= new Set(Object.values(this.bench.plan.people).flatMap(p => Object.keys(p.skills ?? {}))))
    for (const [id, queue] of Object.entries(this.bench.plan.queues)) {
      const members = Object.entries(queue.agents)
        .flatMap(([agent, tier]) => this.member(agent, ['queues', id, 'agents', agent], tier))
        .sort((a, b) => a.tier - b.tier)
      this.nodes.set(`queue:${id}`, compileQueue(this.bench, this.names, id, queue, members, skills))
    }
  }

  private menus(): void {
    for (const [id, menu] of Object.entries(this.bench.plan.menus)) {
      const during = this.hours(menu.during, ['menus', id, 'during'])
      this.nodes.set(`menu:${id}`, compileMenu(this.bench, this.names, id, menu, this.words(`menus/${id}`, menu.say), during))
    }
  }

  private routes(): void {
    for (const [id, route] of Object.entries(this.bench.plan.routes)) {
      const path: Path = ['routes', id]
      const during = this.hours(route.during, [...path, 'during'])
      const to = this.names.resolve(route.to, [...path, 'to'])
      const otherwise = this.names.resolve(route.otherwise, [...path, 'otherwise'])
      const steps = (route.steps ?? []).flatMap((step, i) => {
        const to = this.names.resolve(step.to, [...path, 'steps', i, 'to'])
        const during = this.hours(step.during, [...path, 'steps', i, 'during'])
        return to === null ? [] : [{ to, forMs: step.for ?? null, during, place: this.bench.place(...path, 'steps', i) }]
      })
      this.nodes.set(`route:${id}`, {
        kind: 'route',
        key: `route:${id}`,
        id,
        name: route.name ?? id,
        place: this.bench.place(...path),
        number: route.number ?? '',
        divided: during === null || to === null || otherwise === null ? null : { during, to, otherwise },
        steps,
      })
    }
  }

  private boxes(): void {
    const { voicemail, people } = this.bench.plan
    for (const [id, box] of Object.entries(voicemail)) {
      const path: Path = ['voicemail', id]
      box.tell?.forEach((who, i) => {
        if (!who.includes('@')) this.bench.known(who, people, 'person', [...path, 'tell', i])
      })
      this.nodes.set(`voicemail:${id}`, {
        kind: 'voicemail',
        key: `voicemail:${id}`,
        id,
        name: box.name ?? id,
        place: this.bench.place(...path),
        number: box.number ?? '',
        greeting: [box.greeting === undefined ? 'voicemail-greeting' : this.words(`voicemail/${id}`, box.greeting)],
        maxMs: box.longest,
        tell: box.tell ?? [],
        keepDays: Math.max(1, Math.round(box.keep / DAY_MS)),
        language: box.language ?? null,
      })
    }
  }

  private services(): void {
    for (const [id, service] of Object.entries(this.bench.plan.services)) {
      const path: Path = ['services', id]
      const spoken =
        service.prompt !== undefined
          ? [service.prompt]
          : service.say !== undefined
            ? [this.words(`services/${id}`, service.say)]
            : service.does === 'echo'
              ? ['welcome-echo']
              : []
      this.nodes.set(`service:${id}`, {
        kind: 'service',
        key: `service:${id}`,
        id,
        name: service.name ?? id,
        place: this.bench.place(...path),
        number: service.number ?? '',
        does: service.does === 'echo' || service.does === 'announce' ? service.does : 'set',
        prompts: spoken,
        answer: service.answer ?? true,
        afterwards: this.names.resolve(service.afterwards, [...path, 'afterwards']),
        sets: compileSetting(this.bench, service, path),
      })
    }
  }

  private lines(): void {
    const { lines, people, roles, trunks } = this.bench.plan
    for (const [number, line] of Object.entries(lines)) {
      const path: Path = ['lines', number]
      this.bench.number(number, path)
      this.bench.known(line.owner, [people, roles], 'person or role', [...path, 'owner'])
      if (line.trunk !== undefined) this.bench.known(line.trunk, trunks, 'trunk', [...path, 'trunk'])
      if (line.otherwise !== undefined && line.during === undefined)
        this.bench.problem(
          'never-otherwise',
          [...path, 'otherwise'],
          "'otherwise' never comes: the line has no hours.",
          "Write 'during: office', or remove it.",
        )
      const during = this.hours(line.during, [...path, 'during'])
      const otherwise = this.names.resolve(line.otherwise, [...path, 'otherwise'])
      if (line.during !== undefined && line.otherwise === undefined)
        this.bench.problem(
          'uncovered-hours',
          path,
          `It is not said where calls to ${number} go outside '${line.during}'.`,
          "Write 'otherwise: …'.",
          'error',
          true,
        )
      const to = this.names.resolve(line.to, [...path, 'to'])
      if (to === null) continue
      this.nodes.set(`line:${number}`, {
        kind: 'line',
        key: `line:${number}`,
        id: number,
        name: line.name ?? number,
        place: this.bench.place(...path),
        number: e164(number)!,
        to,
        during,
        otherwise,
        owner: line.owner,
        language: line.language ?? null,
        label: line.name ?? '',
      })
    }
  }

  private departments(): void {
    const byDepartment = Map.groupBy(this.people.values(), p => p.department)
    for (const id of this.names.departments) {
      const people = byDepartment.get(id) ?? []
      const path: Path = ['departments', id]
      if (people.length === 0)
        this.bench.problem(
          'nobody-there',
          path,
          `Calls go to the department ${id}, but nobody works there.`,
          'Send the calls elsewhere, or add its people.',
          'error',
          true,
        )
      const members = people.map((person): Member => ({ target: { person }, reach: 'phone', tier: 1, place: person.place }))
      const forMs = this.bench.plan.defaults['ring-for']
      this.hunt({
        is: 'department',
        id,
        name: this.bench.plan.departments[id]!.name ?? id,
        number: '',
        members,
        order: 'together',
        forMs,
        eachMs: forMs,
        fallbacks: { busy: null, noAnswer: null, unreachable: null, rejected: null },
        place: this.bench.place(...path),
      })
    }
  }

  private words(id: string, spoken: NonNullable<Plan['services'][string]['say']>): string {
    const texts: Partial<Record<Language, string>> =
      typeof spoken === 'string' ? { [this.bench.plan.office.languages[0]!]: spoken } : spoken
    this.prompts.set(id, { id, texts })
    return id
  }
}

function noTwins(bench: Workbench, words: readonly string[], path: Path): void {
  words.forEach((word, i) => {
    if (words.indexOf(word) < i) bench.problem('named-twice', [...path, i], `'${word}' is already in this list.`, 'Remove one.', 'warning')
  })
}
