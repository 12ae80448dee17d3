/**
 * Ways to break a plan, one for each finding, at every place where it can be broken so. Each takes a plan that was read and
 * validated and gives broken copies of it. Over 400 lines because it is a table: one row, one kind of mistake.
 */
import type { ProblemCode } from '../../src/plan/problem-codes.ts'
import type { Plan } from '../../src/plan/schema/plan-schema.ts'

/** Plans are readonly to everybody else. */
type Deep<T> = T extends (infer U)[] ? Deep<U>[] : T extends object ? { -readonly [K in keyof T]: Deep<T[K]> } : T
type Open = Deep<Plan>

export interface Mutator {
  readonly name: string
  readonly code: ProblemCode
  /** Breaks `plan`, which is a copy; the places at which it can are its yields, each broken on a fresh copy. */
  readonly breaks: (plan: Plan) => readonly ((copy: Open) => void)[]
}

const GHOST = '+77272599998'
const keys = (section: object): string[] => Object.keys(section)
const at = <T>(record: Record<string, T>, key: string): T => record[key]!

/** People, roles, groups: whoever can send a call on. */
function senders(plan: Plan): readonly (readonly ['people' | 'roles' | 'groups', string])[] {
  return [
    ...keys(plan.people).map(id => ['people', id] as const),
    ...keys(plan.roles).map(id => ['roles', id] as const),
    ...keys(plan.groups).map(id => ['groups', id] as const),
  ]
}

const WORD = { people: '', roles: '', groups: '' } as const

function sends(when: 'on-busy' | 'on-no-answer' | 'on-unreachable'): Mutator {
  return {
    name: `${when} leads back to itself`,
    code: 'loop',
    breaks: plan =>
      senders(plan).flatMap(([section, id]) =>
        canBeCalled(plan, section, id)
          ? [
              (copy: Open) => {
                const node = at(copy[section] as Record<string, Record<string, unknown>>, id)
                node[when] = WORD[section] + id
                delete node['voicemail']
                delete node['forward']
                if (when === 'on-busy') delete node['on-rejected']
              },
            ]
          : [],
      ),
  }
}

function canBeCalled(plan: Plan, section: 'people' | 'roles' | 'groups', id: string): boolean {
  const node = (plan[section] as Record<string, { extension?: string; number?: string; forward?: { always?: string } }>)[id]!
  return (node.extension ?? node.number) !== undefined && node.forward?.always === undefined
}

/** Two that send their calls to one another. */
function sendsRound(when: 'on-busy' | 'on-no-answer'): Mutator {
  return {
    name: `${when} of two leads round`,
    code: 'loop',
    breaks: plan => {
      const all = senders(plan).filter(([section, id]) => canBeCalled(plan, section, id))
      return all.slice(0, -1).map(([section, id], i) => (copy: Open) => {
        const [other, next] = all[i + 1]!
        for (const [s, from, to] of [
          [section, id, next],
          [other, next, id],
        ] as const) {
          const node = at(copy[s] as Record<string, Record<string, unknown>>, from)
          node[when] = to
          delete node['forward']
        }
      })
    },
  }
}

function missing(fact: 'sla' | 'support' | 'hosted' | 'recording' | 'export' | 'porting' | 'on-failure'): Mutator {
  return {
    name: `a provider's ${fact} is not known`,
    code: 'provider-facts',
    breaks: plan =>
      keys(plan.providers).flatMap(id =>
        plan.providers[id]![fact] === undefined ? [] : [(copy: Open) => delete at(copy.providers, id)[fact]],
      ),
  }
}

function leftover(
  section: 'groups' | 'queues' | 'routes' | 'voicemail' | 'services' | 'menus' | 'hours' | 'links' | 'providers' | 'power',
  thing: unknown,
): Mutator {
  return {
    name: `something of ${section} that nothing uses`,
    code: 'unused',
    breaks: () => [
      copy => {
        ;(copy[section] as Record<string, unknown>)['left-over'] = thing
      },
    ],
  }
}

