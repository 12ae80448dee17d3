/** Callers known beforehand: those who are refused, those who go first (IN-11). */
import * as z from 'zod'
import { complaint, destination, matching } from './scalars.ts'

/** A whole number, or a beginning of numbers followed by '*'. */
const callerNumber = matching(
  /^(\+?[\d ()./-]{3,25}|\+\d{1,14}\*)$/,
  complaint(
    'bad-number',
    'This is neither a telephone number nor the beginning of one.',
    'Write a number in quotes, or its beginning with + and a star: "+77012223344", "+7900*".',
  ),
).meta({ description: 'A number, or a beginning of numbers: "+77012223344", "+7900*".' })

const reception = destination.meta({
  description: "What happens to such calls: 'refuse', 'announce' (they are told so), or where they go.",
})

export const callers = z.strictObject({
  vip: z
    .array(callerNumber)
    .default([])
    .meta({ description: "Callers who may be treated better: 'if: caller is vip'. They are never blocked." }),
  blocked: z.array(callerNumber).default([]),
  'on-blocked': reception.optional().meta({ description: "What happens to blocked callers; 'refuse' when absent." }),
  spam: z.array(callerNumber).default([]).meta({ description: 'Numbers known for unwanted calls.' }),
  'on-spam': reception.optional().meta({ description: "What happens to unwanted calls; 'announce' when absent." }),
  anonymous: reception
    .optional()
    .meta({ description: 'What happens to callers who withhold their number; served like others when absent.' }),
})
