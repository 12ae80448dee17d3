/** The sound of prompts over HTTP: where it comes from, one's own instead of the machine's voice, back again. Whoever may configure. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { OfficeStore } from '../../store/office-store.ts'
import type { PromptDesk, PromptState } from '../prompts/prompt-desk.ts'
import { isPromptId, type PromptName } from '../prompts/prompt-files.ts'
import { MOST_BYTES } from '../prompts/prompt-sound.ts'
import type { Api } from './api.ts'
import { type Caller, callerIn, requireRight } from './guard.ts'
import { ApiProblem } from './problems.ts'
import { Problem } from './schemas.ts'

export interface PromptDeps {
  readonly store: OfficeStore
  readonly prompts: PromptDesk
}

const language = z.enum(['en', 'ru', 'kk'])

/** An id with a slash in it is written with %2F. */
const Name = z.object({ id: z.string().refine(isPromptId, 'a prompt is named like menus/welcome or goodbye'), language })

const Prompt = z.object({
  id: z.string(),
  language,
  from: z
    .enum(['uploaded', 'spoken', 'supplied', 'missing', 'waiting'])
    .describe('spoken: by the machine; supplied: with the exchange; waiting: about to be spoken'),
  text: z.string().nullable().describe('What the plan wants said'),
  needed: z.boolean().describe('False: uploaded for a plan that was'),
  uploaded: z.object({ by: z.string(), at: z.number(), outdated: z.boolean() }).nullable(),
})

const Prompts = z.object({
  voice: z.boolean().describe('The machine has a voice of its own: espeak-ng is installed'),
  prompts: z.array(Prompt),
})

const SOUNDS = ['audio/wav', 'audio/wave', 'audio/x-wav', 'audio/vnd.wave', 'application/octet-stream']

export function promptRoutes(app: Api, { store, prompts }: PromptDeps): void {
  const configuring = (request: FastifyRequest): Caller => {
    const caller = callerIn(request)
    requireRight(caller, 'configure')
    return caller
  }
  const audit = ({ viewer, asker, local }: Caller, action: string, { id, language: l }: PromptName): void => {
    store.audit.append({
      at: Date.now(),
      who: viewer.user,
      action,
      object: `prompt:${id}/${l}`,
      address: asker.address,
      details: local ? { via: 'machine' } : {},
    })
  }
  const stateOf = ({ id, language: l }: PromptName): PromptState => {
    const found = prompts.list().find(p => p.id === id && p.language === l)
    if (!found) throw new ApiProblem('not-found', `there is no prompt ${id} in ${l}: see GET /api/prompts`)
    return found
  }
  app.addContentTypeParser(SOUNDS, { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) => done(null, body))

  app.get(
    '/api/prompts',
    {
      schema: {
        summary: 'What callers are told, and where its sound comes from',
        tags: ['prompts'],
        response: { 200: Prompts, '4xx': Problem },
      },
    },
    async request => {
      configuring(request)
      return { voice: prompts.hasVoice, prompts: prompts.list() }
    },
  )

  app.put(
    '/api/prompts/:id/:language',
    {
      bodyLimit: MOST_BYTES,
      schema: {
        summary: 'One’s own sound: a WAV file, up to 5 MB and 3 minutes',
        tags: ['prompts'],
        params: Name,
        response: { 200: Prompt, '4xx': Problem },
      },
    },
    async request => {
      const caller = configuring(request)
      const name = request.params
      if (!prompts.knows(name.id))
        throw new ApiProblem('not-found', `nobody would hear ${name.id}: the plan has no such words; see GET /api/prompts`)
      const { body } = request
      if (!Buffer.isBuffer(body)) throw new ApiProblem('wrong-media-type', 'send the WAV file itself as audio/wav')
      const done = prompts.set(name, body, caller.viewer.person ?? caller.viewer.user)
      if (!done.ok) throw new ApiProblem('sound-refused', done.error.message)
      audit(caller, 'prompt.uploaded', name)
      return stateOf(name)
    },
  )

  app.delete(
    '/api/prompts/:id/:language',
    {
      schema: {
        summary: 'Back to the machine’s voice, or to the supplied prompt',
        tags: ['prompts'],
        params: Name,
        response: { 204: z.null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const caller = configuring(request)
      const name = request.params
      if (!prompts.remove(name)) throw new ApiProblem('not-found', `nothing was uploaded for ${name.id} in ${name.language}`)
      audit(caller, 'prompt.removed', name)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/prompts/speak',
    {
      schema: {
        summary: 'Speak what has no sound: after espeak-ng was installed',
        tags: ['prompts'],
        response: { 200: Prompts, '4xx': Problem },
      },
    },
    async request => {
      configuring(request)
      await prompts.speak()
      return { voice: prompts.hasVoice, prompts: prompts.list() }
    },
  )
}
