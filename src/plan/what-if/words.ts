/** What still works, in words: grouped, so that the reader sees first what does not. */
import type { CompiledPlan } from '../compiled.ts'
import type { Language } from '../schema/scalars.ts'
import type { Verdict, WhatIf, WhatIfAnswer } from '../what-if.ts'
import type { Described } from './describe.ts'
import type { Dependencies } from './failed.ts'

const MOST_NAMED = 8

export function whatIfText(plan: CompiledPlan, what: WhatIf, language: Language): string {
  const w = WORDS[language]
  const out = [fill(w.if, { failures: what.failures.join(', ') })]
  if (what.exchange) out.push(w.exchange)
  if (what.trunks.length > 0) out.push(fill(w.trunks, { names: what.trunks.join(', ') }))
  if (what.telephones.length > 0)
    out.push(
      fill(w.telephones, {
        names: short(
          what.telephones.map(t => plan.accounts.get(t)?.displayName ?? t),
          w,
        ),
      }),
    )
  if (what.also.length > 0) out.push(fill(w.also, { names: what.also.join(', ') }))
  for (const t of what.treatments)
    out.push(fill(t.confirm.length === 0 ? w.treatment : w.treatmentConfirmed, { text: t.text, who: t.confirm.join(', ') }))
  for (const verdict of ['fails', 'otherwise', 'works'] as const) {
    const list = what.answers.filter(a => a.verdict === verdict)
    if (list.length === 0) continue
    out.push('', w.verdicts[verdict])
    for (const group of alike(list)) out.push(`  ${lineOf(group, verdict, w)}`)
  }
  return out.join('\n')
}

/** One row for each failure. */
export function whatIfTable(
  all: readonly WhatIf[],
  language: Language,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const w = WORDS[language]
  const kinds: readonly (readonly [string, (a: WhatIfAnswer) => boolean])[] = [
    [w.heads.lines, a => a.of === 'line'],
    [w.heads.inside, a => a.of === 'inside' || a.of === 'queue' || a.of === 'voicemail'],
    [w.heads.out, a => a.of === 'out'],
    [w.heads.emergency, a => a.of === 'emergency'],
  ]
  const count = (answers: readonly WhatIfAnswer[]): string => {
    const of = (v: Verdict): number => answers.filter(a => a.verdict === v).length
    if (answers.length === 0) return '-'
    if (of('works') === answers.length) return w.all
    if (of('fails') === answers.length) return w.nothing
    return [
      of('works') > 0 ? `${of('works')} ${w.ok}` : '',
      of('otherwise') > 0 ? `${of('otherwise')} ${w.other}` : '',
      of('fails') > 0 ? `${of('fails')} ${w.gone}` : '',
    ]
      .filter(x => x !== '')
      .join(', ')
  }
  return {
    head: [w.heads.failure, w.heads.trunks, w.heads.telephones, ...kinds.map(([name]) => name)],
    rows: all.map(what => [
      what.failures.join(', '),
      what.trunks.join(', ') || '-',
      String(what.telephones.length),
      ...kinds.map(([, is]) => count(what.answers.filter(is))),
    ]),
  }
}

export function dependenciesText(plan: CompiledPlan, d: Dependencies, language: Language): string {
  const w = WORDS[language]
  const name = (account: string): string => plan.accounts.get(account)?.displayName ?? account
  const out = [w.dependsHead]
  for (const l of d.links)
    out.push(`  ${fill(w.dependsLink, { link: l.link, trunks: l.trunks.join(', ') || '-', sites: l.sites.join(', ') || '-' })}`)
  if (d.unknown.length > 0) out.push(`  ${fill(w.dependsUnknown, { trunks: d.unknown.join(', ') })}`)
  for (const p of d.providers) out.push(`  ${fill(w.dependsProvider, { provider: p.provider, trunks: p.trunks.join(', ') || '-' })}`)
  if (d.remote.length > 0) out.push(`  ${fill(w.dependsRemote, { names: short(d.remote.map(name), w) })}`)
  out.push(w.staysHead, `  ${fill(w.staysInside, { names: short(d.inside.map(name), w) })}`, `  ${w.staysServices}`)
  for (const p of d.power) out.push(`  ${fill(w.dependsPower, { ups: p.ups, feeds: p.feeds.join(', ') || '-' })}`)
  return out.join('\n')
}

