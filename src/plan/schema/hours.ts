/** Hours and rotas. What the spans mean is `../hours.ts` and `../rota.ts`; here is how they may be written. */
import * as z from 'zod'
import type { FeedEvent } from '../ical.ts'
import { DAYS, isDate, parseDayRange, parseDays, parseHandOver, parseMoment, parseMoved, parseSpans } from './calendar-words.ts'
import { complaint, date, id, matching, prose, timezone } from './scalars.ts'

/** '2026-12-31', '12-31' for every year, or '2026-12-28 to 2027-01-08'. */
function isExceptionDay(key: string): boolean {
  return isDate(key) || (key.length === 5 && isDate(`2028-${key}`)) || parseDayRange(key) !== null
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
  .meta({
    title: 'hours',
    description: "Hours of a day: '09:00-18:00', '09:00-13:00, 14:00-18:00', '22:00-06:00' into the next day, 'all day' or 'closed'.",
  })

const moved = z
  .string()
  .refine(
    t => parseMoved(t) !== null,
    complaint('bad-hours', 'A moved day works as another one, or is closed.', "Write for instance 'works as mon', or 'closed'."),
  )
  .meta({ description: "'works as mon', or 'closed'." })

const holidays = z.union([
  z.string().meta({ description: "The country whose public holidays are kept: 'KZ'." }),
  z.strictObject({
    country: z.string().meta({ description: "The country whose public holidays are kept: 'KZ'." }),
    region: z.string().optional().meta({ description: "A part of the country that has holidays of its own: 'by' for Bavaria." }),
    only: z.array(z.string()).optional().meta({ description: 'Only holidays whose names hold one of these words.' }),
    hours: spans.optional().meta({ description: 'Hours on holidays; closed when absent.' }),
    'day-before': spans.optional().meta({ description: 'Hours of a working day before a holiday, where it is a short one.' }),
  }),
])

const fixed = z.strictObject({
  timezone: timezone.optional().meta({ description: "The zone of these hours; the site's or the office's when absent." }),
  site: id.optional().meta({ description: 'The site whose hours these are: they are in its time zone.' }),
  holidays: holidays.optional().meta({ description: 'Whose public holidays are kept; none when absent.' }),
  except: z.record(z.string(), spans).optional().meta({
    description: "Days with other hours: '2026-12-31', '12-31' for every year, '2026-12-28 to 2027-01-08' for a holiday of the office.",
  }),
  moved: z.record(z.string(), moved).optional().meta({
    description:
      "Days that the state moved: '2026-05-16: works as mon' for a Saturday that is worked, '2026-05-18: closed' for the day it was worked for.",
  }),
})

/** For editors and the reference; reading goes by `hours`, which can tell more about what is wrong. */
export const hoursForm = fixed.catchall(spans.optional())

/** Week days are keys of their own beside the few fixed ones, as a manager would write them. */
export const hours = z
  .record(z.string(), z.unknown())
  .transform((raw, context) => {
    const days: Record<string, string> = {}
    const rest: Record<string, unknown> = {}
    /** Day → key that named it; a day of its own goes before a stretch of days. */
    const told = { alone: new Map<number, string>(), together: new Map<number, string>() }
    for (const [key, value] of Object.entries(raw)) {
      const weekdays = key in fixed.shape ? null : parseDays(key)
      if (key in fixed.shape) rest[key] = value
      else if (weekdays === null) context.issues.push({ code: 'unrecognized_keys', keys: [key], input: raw, path: [], continue: true })
      else {
        const alike = weekdays.length === 1 ? told.alone : told.together
        const twice = weekdays.find(d => alike.has(d))
        if (twice !== undefined)
          context.issues.push({
            code: 'custom',
            ...complaint(
              'bad-hours',
              `The hours of ${DAYS[twice]} are written twice: here and under '${alike.get(twice)}'.`,
              'Keep one of the two.',
            ),
            path: [key],
            input: value,
          })
        for (const d of weekdays) alike.set(d, key)
        const parsed = spans.safeParse(value)
        if (parsed.success) days[key] = parsed.data
        else for (const issue of parsed.error.issues) context.issues.push({ ...issue, path: [key, ...issue.path], input: value } as never)
      }
    }
    const parsed = fixed.safeParse(rest)
    if (!parsed.success) for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: rest } as never)
    const wrongDay = (section: string, key: string, remedy: string): void => {
      context.issues.push({
        code: 'custom',
        ...complaint('bad-date', `There is no day '${key}'.`, remedy),
        path: [section, key],
        input: key,
      })
    }
    for (const key of Object.keys(parsed.data?.except ?? {}))
      if (!isExceptionDay(key)) wrongDay('except', key, "Write '2026-12-31', '12-31' for every year, or '2026-12-28 to 2027-01-08'.")
    for (const key of Object.keys(parsed.data?.moved ?? {})) if (!isDate(key)) wrongDay('moved', key, "Write the day as '2026-05-16'.")
    return { days, ...(parsed.data ?? {}) }
  })
  .meta({
    description: "Week days with their hours ('mon-fri: 09:00-18:00', 'sat: 10:00-14:00', 'daily: all day'); days not named are closed.",
  })

