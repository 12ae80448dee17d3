/** Hours and rotas. What the spans mean is `../hours.ts` and `../rota.ts`; here is how they may be written. */
import * as z from 'zod'
import { DAYS, parseDays, parseSpans } from './calendar-words.ts'
import { complaint, date, id, listOf, matching, timezone } from './scalars.ts'

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
