/** The office, its sites, its numbers and its habits. */
import * as z from 'zod'
import { mayForward } from './people.ts'
import {
  complaint,
  destination,
  duration,
  id,
  inside,
  language,
  listOf,
  matching,
  outside,
  percent,
  prose,
  ringTime,
  timezone,
} from './scalars.ts'

const country = matching(/^[A-Z]{2}$/, complaint('bad-country', 'A country is its two capital letters.', "Write for instance 'KZ'.")).meta({
  description: 'ISO 3166 code: dialling habits, holidays and emergency numbers follow from it.',
})

export const office = z.strictObject({
  name: prose,
  country,
  timezone,
  languages: z.array(language).min(1).default(['en']).meta({ description: 'Languages of prompts, in order of preference.' }),
  owner: id.optional().meta({ description: 'The one person answerable for changes.' }),
  approvers: z.array(id).optional().meta({ description: 'A change needs one of them, never its own author alone.' }),
  shows: outside.optional().meta({ description: 'The number shown outside when nothing nearer says another.' }),
  area: matching(/^\d{1,6}$/, complaint('bad-number', 'An area code is digits only.')).optional(),
  targets: z
    .strictObject({ answer: duration, missed: percent, mos: z.number().min(1).max(5), 'find-recording': duration, recovery: duration })
    .partial()
    .optional(),
})

export const site = z.strictObject({
  address: prose.optional().meta({ description: 'Given to emergency services.' }),
  networks: z.array(z.string()).optional(),
  links: z.array(id).optional().meta({ description: 'Links to the outside, best first.' }),
  timezone: timezone.optional(),
  country: country.optional(),
  area: matching(/^\d{1,6}$/, complaint('bad-number', 'An area code is digits only.'))
    .optional()
    .meta({ description: 'Area code of local numbers dialled without one.' }),
  shows: outside.optional(),
  'survives-alone': z.boolean().optional(),
  trunks: z.array(id).optional().meta({ description: "The site's own trunks: tried first for emergency calls." }),
})

/** What a range's numbers may be used for. */
export const rangeUse = z.enum(['people', 'rooms', 'roles', 'groups', 'queues', 'menus', 'services', 'voicemail', 'parking'])
export type RangeUse = z.output<typeof rangeUse>

const range = z
  .strictObject({
    for: rangeUse.optional(),
    reserved: prose.optional(),
    purpose: prose.optional(),
    site: id.optional(),
    owner: id.optional(),
    approver: id.optional(),
    grows: matching(
      /^\d+(?:\.\d+)? ?(?:an?|per|each|every|\/) ?(?:day|week|month|quarter|year)$/,
      complaint('bad-growth', 'This is not how many numbers are taken in what time.', "Write for instance '3 a month' or '10 a year'."),
    )
      .optional()
      .meta({ description: "How many numbers are newly taken: '3 a month'. The forecast of when it is full follows from it." }),
  })
  .refine(
    r => (r.for === undefined) !== (r.reserved === undefined),
    complaint('bad-range', 'A range is either for something or reserved.', "Write 'for: people' or 'reserved: Branch growth'."),
  )

const rangeKey = matching(
  /^\d{1,8}(-\d{1,8})?$/,
  complaint('bad-range', 'A range is written with its first and last number.', 'Write for instance "200-299".'),
)
const emergencyNumber = matching(/^\d{2,6}$/, complaint('bad-number', 'An emergency number is 2 to 6 digits.'))

export const numbering = z.strictObject({
  ranges: z.record(rangeKey, range).default({}),
  'short-codes': z.record(inside, destination).default({}),
  emergency: z
    .union([
      z.array(emergencyNumber).min(1),
      z.strictObject({ numbers: z.array(emergencyNumber).min(1), tell: listOf(destination).optional() }),
    ])
    .transform(v => (Array.isArray(v) ? { numbers: v, tell: undefined } : { numbers: v.numbers, tell: v.tell }))
    .optional()
    .meta({ description: "Emergency numbers; the country's own when absent." }),
  'city-numbers': z
    .array(matching(/^\d{2,6}$/, complaint('bad-number', 'A short number of the town is 2 to 6 digits.', 'Write it in quotes: "109".')))
    .default([])
    .meta({ description: 'Short numbers of the town or the operators, dialled as they are: "109", "1414".' }),
  'outside-prefix': matching(/^[0-9*#]$/, complaint('bad-number', 'The outside prefix is one digit.'))
    .optional()
    .meta({ description: 'A digit dialled before outside numbers, where the office has that habit.' }),
})

/** What holds where a person or group says nothing of its own (IN-03). */
export const defaults = z
  .strictObject({
    'ring-for': ringTime.default(25_000),
    'calls-at-once': z.int().min(1).max(10).default(1).meta({ description: 'From how many calls on a person counts as busy.' }),
    'on-busy': destination,
    'on-no-answer': destination,
    'on-unreachable': destination,
    'may-forward': mayForward
      .default('own-mobile')
      .meta({ description: 'Where people may forward their calls when nothing nearer says another.' }),
    forwards: z
      .strictObject({ most: z.int().min(0).max(5).default(3), outside: z.int().min(0).max(3).default(1) })
      .default({ most: 3, outside: 1 })
      .meta({ description: 'How many forwards set by users one call may follow, and how many of them may leave the office.' }),
    'most-hops': z.int().min(1).max(50).default(10).meta({ description: 'How many places of the plan one call may pass.' }),
    'longest-ringing': duration
      .refine(ms => ms >= 10_000 && ms <= 600_000, complaint('bad-duration', 'The longest ringing is between 10s and 10min.'))
      .default(90_000),
  })
  .partial({ 'on-busy': true, 'on-no-answer': true, 'on-unreachable': true })