/** A number for people that nobody has. */
function freeExtension(plan: Plan): string {
  const [range] = keys(plan.numbering.ranges).filter(r => plan.numbering.ranges[r]!.for === 'people')
  const taken = new Set(Object.values(plan.people).map(p => p.extension))
  for (let n = Number(range!.split('-')[1]); ; n--) if (!taken.has(String(n))) return String(n)
}

const somebody = (plan: Plan): string => keys(plan.people).find(id => plan.people[id]!.extension !== undefined)!

export const MUTATORS: readonly Mutator[] = [
  sends('on-busy'),
  sends('on-no-answer'),
  sends('on-unreachable'),
  sendsRound('on-busy'),
  sendsRound('on-no-answer'),
  {
    name: 'a route ends where it began',
    code: 'loop',
    breaks: plan => keys(plan.routes).map(id => (copy: Open) => void (at(copy.routes, id).steps = [{ to: id } as never])),
  },
  {
    name: 'a queue sends those who waited to itself',
    code: 'loop',
    breaks: plan =>
      keys(plan.queues).map(id => (copy: Open) => void (at(copy.queues, id)['on-waited'] = { after: 20_000, to: id } as never)),
  },
  {
    name: 'a queue without agents sends to itself',
    code: 'loop',
    breaks: plan =>
      keys(plan.queues).map(id => (copy: Open) => void (at(copy.queues, id)['on-nobody'] = { after: undefined, to: id } as never)),
  },
  {
    name: 'a full queue sends to itself',
    code: 'loop',
    breaks: plan =>
      keys(plan.queues).map(id => (copy: Open) => {
        const queue = at(copy.queues, id)
        queue['room-for'] = 5
        queue['on-full'] = { after: undefined, to: id } as never
      }),
  },
  {
    name: 'a menu sends the silent to itself',
    code: 'loop',
    breaks: plan =>
      keys(plan.menus).map(id => (copy: Open) => void (at(copy.menus, id)['on-silence'] = { after: 5_000, again: 0, to: id })),
  },
  {
    name: 'a menu sends wrong keys to itself',
    code: 'loop',
    breaks: plan => keys(plan.menus).map(id => (copy: Open) => void (at(copy.menus, id)['on-wrong-key'] = { again: 1, to: id })),
  },
  {
    name: 'only one place may be passed',
    code: 'too-many-hops',
    breaks: () => [1, 2].map(most => (copy: Open) => void (copy.defaults['most-hops'] = most)),
  },
  {
    name: 'a line leads to somebody without a telephone',
    code: 'dead-end',
    breaks: plan =>
      keys(plan.lines).map(line => (copy: Open) => {
        copy.people['ghost'] = { name: 'Ghost' } as never
        const l = at(copy.lines, line)
        l.to = 'ghost'
        delete l.during
        delete l.otherwise
        for (const when of ['on-busy', 'on-no-answer', 'on-unreachable'] as const) delete copy.defaults[when]
      }),
  },
  {
    name: 'a line leads to a person for whom nothing is said',
    code: 'ends-without-a-word',
    breaks: plan =>
      keys(plan.lines).map(line => (copy: Open) => {
        copy.groups['bare'] = { ring: [somebody(plan)] } as never
        at(copy.lines, line).to = 'bare'
        for (const when of ['on-busy', 'on-no-answer', 'on-unreachable'] as const) delete copy.defaults[when]
      }),
  },
  {
    name: 'a group that nothing uses',
    code: 'unused',
    breaks: plan => [copy => void (copy.groups['left-over'] = { ring: [somebody(plan)] } as never)],
  },
  leftover('queues', { agents: {}, ring: 'longest-idle, 15s each' }),
  leftover('voicemail', { keep: 86_400_000, longest: 60_000, tell: ['a@b.example'] }),
  leftover('services', { does: 'announce', prompt: 'outside-hours' }),
  leftover('hours', { days: { 'mon-fri': '09:00-18:00' } }),
  leftover('links', {}),
  leftover('power', { feeds: [] }),
  {
    name: 'a provider of no trunk',
    code: 'unused',
    breaks: () => [
      copy => {
        copy.providers['left-over'] = {
          name: 'X',
          sla: '1',
          support: '1',
          hosted: '1',
          recording: '1',
          export: '1',
          porting: '1',
          'on-failure': '1',
        }
      },
    ],
  },
  {
    name: 'a recording rule behind one that means the same',
    code: 'unused',
    breaks: plan =>
      plan.recording.flatMap((rule, i) =>
        /demand/.test(rule.record) ? [] : [(copy: Open) => void copy.recording.splice(i, 0, { ...rule } as never)],
      ),
  },
  {
    name: 'no trunk carries emergency calls',
    code: 'emergency-uncovered',
    breaks: plan =>
      keys(plan.trunks).length === 0
        ? []
        : [
            copy => {
              for (const trunk of Object.values(copy.trunks)) trunk.emergency = false
            },
          ],
  },
  {
    name: 'one trunk carries emergency calls',
    code: 'emergency-single',
    breaks: plan =>
      keys(plan.trunks).length < 2
        ? []
        : keys(plan.trunks).map(only => (copy: Open) => {
            for (const [id, trunk] of Object.entries(copy.trunks)) trunk.emergency = id === only
          }),
  },
  {
    name: 'a site without an address',
    code: 'no-address',
    breaks: plan =>
      keys(plan.sites).flatMap(id => (plan.sites[id]!.address === undefined ? [] : [(copy: Open) => delete at(copy.sites, id).address])),
  },
  ...(['departments', 'sites', 'people', 'roles', 'trunks'] as const).map(
    (section): Mutator => ({
      name: `a number of ${section} that is not ours is shown`,
      code: 'shown-not-ours',
      breaks: plan =>
        keys(plan[section]).map(id => (copy: Open) => {
          ;(copy[section] as Record<string, { shows?: string }>)[id]!.shows = GHOST
        }),
    }),
  ),
  { name: 'the office shows a number that is not ours', code: 'shown-not-ours', breaks: () => [copy => void (copy.office.shows = GHOST)] },
  {
    name: 'a rule shows a number that is not ours',
    code: 'shown-not-ours',
    breaks: plan => plan.outgoing.rules.map((_, i) => (copy: Open) => void (copy.outgoing.rules[i]!.shows = GHOST as never)),
  },
  {
    name: 'a recording is not announced',
    code: 'unannounced-recording',
    breaks: plan =>
      plan.recording.flatMap((rule, i) =>
        /demand|internal/.test(rule.record) ? [] : [(copy: Open) => void (copy.recording[i]!.announce = false)],
      ),
  },
  missing('sla'),
  missing('support'),
  missing('hosted'),
  missing('recording'),
  missing('export'),
  missing('porting'),
  missing('on-failure'),
  {
    name: 'a route stands behind a box',
    code: 'never-reached',
    breaks: plan =>
      keys(plan.routes).flatMap(id =>
        keys(plan.voicemail)
          .slice(0, 1)
          .map(box => (copy: Open) => void at(copy.routes, id).steps?.unshift({ to: `voicemail ${box}` } as never)),
      ),
  },
  {
    name: 'dear calls without a limit',
    code: 'unguarded-rule',
    breaks: plan => [
      ...plan.outgoing.rules.flatMap((rule, i) =>
        rule.guard !== undefined && rule.starting === undefined && rule.calls.some(c => c === 'international' || c === 'premium')
          ? [
              (copy: Open) => {
                delete copy.outgoing.rules[i]!.guard
                delete (copy.outgoing.rules[i] as { pin?: string }).pin
              },
            ]
          : [],
      ),
      ...(['international', 'premium'] as const).flatMap(cls =>
        keys(plan.trunks).map(
          trunk => (copy: Open) => void copy.outgoing.rules.push({ calls: [cls], who: 'everyone', by: [trunk] } as never),
        ),
      ),
    ],
  },
  {
    name: 'somebody whom callers reach may forward abroad, and nothing limits it',
    code: 'outside-to-paid',
    breaks: plan =>
      keys(plan.trunks)
        .slice(0, 2)
        .flatMap(trunk =>
          keys(plan.lines)
            .slice(0, 3)
            .map(line => (copy: Open) => {
              copy.people['traveller'] = {
                name: 'Traveller',
                extension: freeExtension(plan),
                'may-forward': 'anywhere',
                'may-call': 'premium',
                mobile: '+77010000001',
              } as never
              copy.devices['traveller-phone'] = { person: 'traveller', kind: 'softphone', username: 'traveller' } as never
              const l = at(copy.lines, line)
              l.to = 'traveller'
              delete l.during
              delete l.otherwise
              copy.outgoing.rules.unshift({ calls: ['international'], who: 'everyone', by: [trunk] } as never)
            }),
        ),
  },
  {
    name: 'a rule behind one that means the same',
    code: 'shadowed-rule',
    breaks: plan =>
      plan.outgoing.rules.flatMap((rule, i) => {
        const plain = rule.who === 'everyone' && rule.starting === undefined && rule.during === undefined && !('pin' in rule)
        return plain && rule.calls.every(c => c !== 'emergency' && c !== 'internal' && c !== 'premium' && c !== 'local')
          ? [(copy: Open) => void copy.outgoing.rules.splice(i + 1, 0, { ...rule, by: [keys(plan.trunks)[0]!] } as never)]
          : []
      }),
  },
  {
    name: 'a department shows a line that leads to a box',
    code: 'calls-back-elsewhere',
    breaks: plan =>
      keys(plan.departments).flatMap(department =>
        Object.values(plan.people).some(p => p.department === department && p.extension !== undefined && p.shows === undefined) &&
        keys(plan.voicemail).length > 0
          ? [
              (copy: Open) => {
                copy.lines['+77272500099'] = { to: `voicemail ${keys(plan.voicemail)[0]}`, owner: somebody(plan) } as never
                at(copy.departments, department).shows = '+77272500099'
                for (const role of Object.values(copy.roles)) delete role.shows
              },
            ]
          : [],
      ),
  },
  {
    name: 'a rota begins too late',
    code: 'rota-gap',
    breaks: plan =>
      keys(plan.rotas).flatMap(id =>
        'from' in plan.rotas[id]! ? [(copy: Open) => void ((copy.rotas[id] as { from?: string }).from = '2027-02-01')] : [],
      ),
  },
  {
    name: 'one person in both lines of a rota',
    code: 'rota-overlap',
    breaks: plan =>
      keys(plan.rotas).flatMap(id => {
        const rota = plan.rotas[id] as { turns?: string[]; from?: string }
        if (rota.turns === undefined) return []
        const layer = { from: '2026-01-05', 'hand-over': 'mon 09:00', turns: [rota.turns[0]!] }
        return [
          (copy: Open) => {
            const { reach } = copy.rotas[id] as { reach: string }
            copy.rotas[id] = { reach, layers: { first: layer, second: layer } } as never
          },
        ]
      }),
  },
  {
    name: 'all trunks hang on one link, and nothing is said for its failure',
    code: 'no-outage-treatment',
    breaks: plan =>
      keys(plan.links).flatMap(link =>
        keys(plan.trunks).length < 2
          ? []
          : [
              (copy: Open) => {
                for (const trunk of Object.values(copy.trunks)) trunk.link = link
                for (const provider of Object.values(copy.providers)) delete provider['on-failure']
                for (const department of Object.values(copy.departments)) delete department['if-office-is-cut-off']
                copy.outage = []
              },
            ],
      ),
  },
  {
    name: 'numbers without owner',
    code: 'unowned-number',
    breaks: plan =>
      keys(plan.numbering.ranges).map(range => (copy: Open) => {
        delete copy.office.owner
        delete at(copy.numbering.ranges, range).owner
      }),
  },
  {
    name: 'a box of which nobody is told',
    code: 'unheard-box',
    breaks: plan =>
      keys(plan.voicemail).flatMap(id =>
        Object.values(plan.people).some(p => p.voicemail === id) ? [] : [(copy: Open) => void (at(copy.voicemail, id).tell = [])],
      ),
  },
  {
    name: 'a range that grows fast',
    code: 'range-fills',
    breaks: plan =>
      keys(plan.numbering.ranges).flatMap(id =>
        plan.numbering.ranges[id]?.for === undefined ? [] : [(copy: Open) => void (at(copy.numbering.ranges, id).grows = '900 a year')],
      ),
  },
  // What compiling finds.
  {
    name: 'nothing is said of the night',
    code: 'uncovered-hours',
    breaks: plan =>
      keys(plan.lines).flatMap(id =>
        plan.lines[id]!.otherwise === undefined ? [] : [(copy: Open) => delete at(copy.lines, id).otherwise],
      ),
  },
  {
    name: 'two people with one extension',
    code: 'duplicate-number',
    breaks: plan => {
      const people = keys(plan.people).filter(id => plan.people[id]!.extension !== undefined)
      return people.slice(1).map(id => (copy: Open) => void (at(copy.people, id).extension = plan.people[people[0]!]!.extension!))
    },
  },
  {
    name: 'a person with an emergency number',
    code: 'emergency-shadowed',
    breaks: plan =>
      keys(plan.people).flatMap(id =>
        plan.people[id]!.extension === undefined ? [] : [(copy: Open) => void (at(copy.people, id).extension = '112')],
      ),
  },
  {
    name: 'a short code that somebody has as extension',
    code: 'short-code-shadowed',
    breaks: plan =>
      keys(plan.people).flatMap(id => {
        const { extension } = plan.people[id]!
        return extension === undefined ? [] : [(copy: Open) => void (copy.numbering['short-codes'][extension] = somebody(plan))]
      }),
  },
  ...(['people', 'roles', 'groups', 'queues'] as const).map(
    (section): Mutator => ({
      name: `a number of ${section} outside every range`,
      code: 'out-of-range',
      breaks: plan =>
        keys(plan.numbering.ranges).length === 0
          ? []
          : keys(plan[section]).flatMap(id => {
              const field = section === 'people' ? 'extension' : 'number'
              const node = plan[section][id] as { extension?: string; number?: string }
              return node[field] === undefined
                ? []
                : [
                    (copy: Open) => {
                      ;(copy[section] as Record<string, Record<string, unknown>>)[id]![field] = '98765'
                    },
                  ]
            }),
    }),
  ),
  {
    name: 'ranges that overlap',
    code: 'overlapping-ranges',
    breaks: plan =>
      keys(plan.numbering.ranges).flatMap(range => {
        const [first, last] = range.split('-')
        return last === undefined ? [] : [(copy: Open) => void (copy.numbering.ranges[`${first}-${first}`] = { reserved: 'X' } as never)]
      }),
  },
  ...(['to', 'otherwise'] as const).map(
    (field): Mutator => ({
      name: `a line's '${field}' names nobody`,
      code: 'dangling-reference',
      breaks: plan =>
        keys(plan.lines).flatMap(id =>
          plan.lines[id]![field] === undefined ? [] : [(copy: Open) => void (at(copy.lines, id)[field] = 'nobody-at-all')],
        ),
    }),
  ),
  {
    name: 'a line is owned by nobody',
    code: 'dangling-reference',
    breaks: plan => keys(plan.lines).map(id => (copy: Open) => void (at(copy.lines, id).owner = 'nobody-at-all')),
  },
  {
    name: 'a group rings nobody of the office',
    code: 'dangling-reference',
    breaks: plan => keys(plan.groups).map(id => (copy: Open) => void (at(copy.groups, id).ring = ['nobody-at-all'])),
  },
  {
    name: 'a rule by a trunk that is not there',
    code: 'dangling-reference',
    breaks: plan =>
      plan.outgoing.rules.flatMap((rule, i) =>
        Array.isArray(rule.by) ? [(copy: Open) => void (copy.outgoing.rules[i]!.by = ['no-trunk'])] : [],
      ),
  },
]
