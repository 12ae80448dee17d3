/** The small words of the plan language: ids, durations, telephone numbers, secrets, yes and no. */
import * as z from 'zod'
import type { ProblemCode } from '../problem-codes.ts'
import { isDate } from './calendar-words.ts'
import { durationMs } from './durations.ts'

/** How a refinement names its problem: `params.code` becomes the problem's code, `params.remedy` its remedy. */
export function complaint(
  code: ProblemCode,
  message: string,
  remedy = '',
): { readonly message: string; readonly params: { readonly code: ProblemCode; readonly remedy: string } } {
  return { message, params: { code, remedy } }
}

/** Text of a form, with a complaint that tells the writer how it looks. */
export function matching(
  form: RegExp,
  complaint: { readonly message: string; readonly params: { readonly code: ProblemCode; readonly remedy: string } },
) {
  return z
    .string()
    .refine(text => form.test(text), complaint)
    .meta({ pattern: form.source })
}

const durationComplaint = complaint(
  'bad-duration',
  'This is not a duration.',
  "Write a number and a unit, such as '25s', '2min', '8h' or '90 days'.",
)

/** A duration; its value is milliseconds. */
export const duration = z
  .string()
  .refine(t => durationMs(t) !== null, durationComplaint)
  .transform(t => durationMs(t) ?? 0)
  .meta({ title: 'duration', description: "A duration with its unit: '25s', '2min', '8h', '90 days'." })

/** A ringing time: at least a second, at most an hour. */
export const ringTime = duration.refine(
  ms => ms >= 1_000 && ms <= 3_600_000,
  complaint('bad-duration', 'A ringing time is between 1s and 1h.', "Write for instance '25s'."),
)

const ID = /^\p{Ll}[\p{Ll}\p{N}]*(?:-[\p{Ll}\p{N}]+)*$/u
export const id = matching(
  ID,
  complaint('bad-id', 'A name in the plan is lower-case words joined by hyphens.', "Write for instance 'reception-desk'."),
).meta({ title: 'name', description: 'A plain word, or several joined by hyphens.' })

/** An inside number: extension, short code, service code. */
export const inside = matching(
  /^[0-9*#]{1,8}$/,
  complaint('bad-extension', 'An inside number is 1 to 8 digits (codes may hold * and #).', 'Write it in quotes, such as "201".'),
).meta({ title: 'inside number', description: 'An inside number, in quotes: "201", "*43".' })

/** A number of the outside world as people write it; normalised with the office's country when the plan is compiled. */
export const outside = z
  .string()
  .refine(
    t => /^\+?[\d ()./-]{3,25}$/.test(t) && /\d/.test(t),
    complaint('bad-number', 'This is not a telephone number.', 'Write it in quotes, such as "+77272500000" or "8 727 250 00 00".'),
  )
  .meta({ title: 'telephone number', description: 'A telephone number, in quotes: "+77272500000" or as the country writes it.' })

/** An E.164 number, as lines are keyed. */
export const international = matching(
  /^\+[1-9]\d{5,14}$/,
  complaint(
    'bad-number',
    "A line's number is written in full: +, country code, number, without spaces.",
    'Write for instance "+77272500000".',
  ),
).meta({ title: 'number in full', description: 'A number in E.164 form, in quotes: "+77272500000".' })

/** Secrets are named here and kept elsewhere: SEC-03. */
export const secret = matching(
  /^secret:[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  complaint(
    'plain-secret',
    'A password stands here in clear.',
    "Keep it in the secret store and write 'secret:NAME' here; `switchroom secret set NAME` asks for the value.",
  ),
)
  .transform(t => t.slice('secret:'.length))
  .meta({ title: 'secret', description: "A reference to the secret store: 'secret:NAME'." })

export const yesNo = z
  .union([z.boolean(), z.enum(['yes', 'no'])])
  .transform(v => v === true || v === 'yes')
  .meta({ title: 'yes or no', description: 'yes or no' })

/** One value or a list of them; the value is always a list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.union([z.array(item).min(1), item]).transform(v => (Array.isArray(v) ? v : [v]) as z.output<T>[])
}

export const percent = matching(
  /^\d{1,3}(\.\d+)?%$/,
  complaint('bad-percent', 'This is not a percentage.', "Write for instance '3%'."),
).meta({ title: 'percentage' })

/** A calendar day that exists. */
export const date = z
  .string()
  .refine(isDate, complaint('bad-date', 'There is no such day.', "Write the day as year-month-day, such as '2026-12-31'."))
  .meta({ title: 'day' })

const zones = new Set(Intl.supportedValuesOf('timeZone'))
export const timezone = z
  .string()
  .refine(isTimezone, complaint('bad-timezone', 'There is no such time zone.', "Write it as the tz database does, such as 'Asia/Almaty'."))
  .meta({ title: 'time zone', description: "A time zone of the tz database, such as 'Asia/Almaty'." })

function isTimezone(name: string): boolean {
  if (zones.has(name)) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Where a call may go: `reception-desk`, `voicemail sales`, `mobile aida`, `"+77014445566"`, `hang-up`, `busy`. */
export const destination = z.string().min(1).meta({
  title: 'destination',
  description:
    'Where a call goes: a person, role, group, queue, menu, route or service by name; "voicemail BOX"; "mobile PERSON"; an outside number; hang-up; busy.',
})
export const prose = z.string().min(1).meta({ title: 'text' })
export const language = z.enum(['en', 'ru', 'kk'])
export type Language = z.output<typeof language>
