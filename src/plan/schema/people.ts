/** People, their devices, departments and roles. */
import * as z from 'zod'
import { CALL_CLASSES } from './call-classes.ts'
import { complaint, date, destination, id, inside, language, listOf, matching, outside, prose, ringTime, secret, yesNo } from './scalars.ts'

export const callClass = z.enum(CALL_CLASSES)

/** `may-call: mobile` allows everything up to mobile; `may-call: [local, mobile]` exactly these (and internal calls). */
const mayCall = z
  .union([z.array(callClass), callClass])
  .meta({ description: 'The dearest class of calls allowed, or exactly the classes listed.' })

/** How far users may forward their own calls (IN-04, SEC-02); what they set is held against this at every call. */
export const mayForward = z
  .union([z.enum(['no', 'inside', 'own-mobile', 'anywhere']), z.literal(false).transform(() => 'no' as const)])
  .meta({
    description:
      'Where a person may forward their calls: no; inside (numbers and voicemail); own-mobile (that of the plan, too); anywhere they may call.',
  })

/** What happens when someone does not answer: IN-03. */
export const fallbacks = {
  'ring-for': ringTime.optional(),
  'on-busy': destination.optional(),
  'on-no-answer': destination.optional(),
  'on-unreachable': destination.optional(),
  'on-rejected': destination.optional(),
} as const

export const person = z.strictObject({
  name: prose,
  extension: inside.optional(),
  department: id.optional(),
  site: id.optional(),
  mobile: outside.optional(),
  email: z.email({ error: 'This is not an e-mail address.' }).optional(),
  language: language.optional(),
  skills: z.record(id, z.int().min(1).max(10)).optional(),
  'may-call': mayCall.optional(),
  shows: outside.optional(),
  'hides-number': yesNo.optional(),
  'calls-at-once': z.int().min(1).max(10).optional(),
  'may-forward': mayForward.optional(),
  voicemail: id.optional().meta({ description: 'The box that takes calls nobody answered.' }),
  ...fallbacks,
  forward: z
    .strictObject({ always: destination, busy: destination, 'no-answer': destination, unreachable: destination })
    .partial()
    .optional(),
})

export const codec = z.enum(['PCMA', 'PCMU', 'G722', 'opus'])
const transport = z.enum(['udp', 'tcp', 'tls', 'ws'])
export const srtp = z.enum(['none', 'optional', 'required'])
export const dtmf = z.enum(['rfc4733', 'info', 'in-band'])

export const device = z.strictObject({
  person: id.optional(),
  kind: matching(/^[a-z0-9]+(-[a-z0-9]+)*$/, complaint('bad-id', 'A kind of device is lower-case words joined by hyphens.')).meta({
    description: "Its model, such as 'yealink-t54w', or door-phone, gateway-fxs, softphone, web-softphone.",
  }),
  name: prose.optional(),
  mac: matching(
    /^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/,
    complaint('bad-mac', 'This is not a MAC address.', 'Write six pairs, such as "80:5e:c0:00:00:01".'),
  ).optional(),
  seat: z.enum(['wired', 'wi-fi', 'remote']).optional(),
  site: id.optional(),
  extension: inside.optional().meta({ description: "For a room or a machine that is nobody's: its own extension." }),
  username: matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, complaint('bad-id', 'A user name is letters, digits, dots and hyphens.'))
    .optional()
    .meta({ description: 'SIP user name; the extension when absent.' }),
  password: secret.optional().meta({ description: "A secret reference; 'secret:devices/<name>' when absent." }),
  transport: listOf(transport).optional().meta({ description: 'Transports it may register over; any when absent.' }),
  srtp: srtp.optional(),
  codecs: z.array(codec).min(1).optional(),
  dtmf: dtmf.optional(),
  'may-call': mayCall.optional(),
  shows: outside.optional(),
  fax: z.enum(['t38', 'g711']).optional(),
  'calls-at-once': z.int().min(1).max(10).optional(),
  ...fallbacks,
})

export const department = z.strictObject({
  name: prose.optional(),
  shows: outside.optional(),
  lead: id.optional(),
  site: id.optional(),
  'may-call': mayCall.optional(),
  'if-office-is-cut-off': z.array(z.string()).optional(),
})

/** '[aida, dana]', or with days: `{ who: aida, from: 2026-12-01 }`. */
const assignment = z.union([
  id,
  z.strictObject({
    who: id.meta({ description: 'Who holds it.' }),
    from: date.optional().meta({ description: 'From the beginning of this day on.' }),
    until: date.optional().meta({ description: 'Until the beginning of this day.' }),
    because: prose.optional().meta({ description: 'Why.' }),
  }),
])

export const role = z
  .strictObject({
    name: prose.optional(),
    number: inside.optional(),
    'held-by': listOf(assignment)
      .optional()
      .meta({ description: 'Who holds the role: people, or since and until when: { who: aida, from: 2026-12-01 }.' }),
    rota: id.optional(),
    shows: outside.optional(),
    ring: z.enum(['together', 'one-by-one']).optional(),
    reach: z.enum(['phone', 'mobile', 'both']).optional(),
    ...fallbacks,
  })
  .refine(
    r => (r['held-by'] === undefined) !== (r.rota === undefined),
    complaint('bad-role', 'A role is held by people or by a rota.', "Write 'held-by: [aida, dana]' or 'rota: support-rota'."),
  )
  .transform(({ 'held-by': written, ...rest }) => {
    if (written === undefined) return { ...rest, 'held-by': undefined, assignments: undefined }
    const all = written.map(w => (typeof w === 'string' ? { who: w } : w))
    return {
      ...rest,
      'held-by': [...new Set(all.map(a => a.who))],
      /** Only where days are given. */
      assignments: all.some(a => a.from !== undefined || a.until !== undefined) ? all : undefined,
    }
  })
