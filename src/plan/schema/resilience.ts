/** Power, outages, drills and the CRM: read and checked for form now, acted upon by the rooms that serve them. */
import * as z from 'zod'
import { duration, listOf, percent, prose } from './scalars.ts'

export const ups = z.strictObject({ nut: z.string(), feeds: z.array(z.string()), 'low-at': percent, name: prose }).partial()
export const outage = z.strictObject({
  if: z.string().min(1),
  // biome-ignore lint/suspicious/noThenProperty: a word of the plan language; the schema is never awaited
  then: z.string().min(1),
  confirm: listOf(z.string()).optional(),
  return: z.string().optional(),
})
export const drill = z.strictObject({
  what: z.string().min(1),
  every: z.string().min(1),
  at: z.string().optional(),
  for: duration.optional(),
  'passes-if': z.string().optional(),
})
export const crm = z.strictObject({
  kind: z.string().min(1),
  url: z.string().optional(),
  match: z.array(z.string()).optional(),
  owner: z.string().optional(),
  missed: z.strictObject({ task: z.string(), due: duration.optional(), remind: duration.optional() }).optional(),
})
