/** Hours and rotas. What the spans mean is `../hours.ts` and `../rota.ts`; here is how they may be written. */
import * as z from 'zod'
import { complaint, date, id, listOf, matching, timezone } from './scalars.ts'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Minutes since midnight; `to` may be up to 24 h later than `from` (22:00-06:00 runs into the next day). */
export interface Span {
  readonly from: number
  readonly to: number
}

/** '09:00-18:00', '09:00-13:00, 14:00-18:00', 'closed', 'all day' → spans; null when it is none of these. */
export function parseSpans(text: string): readonly Span[] | null {
  const t = text.trim()
  if (t === 'closed') return []
  if (t === 'all day' || t === 'open') return [{ from: 0, to: 1440 }]
  const spans: Span[] = []
  for (const part of t.split(',')) {
    const m = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/.exec(part)
    if (m === null) return null
    const [h1, m1, h2, m2] = [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4])]
    if (h1 > 23 || m1 > 59 || h2 > 24 || m2 > 59 || (h2 === 24 && m2 > 0)) return null
    const from = h1 * 60 + m1
    let to = h2 * 60 + m2
    if (to === from) return null
    if (to < from) to += 1440
    spans.push({ from, to })
  }
  spans.sort((a, b) => a.from - b.from)
  for (let i = 1; i < spans.length; i++) if (spans[i]!.from < spans[i - 1]!.to) return null
  return spans
}

/** 'mon-fri', 'sat', 'mon, wed', 'daily' → weekdays, Monday is 0; null when it is no such key. */
export function parseDays(key: string): readonly number[] | null {
  if (key === 'daily' || key === 'every-day') return [0, 1, 2, 3, 4, 5, 6]
  if (key === 'weekdays') return [0, 1, 2, 3, 4]
  if (key === 'weekend') return [5, 6]
  const days: number[] = []
  for (const part of key.split(',')) {
    const [a, b, more] = part.trim().split('-')
    const first = DAYS.indexOf(a as never)
    const last = b === undefined ? first : DAYS.indexOf(b as never)
    if (first < 0 || last < 0 || more !== undefined) return null
    for (let d = first; ; d = (d + 1) % 7) {
      days.push(d)
      if (d === last) break
    }
  }
  return days
}

/** '2026-12-31', or '12-31' for every year → itself; null when no such day exists. */
function isExceptionDay(key: string): boolean {
  return date.safeParse(key).success || date.safeParse(`2028-${key}`).success
}

const spans = z
  .string()
  .refine(
    t => parseSpans(t) !== null,
    complaint(
      'bad-hours',
      'These are not hours, or they overlap.',
      "Write for instance '09:00-18:00', '09:00-13:00, 14:00-18:00', 'all day' or 'closed'.",
    ),
  )

const holidays = z.union([
  z.string(),
  z.strictObject({ country: z.string(), region: z.string().optional(), only: z.array(z.string()).optional(), hours: spans.optional() }),
])

const fixed = z.strictObject({
  timezone: timezone.optional(),
  site: id.optional(),
  holidays: holidays.optional(),
  except: z.record(z.string(), spans).optional(),
})

/** Week days are keys of their own beside the few fixed ones, as a manager would write them. */
export const hours = z.record(z.string(), z.unknown()).transform((raw, context) => {
  const days: Record<string, string> = {}
  const rest: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (key in fixed.shape) rest[key] = value
    else if (parseDays(key) === null) context.issues.push({ code: 'unrecognized_keys', keys: [key], input: raw, path: [], continue: true })
    else {
      const parsed = spans.safeParse(value)
      if (parsed.success) days[key] = parsed.data
      else for (const issue of parsed.error.issues) context.issues.push({ ...issue, path: [key, ...issue.path], input: value } as never)
    }
  }
  const parsed = fixed.safeParse(rest)
  if (!parsed.success) for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: rest } as never)
  for (const key of Object.keys(parsed.data?.except ?? {}))
    if (!isExceptionDay(key))
      context.issues.push({
        code: 'custom',
        ...complaint('bad-date', `There is no day '${key}'.`, "Write '2026-12-31', or '12-31' for every year."),
        path: ['except', key],
        input: key,
      })
  return { days, ...(parsed.data ?? {}) }
})

/** What may stand in an hours section, for "did you mean". */
export const HOURS_KEYS: readonly string[] = [...DAYS, 'mon-fri', 'sat-sun', 'daily', 'weekdays', 'weekend', ...Object.keys(fixed.shape)]

export const rota = z.strictObject({
  from: date,
  'hand-over': matching(
    /^(?:(?:mon|tue|wed|thu|fri|sat|sun)|daily) \d{2}:\d{2}$/,
    complaint('bad-hand-over', 'A hand-over is a week day (or daily) and a time.', "Write for instance 'mon 09:00'."),
  ),
  turns: z.array(id).min(1),
  timezone: timezone.optional(),
  site: id.optional(),
  reach: z.enum(['phone', 'mobile', 'both']).default('phone'),
  'accept-by': matching(/^[0-9*#]$/, complaint('bad-key', 'A key is one of 0-9, * and #.'))
    .optional()
    .meta({ description: 'The key that accepts a call on a mobile.' }),
  except: z.record(z.string(), id).optional().meta({ description: "Swaps: '2026-12-31': marat." }),
  layers: z.array(listOf(id)).optional(),
})
