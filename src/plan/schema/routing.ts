/** Where calls go inside: menus, queues, groups, routes, voicemail, services. */
import * as z from 'zod'
import { fallbacks } from './people.ts'
import { complaint, destination, duration, id, inside, language, listOf, matching, prose, ringTime, yesNo } from './scalars.ts'

/** Words to be spoken: one text, or one per language. */
const spoken = z.union([
  prose,
  z.partialRecord(language, prose).refine(r => Object.keys(r).length > 0, complaint('no-words', 'There are no words here.')),
])

const timed = z.strictObject({ after: duration.optional(), to: destination })

const key = matching(/^[0-9*#]$/, complaint('bad-key', 'A key is one of 0-9, * and #.'))
const times = z.int().min(0).max(5)

export const menu = z.strictObject({
  name: prose.optional(),
  number: inside.optional(),
  say: spoken,
  during: id.optional(),
  otherwise: destination.optional(),
  keys: z
    .record(key, destination)
    .default({})
    .meta({ description: "Where each key leads; 'again' says it all again, 'back' goes to the menu before." }),
  languages: z
    .record(key, language)
    .default({})
    .meta({ description: 'Keys that choose the language: the menu is said again in it, or the key leads where `keys` says.' }),
  extensions: z
    .enum(['dial-through', 'no'])
    .optional()
    .meta({ description: 'Whether the caller may dial an inside number instead of a key.' }),
  'on-silence': z
    .union([
      z.strictObject({ after: duration.optional(), again: times.optional(), to: destination.optional() }),
      destination.transform(to => ({ to, after: undefined as number | undefined, again: undefined as number | undefined })),
    ])
    .optional()
    .meta({ description: 'How long is waited (6s), how often it is said again, and where the call goes then.' }),
  'on-wrong-key': z
    .strictObject({ again: times.optional(), to: destination.optional() })
    .optional()
    .meta({ description: 'How often it is said again after a wrong key (2), and where the call goes then.' }),
  language: language.optional(),
})

const condition = z.string().min(1)
const then = z.union([timed, destination.transform(to => ({ to, after: undefined as number | undefined }))])

/** 'longest-idle, 15s each' */
const queueRing = matching(
  /^(together|one-by-one|round-robin|longest-idle|fewest-calls|weighted)(, ?\d+s each)?$/,
  complaint(
    'bad-ring-order',
    'This is no way to ring agents.',
    "Write 'longest-idle', 'round-robin', 'fewest-calls', 'weighted', 'one-by-one' or 'together', and perhaps ', 15s each'.",
  ),
)

export const queue = z.strictObject({
  name: prose.optional(),
  number: inside.optional(),
  agents: z.union([z.array(id).transform(list => Object.fromEntries(list.map(a => [a, 1]))), z.record(id, z.int().min(1).max(20))]),
  prefer: z.strictObject({ skill: id, if: condition.optional(), level: z.int().optional() }).optional(),
  require: z.strictObject({ skill: id, if: condition.optional(), level: z.int().optional() }).optional(),
  ring: queueRing.default('longest-idle, 15s each'),
  music: id.optional(),
  says: z.array(z.enum(['position', 'expected-wait'])).optional(),
  'room-for': z.int().min(1).optional(),
  'wrap-up': duration.optional(),
  'answer-target': z.string().optional(),
  'on-waited': then.optional(),
  'on-full': then.optional(),
  'on-nobody': then.optional(),
  'on-expected-wait': z
    .strictObject({ after: duration, to: destination })
    .optional()
    .meta({ description: 'Where callers go at once who would have to wait longer than this.' }),
  priority: z.array(z.strictObject({ if: condition, add: z.int() })).optional(),
  'greeting-script': prose.optional(),
})

export const group = z.strictObject({
  name: prose.optional(),
  number: inside.optional(),
  ring: z.array(z.string().min(1)).min(1).meta({ description: "People, roles, rooms, 'mobile PERSON' or outside numbers." }),
  together: z.boolean().optional(),
  'one-by-one': z.boolean().optional(),
  for: ringTime.optional().meta({ description: 'How long in all.' }),
  each: ringTime.optional().meta({ description: 'How long each, when they ring one by one.' }),
  'on-busy': fallbacks['on-busy'],
  'on-no-answer': fallbacks['on-no-answer'],
  'on-unreachable': fallbacks['on-unreachable'],
  'on-rejected': fallbacks['on-rejected'],
})

/** One after the other until somebody takes the call; or one of two ways, by the hours. */
export const route = z
  .strictObject({
    name: prose.optional(),
    number: inside.optional(),
    steps: z
      .array(z.strictObject({ to: destination, for: ringTime.optional(), during: id.optional() }))
      .min(1)
      .optional(),
    during: id.optional(),
    to: destination.optional(),
    otherwise: destination.optional(),
  })
  .refine(
    r => [r.during, r.to, r.otherwise].every(part => (part === undefined) === (r.steps !== undefined)),
    complaint(
      'contradiction',
      'A route is either steps, or two ways divided by hours.',
      "Write 'steps: [ … ]', or 'during: office', 'to: …' and 'otherwise: …'.",
    ),
  )

export const voicemailBox = z.strictObject({
  name: prose.optional(),
  number: inside.optional(),
  tell: listOf(z.string().min(1)).optional(),
  keep: duration.default(90 * 86_400_000),
  greeting: spoken.optional(),
  longest: duration.default(180_000),
  language: language.optional(),
  pin: z.string().optional(),
})

/** What codes of each kind set; `set` left out means to and fro, and for forwards the number dialled behind the code. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  echo: [],
  announce: [],
  override: ['open', 'closed', 'calendar'],
  forward: ['off'],
  'do-not-disturb': ['on', 'off'],
}

/** Numbers that do something by themselves. */
export const service = z
  .strictObject({
    name: prose.optional(),
    number: inside.optional(),
    does: z.enum(['echo', 'announce', 'override', 'forward', 'do-not-disturb']),
    say: spoken.optional(),
    prompt: id.optional().meta({ description: 'A prompt that comes with the exchange, instead of words of your own.' }),
    afterwards: destination.optional(),
    answer: yesNo.optional(),
    hours: id.optional(),
    who: listOf(z.string().min(1)).optional(),
    when: z.enum(['always', 'busy', 'no-answer', 'unreachable']).optional(),
    set: z.enum(['open', 'closed', 'calendar', 'on', 'off']).optional(),
    for: duration.optional(),
  })
  .refine(
    s => s.does !== 'override' || (s.hours !== undefined && s.who !== undefined),
    complaint(
      'missing',
      'A code that opens and closes hours needs to know which, and who may do so.',
      "Write 'hours: office' and 'who: [aida, duty]': people, roles, departments.",
    ),
  )
  .refine(
    s => s.set === undefined || SETS[s.does]!.includes(s.set),
    complaint(
      'contradiction',
      'This cannot be set by such a code.',
      "Write 'set: open', 'closed' or 'calendar' for hours, 'set: off' for a forward, 'set: on' or 'off' for do-not-disturb.",
    ),
  )
  .refine(
    s => SETS[s.does]!.length > 0 || s.for === undefined,
    complaint('contradiction', "'for' belongs to codes that set something.", 'Remove it.'),
  )
  .refine(
    s => (s.does === 'override' || (s.hours === undefined && s.who === undefined)) && (s.does === 'forward' || s.when === undefined),
    complaint(
      'contradiction',
      "'hours' and 'who' belong to codes that open and close hours, 'when' to codes for forwards.",
      'Remove what does not belong.',
    ),
  )
  .refine(
    s =>
      SETS[s.does]!.length === 0 || (s.say === undefined && s.prompt === undefined && s.afterwards === undefined && s.answer === undefined),
    complaint(
      'contradiction',
      'What a code confirms is said by the exchange itself, and the call ends.',
      "Remove 'say', 'prompt', 'afterwards' and 'answer'.",
    ),
  )
  .refine(
    s => s.does !== 'forward' || s.set === 'off' || s.number === undefined || /^[*#]/.test(s.number),
    complaint(
      'bad-extension',
      'A number is dialled behind the code of a forward: the code begins with * or #.',
      'Write for instance number: "*72".',
    ),
  )
  .refine(
    s => s.does !== 'announce' || s.say !== undefined || s.prompt !== undefined,
    complaint('no-words', 'An announcement needs its words.', "Write 'say: \"…\"' or 'prompt: office-welcome'."),
  )
