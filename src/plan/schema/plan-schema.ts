/**
 * The plan language as one schema: it validates, gives the types, and becomes JSON Schema for editors.
 * Values come out in working form (durations in milliseconds, lists as lists); references are resolved by `../compile.ts`.
 */
import * as z from 'zod'
import { callers } from './callers.ts'
import { hours, rota } from './hours.ts'
import { accessRule, recordingRule, storage } from './keeping.ts'
import { defaults, numbering, office, site } from './office.ts'
import { lines, link, outgoing, provider, trunk } from './outside.ts'
import { department, device, person, role } from './people.ts'
import { crm, drill, outage, ups } from './resilience.ts'
import { group, menu, queue, route, service, voicemailBox } from './routing.ts'
import { complaint, id } from './scalars.ts'

export const planSchema = z.strictObject({
  plan: z.literal(1, { error: "The first line says which form of the language this is: 'plan: 1'." }),
  include: z.array(z.string()).optional(),
  office,
  sites: z.record(id, site).default({}),
  numbering: numbering.default({ ranges: {}, 'short-codes': {}, emergency: undefined, 'city-numbers': [] }),
  defaults: defaults.default({
    'ring-for': 25_000,
    'calls-at-once': 1,
    'may-forward': 'own-mobile',
    forwards: { most: 3, outside: 1 },
    'most-hops': 10,
    'longest-ringing': 90_000,
  }),
  people: z
    .record(id, person)
    .refine(p => Object.keys(p).length > 0, complaint('no-people', 'A plan without people serves nobody.', 'Add at least one person.')),
  devices: z.record(id, device).default({}),
  departments: z.record(id, department).default({}),
  roles: z.record(id, role).default({}),
  hours: z.record(id, hours).default({}),
  rotas: z.record(id, rota).default({}),
  trunks: z.record(id, trunk).default({}),
  providers: z.record(id, provider).default({}),
  lines: lines.default({}),
  menus: z.record(id, menu).default({}),
  queues: z.record(id, queue).default({}),
  groups: z.record(id, group).default({}),
  routes: z.record(id, route).default({}),
  voicemail: z.record(id, voicemailBox).default({}),
  services: z.record(id, service).default({}),
  callers: callers.default({ vip: [], blocked: [], spam: [] }),
  outgoing: outgoing.default({ rules: [], 'next-trunk-after': 4_000, 'ring-for': 60_000 }),
  recording: z.array(recordingRule).default([]),
  storage: storage.optional(),
  access: z.record(id, accessRule).default({}),
  links: z.record(id, link).default({}),
  power: z.record(id, ups).default({}),
  outage: z.array(outage).default([]),
  crm: crm.optional(),
  drills: z.array(drill).default([]),
})

export type Plan = z.output<typeof planSchema>
