/** Differences of behaviour as sentences, in the office's three languages. */
import type { CompiledPlan } from '../compiled.ts'
import type { Outcome } from '../decision.ts'
import type { Language } from '../schema/scalars.ts'
import { placeName, whoName } from './aspects.ts'
import type { CallSubject } from './calls.ts'
import type { Otherwise } from './deviations.ts'
import type { Difference, DifferenceKind, Subject } from './lockstep.ts'
import { fill, PHRASES, type Phrases } from './phrases.ts'
import type { Said } from './say.ts'

const MOST_NAMED = 8

export interface Naming {
  readonly before: CompiledPlan
  readonly after: CompiledPlan
}

/** The difference without whom it concerns: what differs like this is told in one sentence. */
export function sameSentence(d: Difference, when: string, language: Language, plans: Naming): string {
  const p = PHRASES[language]
  return JSON.stringify([
    d.kind,
    d.subject.is === 'place'
      ? ['place', REACHES.has(d.kind) ? outcomeMark(d.subject.outcome) : d.subject.outcome !== null]
      : callMark(d.subject.call),
    said(d.before, p, d.subject),
    said(d.after, p, d.subject),
    d.otherwise === null ? '' : otherwiseWords(d.otherwise, p, plans),
    when,
  ])
}

export function sentence(list: readonly Difference[], when: string, language: Language, plans: Naming): string {
  const p = PHRASES[language]
  const d = list[0]!
  const names = namesOf(list, p, plans)
  const values = {
    subject: many(names, p),
    before: said(d.before, p, d.subject),
    after: said(d.after, p, d.subject),
    place: d.subject.is === 'place' ? many(names, p) : '',
  }
  const body = fill(template(d, p), { ...values, calls: callsWords(list, p, names, plans), what: p.kinds[d.kind] })
  const otherwise = d.otherwise === null ? '' : fill(p.while, { what: otherwiseWords(d.otherwise, p, plans) })
  const text = (when === '' ? '' : `${when}: `) + body + otherwise
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

/** A line is named once: from whom matters only when not from everybody. Callers are named one by one. */
function namesOf(list: readonly Difference[], p: Phrases, plans: Naming): string[] {
  const known = new Set(
    list.flatMap(d =>
      d.subject.is === 'call' && d.subject.call.is === 'line' && d.subject.call.caller === 'known' ? [d.subject.call.number] : [],
    ),
  )
  return unique(
    list.flatMap(({ subject }) => {
      if (subject.is === 'call' && subject.call.is === 'line' && known.has(subject.call.number)) return [subject.call.number]
      if (subject.is === 'call' && subject.call.is === 'out') return subject.call.callers.map(a => callerName(plans, a))
      return [subjectName(subject, p, plans)]
    }),
  )
}

/** 'line +77272500000', 'group:sales', 'mobile'. */
export function subjectOf(subject: Subject): string {
  if (subject.is === 'place') return subject.key
  const { call } = subject
  switch (call.is) {
    case 'line':
      return `line:${call.number}`
    case 'number':
      return `number:${call.number}`
    case 'out':
      return `calls:${call.class}`
    case 'stray':
      return `trunk:${call.trunk}`
  }
}

export function subjectName(subject: Subject, p: Phrases, plans: Naming): string {
  if (subject.is === 'place') return nameIn(plans, subject.key)
  const { call } = subject
  switch (call.is) {
    case 'line':
      return (
        call.number + (call.caller === 'known' ? '' : call.caller === 'withheld' ? p.withheld : fill(p.fromCaller, { number: call.from }))
      )
    case 'number':
      return call.number
    case 'out':
      return many(unique(call.callers.map(a => callerName(plans, a))), p)
    case 'stray':
      return call.trunk
  }
}

function callerName(plans: Naming, account: string): string {
  const known = plans.before.accounts.get(account) ?? plans.after.accounts.get(account)
  return known?.displayName ?? account
}

function nameIn(plans: Naming, key: string): string {
  return plans.before.nodes.has(key) ? placeName(plans.before, key) : placeName(plans.after, key)
}

function template(d: Difference, p: Phrases): string {
  if (d.kind === 'reach' || d.kind === 'new-number' || d.kind === 'number-gone') {
    if (d.subject.is === 'place') return outcomeTemplate(d.subject.outcome, p)
    return d.kind === 'reach' ? p.reach : d.kind === 'new-number' ? p.newNumber : p.numberGone
  }
  return d.subject.is === 'place' && d.subject.outcome === null ? p.part : p.partOfCalls
}

function outcomeTemplate(outcome: Outcome | null, p: Phrases): string {
  if (outcome === null) return p.reach
  if (outcome.was === 'keys') return p.onKey.replace('{key}', outcome.keys)
  return p.outcomes[outcome.was]
}

function everybody(list: readonly Difference[], plans: Naming): boolean {
  const callers = new Set(list.flatMap(one => (one.subject.is === 'call' && one.subject.call.is === 'out' ? one.subject.call.callers : [])))
  return callers.size > 1 && [...plans.before.accounts.keys()].every(a => callers.has(a))
}

function callsWords(list: readonly Difference[], p: Phrases, names: readonly string[], plans: Naming): string {
  const d = list[0]!
  if (d.subject.is === 'place') return d.subject.outcome === null ? many(names, p) : fill(p.afterPlace, { names: many(names, p) })
  const { call } = d.subject
  const values = { names: many(names, p), number: call.is === 'out' ? call.number : '' }
  switch (call.is) {
    case 'line':
      return fill(p.callsToLine, values)
    case 'number':
      return fill(p.callsToNumber, values)
    case 'stray':
      return fill(p.callsStray, values)
    case 'out': {
      const classes = unique(
        list.map(one => (one.subject.is === 'call' && one.subject.call.is === 'out' ? classWords(one.subject.call, p) : '')),
      )
      return fill(p.callsOut, { ...values, class: many(classes, p), names: everybody(list, plans) ? p.everybody : values.names })
    }
  }
}

function classWords(call: Extract<CallSubject, { is: 'out' }>, p: Phrases): string {
  return p.classes[call.class]
}
function callMark(call: CallSubject): unknown {
  return call.is === 'line' ? ['line'] : call.is === 'number' ? ['number'] : call.is === 'out' ? ['out'] : ['stray']
}

function outcomeMark(outcome: Outcome | null): string {
  return outcome === null ? '' : outcome.was === 'keys' ? `key ${outcome.keys}` : outcome.was
}

export function otherwiseWords(o: Otherwise, p: Phrases, plans: Naming): string {
  const people = (): string => many(unique(o.what.map(a => callerName(plans, a))), p)
  const things = o.what.join(', ')
  const values = { what: things, to: o.to ?? '' }
  switch (o.how) {
    case 'busy':
    case 'away':
    case 'on-a-call':
      return fill(p.otherwise[o.how], { ...values, what: people() })
    case 'forwards':
    case 'disturb':
      return fill(p.otherwise[o.how], { ...values, what: o.what.map(w => whoName(plans.before, w)).join(', ') })
    default:
      return fill(p.otherwise[o.how], values)
  }
}

const REACHES: ReadonlySet<DifferenceKind> = new Set(['reach', 'new-number', 'number-gone'])

function said(s: Said, p: Phrases, subject: Subject): string {
  if (s.code === 'out' && subject.is === 'call' && subject.call.is === 'out') return fill(p.outBy, s.values)
  if (s.code === 'place')
    return s.values['with'] === s.values['name'] || s.values['with'] === '' ? s.values['name']! : fill(p.said.place, s.values)
  if (s.code === 'order') return p.orders[s.values['order'] ?? ''] ?? s.values['order'] ?? ''
  if (s.code === 'language') return p.languages[s.values['language'] as Language]
  return fill(p.said[s.code], s.values)
}

function many(names: readonly string[], p: Phrases): string {
  if (names.length <= MOST_NAMED) return p.list(names)
  return fill(p.andMore, { names: names.slice(0, MOST_NAMED - 2).join(', '), count: String(names.length - MOST_NAMED + 2) })
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)]
}

export type { DifferenceKind }
