/** What a plan decides beside the way of calls: telephones, trunks, how long things are kept, who may hear them. */
import type { BehaviourChange } from '../compare.ts'
import type { CompiledPlan } from '../compiled.ts'
import type { Language } from '../schema/scalars.ts'
import type { Naming } from './naming.ts'

type Kind = 'telephone' | 'trunk' | 'keeping' | 'rights' | 'on-demand'

export function unheard(before: CompiledPlan, after: CompiledPlan, names: Naming, language: Language): readonly BehaviourChange[] {
  const changes: BehaviourChange[] = []
  const w = WORDS[language]
  const put = (kind: Kind, subject: string, text: string): void => {
    changes.push({ text, kind, subject, subjects: [subject], when: '', witness: null })
  }
  const compare = (kind: Kind, was: ReadonlyMap<string, Thing>, is: ReadonlyMap<string, Thing>): void => {
    for (const [id, thing] of was) {
      const then = is.get(id)
      if (then === undefined) put(kind, `${kind}:${id}`, `${w[kind]} ${thing.name}: ${w.gone}.`)
      else if (then.value !== thing.value)
        put(kind, `${kind}:${id}`, `${w[kind]} ${thing.name}: ${w.now} ${then.told}, ${w.was} ${thing.told}.`)
    }
    for (const [id, thing] of is) if (!was.has(id)) put(kind, `${kind}:${id}`, `${w[kind]} ${thing.name}: ${w.isNew} (${thing.told}).`)
  }
  compare(
    'telephone',
    telephones(before, a => a),
    telephones(after, names.account),
  )
  compare(
    'trunk',
    trunks(before, t => t),
    trunks(after, names.trunk),
  )
  compare(
    'keeping',
    boxes(before, b => b),
    boxes(after, names.box),
  )
  compare(
    'rights',
    rights(before, a => a),
    rights(after, names.access),
  )
  compare(
    'on-demand',
    onDemand(before, a => a),
    onDemand(after, names.access),
  )
  return changes
}

interface Thing {
  readonly name: string
  readonly value: string
  readonly told: string
}

function telephones(plan: CompiledPlan, name: (id: string) => string): ReadonlyMap<string, Thing> {
  return new Map(
    [...plan.accounts.values()].map(a => {
      const told = [a.username, a.kind, a.transports?.join('/') ?? '', a.media.kind, a.media.codecs.join('/'), a.media.dtmf, a.fax ?? '']
        .filter(x => x !== '')
        .join(' ')
      return [
        name(a.username),
        {
          name: `${a.displayName} (${a.username})`,
          value: [name(a.username), told.slice(a.username.length), a.username, a.media.plain === true].join(),
          told,
        },
      ]
    }),
  )
}

function trunks(plan: CompiledPlan, name: (id: string) => string): ReadonlyMap<string, Thing> {
  return new Map(
    [...plan.trunks.values()].map(t => {
      const told = `${t.host}${t.port === 0 ? '' : `:${t.port}`} ${t.transport}${t.register === null ? '' : ` ${t.register.user}`} ${t.media.kind}`
      const value = JSON.stringify([told, t.proxy, t.register, t.login, t.sources, t.media, t.trustsIdentity, t.checkEveryMs])
      return [name(t.id), { name: t.name, value, told }]
    }),
  )
}

function boxes(plan: CompiledPlan, name: (id: string) => string): ReadonlyMap<string, Thing> {
  const out = new Map<string, Thing>()
  for (const node of plan.nodes.values())
    if (node.kind === 'voicemail') out.set(name(node.id), { name: node.name, value: String(node.keepDays), told: `${node.keepDays} d` })
  return out
}

function rights(plan: CompiledPlan, name: (id: string) => string): ReadonlyMap<string, Thing> {
  return new Map(
    Object.entries(plan.source.access).map(([id, rule]) => {
      const told =
        'needs' in rule ? rule.needs : `${rule.who.join(', ')}: ${rule.may.join(', ')}${rule.of === undefined ? '' : ` (${rule.of})`}`
      return [name(id), { name: id, value: JSON.stringify(rule), told }]
    }),
  )
}

function onDemand(plan: CompiledPlan, access: (id: string) => string): ReadonlyMap<string, Thing> {
  const out = new Map<string, Thing>()
  for (const [i, rule] of plan.recording.filter(r => r.scope.of === 'on-demand').entries()) {
    const told = `${rule.purpose}, ${rule.keepDays} d, ${rule.heardBy.join(', ')}`
    out.set(String(i), {
      name: rule.purpose,
      value: JSON.stringify([rule.purpose, rule.keepDays, rule.heardBy.map(access), rule.onlyIfLongerMs]),
      told,
    })
  }
  return out
}

const WORDS: Readonly<Record<Language, Readonly<Record<Kind | 'gone' | 'now' | 'was' | 'isNew', string>>>> = {
  en: {
    telephone: 'Telephone of',
    trunk: 'Trunk',
    keeping: 'Messages kept in',
    rights: 'Rights of',
    'on-demand': 'Recording on demand,',
    gone: 'is gone',
    now: 'now',
    was: 'before',
    isNew: 'is new',
  },
  ru: {
    telephone: 'Телефон',
    trunk: 'Канал',
    keeping: 'Хранение сообщений',
    rights: 'Права',
    'on-demand': 'Запись по требованию,',
    gone: 'больше нет',
    now: 'теперь',
    was: 'раньше',
    isNew: 'новое',
  },
  kk: {
    telephone: 'Телефон',
    trunk: 'Арна',
    keeping: 'Хабарларды сақтау',
    rights: 'Құқықтар',
    'on-demand': 'Талап бойынша жазу,',
    gone: 'енді жоқ',
    now: 'енді',
    was: 'бұрын',
    isNew: 'жаңа',
  },
}