/** What may stand in an hours section, for "did you mean". */
export const HOURS_KEYS: readonly string[] = [...DAYS, 'mon-fri', 'sat-sun', 'daily', 'weekdays', 'weekend', ...Object.keys(fixed.shape)]

const handOver = z
  .string()
  .refine(
    t => parseHandOver(t) !== null,
    complaint(
      'bad-hand-over',
      'A hand-over is a week day (or daily) and a time.',
      "Write for instance 'mon 09:00', 'daily 08:00, 20:00', 'mon, thu 09:00', 'every 2 weeks mon 09:00' or 'every 3 days 09:00'.",
    ),
  )
  .meta({
    description:
      "When the next one takes over: 'mon 09:00', 'daily 08:00, 20:00' (day and night), 'mon, thu 09:00', 'every 2 weeks mon 09:00'.",
  })

const moment = z
  .string()
  .refine(
    t => parseMoment(t) !== null,
    complaint(
      'bad-date',
      'There is no such moment.',
      "Write a day and a time, such as '2026-12-31 09:00', or a day alone for its beginning.",
    ),
  )
  .meta({ title: 'moment' })

const turnBegin = moment.meta({
  description: "The day on which the turn begins: '2026-12-07', with the time when there are several a day.",
})

const turnsOf = {
  from: date
    .optional()
    .meta({ description: 'The day from which turns are counted: the first of the list begins at the first hand-over on or after it.' }),
  'hand-over': handOver.optional(),
  turns: z.array(id).min(1).optional().meta({ description: 'Who follows whom; somebody may stand there twice.' }),
  during: id.optional().meta({ description: 'Hours within which it is anybody’s turn; outside of them it is nobody’s.' }),
  except: z
    .record(z.string(), id)
    .optional()
    .meta({ description: "Who stands in on a day, from that day's hand-over to the next day's: '2026-12-31: marat'." }),
  swaps: z
    .array(z.strictObject({ turn: turnBegin, with: turnBegin, because: prose.optional().meta({ description: 'Why.' }) }))
    .optional()
    .meta({ description: 'Two turns that change places: { turn: 2026-12-07, with: 2026-12-14 }.' }),
  ical: z
    .string()
    .min(1)
    .transform(file => ({ file, events: [] as FeedEvent[] }))
    .optional()
    .meta({
      description: "A calendar file beside the plan, instead of turns: each event's title names the person on duty ('feeds/on-call.ics').",
    }),
} as const

const layer = z.strictObject(turnsOf)

/** Turns need their three words; a feed needs none of them. */
type TurnsOf = z.output<typeof layer>
function wholeTurns(t: TurnsOf): boolean {
  const all = t.from !== undefined && t['hand-over'] !== undefined && t.turns !== undefined
  const none =
    t.from === undefined && t['hand-over'] === undefined && t.turns === undefined && t.except === undefined && t.swaps === undefined
  return t.ical === undefined ? all : none
}
const wholeTurnsComplaint = complaint(
  'bad-rota',
  'It is not clear whose turn it is: a rota has turns, or a calendar file.',
  "Write 'from:', 'hand-over:' and 'turns:', or 'ical: FILE' alone.",
)

export const rota = z
  .strictObject({
    ...turnsOf,
    timezone: timezone.optional().meta({ description: "The zone of its times; the site's or the office's when absent." }),
    site: id.optional().meta({ description: 'The site whose time zone it has.' }),
    reach: z.enum(['phone', 'mobile', 'both']).default('phone').meta({ description: 'Where people on duty are called.' }),
    'accept-by': matching(/^[0-9*#]$/, complaint('bad-key', 'A key is one of 0-9, * and #.'))
      .optional()
      .meta({ description: 'The key that accepts a call on a mobile, so that no voicemail of an operator swallows it.' }),
    overrides: z
      .array(
        z.strictObject({
          who: id.meta({ description: 'Who stands in.' }),
          from: moment.meta({ description: 'From when.' }),
          until: moment.meta({ description: 'Until when.' }),
          layer: id.optional().meta({ description: 'In which layer; the first when absent.' }),
          because: prose.optional().meta({ description: 'Why.' }),
        }),
      )
      .optional()
      .meta({ description: 'Who stands in from one moment to another, whatever the turns and hours say.' }),
    layers: z.record(id, layer.refine(wholeTurns, wholeTurnsComplaint)).optional().meta({
      description: 'Several lines instead of one, first line first: whoever is on duty in the first is called first, then the second.',
    }),
  })
  .refine(
    r => r.layers === undefined || [r.turns, r.ical, r.from, r['hand-over'], r.except, r.swaps, r.during].every(own => own === undefined),
    complaint('bad-rota', 'A rota has layers, or turns of its own, not both.', "Write the turns under one of the 'layers:'."),
  )
  .refine(r => r.layers !== undefined || wholeTurns(r), wholeTurnsComplaint)
