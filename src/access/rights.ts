/**
 * Who may do what to which calls and recordings: one table (ACC-01). A question "may she listen to this one?" and a query
 * "all that she may see" are answered from the same `Filter`, here in memory and in `store/access-sql.ts` as SQL; one case
 * table in the tests holds both to the same answers.
 *
 * What nobody granted is refused. Without a grant, people see their own calls and hear their own voicemail, nothing else.
 */

export const RIGHTS = [
  'see-calls',
  'end-calls',
  'search',
  'listen',
  'download',
  'extend',
  'hold',
  'delete',
  'ask-export',
  'approve-export',
  'configure',
  'see-audit',
] as const
export type Right = (typeof RIGHTS)[number]

/** What a grant covers. */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'department' | 'queue' | 'group' | 'person' | 'box'; readonly name: string }

/** One entry of the plan's `access:` section. */
export interface Grant {
  readonly name: string
  readonly who: readonly string[]
  readonly may: readonly Right[]
  readonly of: Scope
  /** Only what is younger than this; null: any age. */
  readonly newerThanMs: number | null
}

/** What the table needs to know of the office. */
export interface AccessPlan {
  readonly grants: readonly Grant[]
  /** Persons whom the plan makes administrators. */
  readonly administrators: readonly string[]
  departmentMembers(department: string): readonly string[]
  /** Under which names a person appears in records: the id itself and those of their SIP accounts. */
  namesOf(person: string): readonly string[]
  /** Voicemail boxes that belong to the person or of whose messages the person is told. */
  boxesOf(person: string): readonly string[]
}

export interface Viewer {
  readonly user: string
  readonly person: string | null
  readonly administrator: boolean
}

/** A call or recording, as far as rights care. */
export interface Subject {
  readonly at: number
  /** People of the plan who had a part in it. */
  readonly people: readonly string[]
  readonly queue: string | null
  readonly group: string | null
  readonly box: string | null
  /** Names of the grants whose holders may hear it, by the rule that recorded it; empty: any that covers it. */
  readonly heardBy: readonly string[]
}

/** Allows what any clause allows; without clauses nothing. Plain data, so that it can become SQL. */
export type Filter = readonly Clause[]

export interface Clause {
  /** Name of the grant. */
  readonly grant: string
  readonly everything: boolean
  readonly people: readonly string[]
  readonly queues: readonly string[]
  readonly groups: readonly string[]
  readonly boxes: readonly string[]
  readonly notBeforeAt: number | null
  /** Whether the recording rule's own list of listeners narrows this clause. */
  readonly narrowedByRule: boolean
}

const NOTHING: Clause = {
  grant: '',
  everything: false,
  people: [],
  queues: [],
  groups: [],
  boxes: [],
  notBeforeAt: null,
  narrowedByRule: false,
}

/** What an administrator may do everywhere. Listening, holding and deleting are not among it (ACC-02): the plan grants those. */
const OF_ADMINISTRATORS: readonly Right[] = ['see-calls', 'end-calls', 'search', 'configure', 'see-audit']
const OF_ONESELF: readonly Right[] = ['see-calls', 'search', 'end-calls']
const OF_OWN_BOXES: readonly Right[] = ['search', 'listen', 'download']
const OF_HEARING: readonly Right[] = ['listen', 'download']

/** Everything over which `viewer` has `right` at the moment `nowMs`. */
export function filterFor(plan: AccessPlan, viewer: Viewer, right: Right, nowMs: number): Filter {
  const clauses: Clause[] = []
  const administrator = viewer.administrator || (viewer.person !== null && plan.administrators.includes(viewer.person))
  if (administrator && OF_ADMINISTRATORS.includes(right)) clauses.push({ ...NOTHING, grant: 'administrator', everything: true })
  // A plan that says nothing of access yet: somebody must be able to hear that recording works at all.
  if (administrator && plan.grants.length === 0 && OF_HEARING.includes(right))
    clauses.push({ ...NOTHING, grant: 'administrator', everything: true })
  const { person } = viewer
  if (person === null) return clauses
  if (OF_ONESELF.includes(right)) clauses.push({ ...NOTHING, grant: 'self', people: plan.namesOf(person) })
  const boxes = OF_OWN_BOXES.includes(right) ? plan.boxesOf(person) : []
  if (boxes.length > 0) clauses.push({ ...NOTHING, grant: 'own-voicemail', boxes })
  for (const grant of plan.grants) {
    if (!grant.who.includes(person) || !implies(grant.may, right)) continue
    clauses.push({
      ...covered(plan, grant.of),
      grant: grant.name,
      notBeforeAt: grant.newerThanMs === null ? null : nowMs - grant.newerThanMs,
      narrowedByRule: OF_HEARING.includes(right),
    })
  }
  return clauses
}

/** The rights held over at least something: what the console needs to know which pages to offer. */
export function rightsOf(plan: AccessPlan, viewer: Viewer, nowMs: number): Right[] {
  return RIGHTS.filter(right => filterFor(plan, viewer, right, nowMs).length > 0)
}

export function permits(filter: Filter, subject: Subject): boolean {
  return filter.some(clause => {
    const covers =
      clause.everything ||
      subject.people.some(person => clause.people.includes(person)) ||
      (subject.queue !== null && clause.queues.includes(subject.queue)) ||
      (subject.group !== null && clause.groups.includes(subject.group)) ||
      (subject.box !== null && clause.boxes.includes(subject.box))
    const young = clause.notBeforeAt === null || subject.at >= clause.notBeforeAt
    const chosen = !clause.narrowedByRule || subject.heardBy.length === 0 || subject.heardBy.includes(clause.grant)
    return covers && young && chosen
  })
}

/** Who may search or listen may also see the calls; who may listen may also find. Download is never implied. */
function implies(may: readonly Right[], right: Right): boolean {
  if (may.includes(right)) return true
  if (right === 'search') return may.includes('listen') || may.includes('download')
  if (right === 'see-calls') return may.includes('search') || may.includes('listen')
  return false
}

function covered(plan: AccessPlan, scope: Scope): Clause {
  switch (scope.kind) {
    case 'everything':
      return { ...NOTHING, everything: true }
    case 'department':
      return { ...NOTHING, people: plan.departmentMembers(scope.name).flatMap(person => plan.namesOf(person)) }
    case 'queue':
      return { ...NOTHING, queues: [scope.name] }
    case 'group':
      return { ...NOTHING, groups: [scope.name] }
    case 'person':
      return { ...NOTHING, people: plan.namesOf(scope.name) }
    case 'box':
      return { ...NOTHING, boxes: [scope.name] }
  }
}