function alike(list: readonly WhatIfAnswer[]): readonly (readonly WhatIfAnswer[])[] {
  const groups = new Map<string, WhatIfAnswer[]>()
  for (const a of list) {
    const key =
      a.verdict === 'works'
        ? `${a.of}${a.of === 'out' ? JSON.stringify([a.now, a.whom]) : ''}`
        : JSON.stringify([a.of, a.now, a.usually, a.of === 'out' ? a.whom : ''])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [a])
    else group.push(a)
  }
  return [...groups.values()]
}

function lineOf(group: readonly WhatIfAnswer[], verdict: Verdict, w: Words): string {
  const a = group[0]!
  const out = a.of === 'out' || a.of === 'emergency'
  const names = out
    ? [...new Set(group.map(g => (a.of === 'out' ? (w.classes[g.subject] ?? g.subject) : g.subject)))]
    : group.map(g => (g.whom === '' || g.whom === g.subject ? g.subject : `${g.subject} (${g.whom})`))
  const whom = a.of === 'out' ? fill(w.by, { whom: a.whom }) : a.of === 'emergency' && a.whom !== '' ? fill(w.at, { whom: a.whom }) : ''
  const subject = `${fill(w.of[a.of], { names: short(names, w) })}${whom}`
  if (verdict === 'works') return a.of === 'out' ? `${subject}: ${said(a.now, w)}` : subject
  return fill(verdict === 'fails' ? w.fails : w.otherwise, { subject, now: said(a.now, w), usually: said(a.usually, w) })
}

function said(d: Described, w: Words): string {
  return fill(w.said[d.code], d.values)
}

