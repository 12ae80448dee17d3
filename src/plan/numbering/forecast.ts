/** When a range will be full, if it goes on growing as the plan says: NUM-03. */
import type { CompiledPlan } from '../compiled.ts'
import type { RangeUse } from './range-use.ts'

export interface Growth {
  readonly count: number
  readonly every: 'day' | 'week' | 'month' | 'quarter' | 'year'
}

export interface Forecast {
  readonly growth: Growth
  /** The first moment at which a number is wanted and none is free, epoch ms. */
  readonly fullAtMs: number
}

/** Further ahead than this nobody plans. */
const LONGEST_YEARS = 100
const MONTHS: Readonly<Record<'month' | 'quarter' | 'year', number>> = { month: 1, quarter: 3, year: 12 }
const DAYS: Readonly<Record<'day' | 'week', number>> = { day: 1, week: 7 }

/** '3 a month', '10 per year', 'two' is no number: null. */
export function readGrowth(text: string): Growth | null {
  const m = /^(\d+(?:\.\d+)?) ?(?:an?|per|each|every|\/) ?(day|week|month|quarter|year)$/.exec(text.trim().toLowerCase())
  if (m === null || Number(m[1]) <= 0) return null
  return { count: Number(m[1]), every: m[2] as Growth['every'] }
}

export function growthOf(plan: CompiledPlan, use: RangeUse): Growth | null {
  const text = plan.source.numbering.ranges[use.range.key]?.grows
  return text === undefined ? null : readGrowth(text)
}

/** Null when the plan says nothing of growth, when the range is only reserved, or when it lasts for a century. */
export function forecast(plan: CompiledPlan, use: RangeUse, nowMs: number): Forecast | null {
  const growth = use.range.reserved === null ? growthOf(plan, use) : null
  if (growth === null) return null
  const turns = use.free / growth.count
  const months = growth.every in MONTHS ? turns * MONTHS[growth.every as 'month'] : 0
  const days = growth.every in DAYS ? turns * DAYS[growth.every as 'day'] : 0
  if (months > LONGEST_YEARS * 12 || days > LONGEST_YEARS * 365) return null
  const now = Temporal.Instant.fromEpochMilliseconds(Math.floor(nowMs)).toZonedDateTimeISO(plan.office.timezone)
  const whole = Math.floor(months)
  const rest = Math.floor(days + (months - whole) * 30)
  return { growth, fullAtMs: now.add({ months: whole, days: rest }).epochMilliseconds }
}
