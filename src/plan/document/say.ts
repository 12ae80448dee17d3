/** Sentences, numbers, dates and lists for a reader of one language. */
import { zoned } from '../hours.ts'
import type { Language } from '../schema/scalars.ts'
import { DIAGRAM_WORDS } from './words-diagram.ts'
import { GUIDE_WORDS } from './words-guide.ts'
import { PAGE_WORDS } from './words-pages.ts'

/** One sentence in the three languages; where a count stands in it, one for each plural form of the language. */
export type Words = Readonly<Record<Language, string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>>>

const WORDS = { ...DIAGRAM_WORDS, ...GUIDE_WORDS, ...PAGE_WORDS }
export type WordKey = keyof typeof WORDS
type Values = Readonly<Record<string, string | number>>

export interface Say {
  readonly language: Language
  /** The sentence `key`; a value `n` chooses the plural form. Numbers are written as the language does. */
  (key: WordKey, values?: Values): string
  number(n: number): string
  /** '23 November 2026' */
  date(ms: number): string
  /** 'November 2026' */
  month(ms: number): string
  /** 'Mon', for 0 to 6 from Monday. */
  weekday(day: number): string
  list(items: readonly string[]): string
  /** '25 s', '2 min' */
  time(ms: number): string
  /** 'a' before 'b', as a reader of the language looks them up. */
  compare(a: string, b: string): number
}

/** 1 January 2024 was a Monday. */
const A_MONDAY = Date.UTC(2024, 0, 1)

export function sayer(language: Language, timezone: string): Say {
  const plural = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  const lists = new Intl.ListFormat(language, { type: 'conjunction' })
  const weekdays = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' })
  const order = new Intl.Collator(language, { numeric: true })
  const say = (key: WordKey, values: Values = {}): string => {
    const words: Words[Language] = (WORDS[key] as Words)[language]
    const n = values['n']
    const text = typeof words === 'string' ? words : (words[plural.select(Number(n ?? 0))] ?? words.other ?? '')
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? ''
      return typeof value === 'number' ? numbers.format(value) : value
    })
  }
  return Object.assign(say, {
    language,
    number: (n: number) => numbers.format(n),
    date: (ms: number) => dateText(language, zoned(ms, timezone)),
    month: (ms: number) => monthText(language, zoned(ms, timezone)),
    weekday: (day: number) => weekdays.format(A_MONDAY + day * 86_400_000),
    list: (items: readonly string[]) => lists.format(items),
    time: (ms: number) =>
      ms >= 120_000 && ms % 60_000 === 0 ? say('minutes', { n: ms / 60_000 }) : say('seconds', { n: Math.round(ms / 100) / 10 }),
    compare: (a: string, b: string) => order.compare(a, b),
  })
}

const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  en: 'January February March April May June July August September October November December'.split(' '),
  ru: 'январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь'.split(' '),
  kk: 'қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан'.split(' '),
}
const OF_MONTHS = 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' ')

/** Written out here, since libraries differ from version to version and a plan's documents shall not. */
function dateText(language: Language, at: Temporal.ZonedDateTime): string {
  const { day, year } = at
  const month = MONTHS[language][at.month - 1]!
  if (language === 'en') return `${day} ${month} ${year}`
  return language === 'ru' ? `${day} ${OF_MONTHS[at.month - 1]!} ${year} г.` : `${year} ж. ${day} ${month}`
}

function monthText(language: Language, at: Temporal.ZonedDateTime): string {
  const month = MONTHS[language][at.month - 1]!
  if (language === 'en') return `${month} ${at.year}`
  return language === 'ru' ? `${month} ${at.year} г.` : `${at.year} ж. ${month}`
}