function short(names: readonly string[], w: Words): string {
  if (names.length <= MOST_NAMED) return names.join(', ')
  return fill(w.more, { names: names.slice(0, MOST_NAMED - 2).join(', '), count: String(names.length - MOST_NAMED + 2) })
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

interface Words {
  readonly if: string
  readonly exchange: string
  readonly trunks: string
  readonly telephones: string
  readonly also: string
  readonly treatment: string
  readonly treatmentConfirmed: string
  readonly verdicts: Readonly<Record<Verdict, string>>
  readonly of: Readonly<Record<WhatIfAnswer['of'], string>>
  readonly by: string
  readonly at: string
  readonly fails: string
  readonly otherwise: string
  readonly said: Readonly<Record<Described['code'], string>>
  readonly classes: Readonly<Record<string, string>>
  readonly more: string
  readonly all: string
  readonly nothing: string
  readonly ok: string
  readonly other: string
  readonly gone: string
  readonly heads: Readonly<Record<'failure' | 'trunks' | 'telephones' | 'lines' | 'inside' | 'out' | 'emergency', string>>
  readonly dependsHead: string
  readonly dependsLink: string
  readonly dependsUnknown: string
  readonly dependsProvider: string
  readonly dependsRemote: string
  readonly dependsPower: string
  readonly staysHead: string
  readonly staysInside: string
  readonly staysServices: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    if: 'If this fails: {failures}',
    exchange: 'The exchange itself has no power: no call is possible until it runs again.',
    trunks: 'Trunks that are gone: {names}.',
    telephones: 'Telephones that lose the exchange: {names}.',
    also: 'Also without it: {names}.',
    treatment: "The plan's treatment for '{text}' begins by itself.",
    treatmentConfirmed: "The plan's treatment for '{text}' begins when it is confirmed by {who}; it is counted as confirmed here.",
    verdicts: { fails: 'Does not work', otherwise: 'Works otherwise', works: 'Still works' },
    of: {
      line: 'calls to {names}',
      inside: 'inside calls to {names}',
      queue: 'queue {names}',
      voicemail: 'voicemail {names}',
      out: '{names} calls',
      emergency: 'emergency calls ({names})',
    },
    by: ' by {whom}',
    at: ' at {whom}',
    fails: '{subject}: {now} (usually: {usually})',
    otherwise: '{subject}: {now} (usually: {usually})',
    said: {
      rings: '{names} ring',
      out: 'by {trunks}',
      announcement: 'the announcement {name} is heard',
      menu: 'the menu {name} answers',
      voicemail: 'voicemail {name} takes a message',
      echo: 'the echo test',
      refused: 'refused ({words})',
      gone: 'not possible',
      'no-way-in': 'nothing comes in by {trunk}',
      'provider-does': 'nothing comes in by {trunk}; the provider {does}',
    },
    classes: {},
    more: '{names} and {count} more',
    all: 'all work',
    nothing: 'none work',
    ok: 'work',
    other: 'otherwise',
    gone: 'do not',
    heads: {
      failure: 'failure',
      trunks: 'trunks gone',
      telephones: 'telephones gone',
      lines: 'lines',
      inside: 'inside',
      out: 'calls out',
      emergency: 'emergency',
    },
    dependsHead: 'Depends on the internet:',
    dependsLink: 'link {link}: trunks {trunks}; sites {sites}',
    dependsUnknown: 'trunks without a link in the plan: {trunks}',
    dependsProvider: 'provider {provider}: trunks {trunks}',
    dependsRemote: 'telephones outside the main site: {names}',
    dependsPower: 'UPS {ups} feeds {feeds}',
    staysHead: 'Stays inside:',
    staysInside: 'telephones: {names}',
    staysServices: 'calls between them, groups, queues, menus, voicemail and recording',
  },
  ru: {
    if: 'Если откажет: {failures}',
    exchange: 'Сама станция без питания: звонки невозможны, пока она не заработает.',
    trunks: 'Не работают каналы: {names}.',
    telephones: 'Теряют связь со станцией телефоны: {names}.',
    also: 'Также без питания или связи: {names}.',
    treatment: 'Порядок на случай «{text}» вступает в силу сам.',
    treatmentConfirmed: 'Порядок на случай «{text}» вступает в силу после подтверждения ({who}); здесь считается подтверждённым.',
    verdicts: { fails: 'Не работает', otherwise: 'Работает иначе', works: 'Работает' },
    of: {
      line: 'звонки на {names}',
      inside: 'внутренние звонки на {names}',
      queue: 'очередь {names}',
      voicemail: 'голосовая почта {names}',
      out: 'исходящие: {names}',
      emergency: 'экстренные звонки ({names})',
    },
    by: ' (кто: {whom})',
    at: ' (место: {whom})',
    fails: '{subject}: {now} (обычно: {usually})',
    otherwise: '{subject}: {now} (обычно: {usually})',
    said: {
      rings: 'звонит у {names}',
      out: 'через {trunks}',
      announcement: 'звучит объявление {name}',
      menu: 'отвечает меню {name}',
      voicemail: 'сообщение принимает голосовая почта {name}',
      echo: 'эхо-тест',
      refused: 'отказ ({words})',
      gone: 'невозможно',
      'no-way-in': 'через {trunk} ничего не приходит',
      'provider-does': 'через {trunk} ничего не приходит; провайдер: {does}',
    },
    classes: { local: 'местные', national: 'междугородные', mobile: 'мобильные', international: 'международные', premium: 'платные' },
    more: '{names} и ещё {count}',
    all: 'всё работает',
    nothing: 'ничего',
    ok: 'работают',
    other: 'иначе',
    gone: 'нет',
    heads: {
      failure: 'отказ',
      trunks: 'нет каналов',
      telephones: 'нет телефонов',
      lines: 'линии',
      inside: 'внутри',
      out: 'исходящие',
      emergency: 'экстренные',
    },
    dependsHead: 'Зависит от интернета:',
    dependsLink: 'подключение {link}: каналы {trunks}; площадки {sites}',
    dependsUnknown: 'каналы, у которых в плане нет подключения: {trunks}',
    dependsProvider: 'провайдер {provider}: каналы {trunks}',
    dependsRemote: 'телефоны вне главной площадки: {names}',
    dependsPower: 'ИБП {ups} питает {feeds}',
    staysHead: 'Остаётся внутри:',
    staysInside: 'телефоны: {names}',
    staysServices: 'звонки между ними, группы, очереди, меню, голосовая почта и запись',
  },
  kk: {
    if: 'Егер істен шықса: {failures}',
    exchange: 'Станцияның өзінде қуат жоқ: ол іске қосылғанша қоңырау мүмкін емес.',
    trunks: 'Істемейтін арналар: {names}.',
    telephones: 'Станциямен байланысы үзілетін телефондар: {names}.',
    also: 'Сондай-ақ қуатсыз не байланыссыз: {names}.',
    treatment: '«{text}» жағдайына арналған тәртіп өздігінен күшіне енеді.',
    treatmentConfirmed: '«{text}» жағдайына арналған тәртіп растаудан кейін күшіне енеді ({who}); мұнда расталған деп саналады.',
    verdicts: { fails: 'Істемейді', otherwise: 'Басқаша істейді', works: 'Істейді' },
    of: {
      line: '{names} нөміріне қоңыраулар',
      inside: '{names} нөміріне ішкі қоңыраулар',
      queue: '{names} кезегі',
      voicemail: '{names} дауыстық поштасы',
      out: 'шығыс қоңыраулар: {names}',
      emergency: 'шұғыл қоңыраулар ({names})',
    },
    by: ' (кім: {whom})',
    at: ' (орны: {whom})',
    fails: '{subject}: {now} (әдетте: {usually})',
    otherwise: '{subject}: {now} (әдетте: {usually})',
    said: {
      rings: '{names} телефоны шырылдайды',
      out: '{trunks} арқылы',
      announcement: '{name} хабарландыруы айтылады',
      menu: '{name} мәзірі жауап береді',
      voicemail: 'хабарды {name} дауыстық поштасы қабылдайды',
      echo: 'жаңғырық сынағы',
      refused: 'бас тарту ({words})',
      gone: 'мүмкін емес',
      'no-way-in': '{trunk} арқылы ештеңе келмейді',
      'provider-does': '{trunk} арқылы ештеңе келмейді; провайдер: {does}',
    },
    classes: { local: 'жергілікті', national: 'қалааралық', mobile: 'ұялы', international: 'халықаралық', premium: 'ақылы' },
    more: '{names} және тағы {count}',
    all: 'бәрі істейді',
    nothing: 'ештеңе',
    ok: 'істейді',
    other: 'басқаша',
    gone: 'жоқ',
    heads: {
      failure: 'ақау',
      trunks: 'жоқ арналар',
      telephones: 'жоқ телефондар',
      lines: 'желілер',
      inside: 'ішкі',
      out: 'шығыс',
      emergency: 'шұғыл',
    },
    dependsHead: 'Интернетке тәуелді:',
    dependsLink: '{link} қосылымы: арналар {trunks}; алаңдар {sites}',
    dependsUnknown: 'жоспарда қосылымы жоқ арналар: {trunks}',
    dependsProvider: '{provider} провайдері: арналар {trunks}',
    dependsRemote: 'басты алаңнан тыс телефондар: {names}',
    dependsPower: '{ups} ҮҚК қоректендіреді: {feeds}',
    staysHead: 'Ішінде қалады:',
    staysInside: 'телефондар: {names}',
    staysServices: 'олардың арасындағы қоңыраулар, топтар, кезектер, мәзірлер, дауыстық пошта және жазу',
  },
}
