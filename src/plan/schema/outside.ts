/** The way to the world: trunks, providers, lines, outgoing rules, links. */
import * as z from 'zod'
import { callClass, codec, dtmf, srtp } from './people.ts'
import {
  complaint,
  destination,
  duration,
  id,
  international,
  language,
  listOf,
  matching,
  outside,
  prose,
  secret,
  yesNo,
} from './scalars.ts'

const hostPort = matching(
  /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/,
  complaint('bad-host', 'This is not a host name or address.', "Write for instance 'sip.provider.example' or '203.0.113.10:5060'."),
)

const login = z.strictObject({ user: z.string().min(1), password: secret, realm: z.string().optional() })

export const trunk = z
  .strictObject({
    name: prose.optional(),
    provider: id.optional(),
    host: hostPort,
    transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
    proxy: hostPort.optional(),
    register: login.extend({ expires: duration.optional() }).optional(),
    login: login.optional().meta({ description: 'Credentials for calls on a trunk that does not register.' }),
    incoming: login.optional().meta({
      description:
        "Credentials with which the provider's own calls prove themselves; with 'by-address' both are needed, without it they may come from anywhere.",
    }),
    'by-address': z
      .union([z.literal(true), listOf(z.string().min(2))])
      .optional()
      .meta({
        description: "Incoming calls are known by their source: true for the host's own addresses, or a list of addresses and networks.",
      }),
    channels: z.int().min(1).max(10_000),
    link: id.optional(),
    site: id.optional(),
    srtp: srtp.optional(),
    codecs: z.array(codec).min(1).optional(),
    dtmf: dtmf.optional(),
    'number-form': z
      .enum(['+e164', 'e164', 'national'])
      .default('+e164')
      .meta({ description: 'How the provider wants numbers: +77272500000, 77272500000, or as dialled in the country.' }),
    prefix: matching(/^[0-9*#+]{1,10}$/, complaint('bad-number', 'A prefix is up to ten digits.'))
      .optional()
      .meta({ description: 'Digits the provider wants before every number.' }),
    shows: outside.optional().meta({ description: 'The number shown when the caller has none that this trunk may show.' }),
    'may-show': z
      .union([z.literal('any'), z.array(outside).min(1)])
      .optional()
      .meta({ description: 'Numbers that the provider lets us show.' }),
    'passes-caller': yesNo.optional().meta({ description: "A forwarded caller's own number may be shown." }),
    'trusts-identity': yesNo.optional(),
    emergency: yesNo.optional().meta({ description: 'Whether it carries emergency calls; yes when absent.' }),
    otherwise: destination.optional().meta({ description: 'Where calls to numbers go that are no line of ours.' }),
    'check-every': duration.optional(),
  })
  .refine(
    t => t.register !== undefined || t['by-address'] !== undefined || t.login !== undefined || t.incoming !== undefined,
    complaint(
      'trunk-without-identity',
      'It is not said how this trunk proves who it is.',
      "Write 'register: { user, password }', or 'by-address: true'.",
    ),
  )

export const provider = z
  .strictObject({
    name: prose,
    sla: z.string(),
    support: z.string(),
    hosted: z.string(),
    recording: z.string(),
    export: z.string(),
    porting: z.string(),
    'on-failure': z.string(),
    contract: z.string(),
  })
  .partial()

const line = z.strictObject({
  name: prose.optional().meta({ description: 'Shown to whoever the call rings.' }),
  to: destination,
  during: id.optional(),
  otherwise: destination.optional(),
  owner: id.meta({ description: 'The person or role answerable for its missed calls.' }),
  language: language.optional(),
  trunk: id.optional(),
})

export const lines = z.record(international, line)

/** '20000 KZT', '15.50 EUR per day' */
const money = matching(
  /^\d+(\.\d{1,2})? [A-Z]{3}( per day| a day)?$/,
  complaint('bad-value', 'This is no sum of money.', "Write an amount and its currency, such as '20000 KZT'; it is meant per day."),
)

const guard = z
  .strictObject({
    'per-day': duration,
    'at-once': z.int().min(1),
    'per-hour': z.int().min(1).meta({ description: 'How many such calls may begin within an hour.' }),
    hours: id,
    spend: money,
  })
  .partial()

const outgoingRule = z
  .strictObject({
    calls: listOf(z.union([z.literal('emergency'), callClass])),
    who: z.union([z.enum(['everyone', 'allowed']), z.array(z.string()).min(1)]).default('everyone'),
    by: z
      .union([z.literal('any'), listOf(id)])
      .optional()
      .meta({ description: "Trunks in the order in which they are tried; 'own-site': those of the caller's site; 'any': all." }),
    starting: listOf(
      matching(/^\+\d{1,14}$/, complaint('bad-number', 'A beginning of numbers is written in full, with + and country code.')),
    ).optional(),
    during: id.optional(),
    guard: guard.optional(),
    shows: z
      .union([z.literal('last-line'), outside])
      .optional()
      .meta({ description: "The number shown; 'last-line': the line by which this client last spoke with us." }),
    pin: secret.optional().meta({ description: 'Whoever knows this PIN may make these calls from any telephone.' }),
  })
  .refine(
    r => r.by !== undefined || r.calls.every(c => c === 'internal'),
    complaint('rule-without-trunk', 'It is not said by which trunks these calls leave.', "Write 'by: [trunk, next-trunk]' or 'by: any'."),
  )

export const outgoing = z.strictObject({
  rules: z.array(outgoingRule).default([]),
  'next-trunk-after': duration.default(4_000),
  'ring-for': duration.default(60_000),
})

export const link = z.union([
  z.null().transform(() => ({})),
  z.strictObject({
    check: z.array(z.string()).optional(),
    gateway: z.string().optional(),
    name: prose.optional(),
    mbps: z.number().optional(),
  }),
])
