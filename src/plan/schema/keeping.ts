/** Recording, storage and who may hear what. */
import * as z from 'zod'
import { duration, id, listOf, percent, prose, yesNo } from './scalars.ts'

/** REC-01: a rule without purpose, retention or listeners is refused. */
export const recordingRule = z.strictObject({
  record: z.string().min(1).meta({
    description:
      "all, incoming, outgoing, internal, on-demand, or one of queue, group, department, person, role, line and its name: 'calls in queue support'.",
  }),
  because: prose,
  announce: yesNo.optional(),
  keep: duration,
  'heard-by': listOf(id),
  'only-if': z.string().optional(),
  part: percent.optional(),
  who: z.union([z.literal('everyone'), z.array(id).min(1)]).optional(),
  'on-failure': z.enum(['go-on', 'refuse']).optional(),
})

export const storage = z
  // biome-ignore lint/suspicious/noThenProperty: a word of the plan language; the schema is never awaited
  .strictObject({ recent: z.string(), then: z.string(), encrypt: z.string(), 'warn-when': z.string(), format: z.enum(['ogg-opus', 'wav']) })
  .partial()

export const accessRule = z.union([
  z.strictObject({ needs: z.string(), with: z.enum(['reason']).optional() }),
  z.strictObject({
    who: listOf(id),
    may: listOf(
      z.enum(['search', 'listen', 'ask-export', 'approve-export', 'export', 'hold', 'extend', 'delete', 'configure', 'see-calls']),
    ),
    of: z.string().optional(),
    'newer-than': duration.optional(),
  }),
])
