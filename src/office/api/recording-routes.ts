/** Recordings and voicemail: finding, hearing in the page, taking away as a file. Every listen and download is an audit record. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { permits, type Right } from '../../access/rights.ts'
import type { RecordingEntry } from '../../recording/recording-entry.ts'
import type { OfficeStore } from '../../store/office-store.ts'
import type { RecordingFiles } from '../recording-files.ts'
import type { Api } from './api.ts'
import { byteRange } from './byte-range.ts'
import { type Caller, callerIn, requireRight } from './guard.ts'
import { ApiProblem } from './problems.ts'
import { Problem, Recording, RecordingsPage, RecordingsQuery, VoicemailPage, VoicemailQuery } from './schemas.ts'
import { type HearingRights, recordingView, subjectOf, voicemailView } from './views.ts'

const RecordingId = z.object({ id: z.string().min(1).max(200) })

export interface RecordingDeps {
  readonly store: OfficeStore
  readonly files: RecordingFiles
  /** Somebody listened to a voicemail message: lamps may go out. */
  readonly messageHeard: () => void
}

export function recordingRoutes(app: Api, { store, files, messageHeard }: RecordingDeps): void {
  const find = (caller: Caller, id: string): RecordingEntry => {
    const found = store.recordings.find(id, requireRight(caller, 'search'))
    if (!found) throw new ApiProblem('not-found', `there is no recording ${id} among those you may find`)
    return found.entry
  }

  /** The entry if it may be heard (or taken) and is there. */
  const audible = (caller: Caller, id: string, right: Right): RecordingEntry => {
    const entry = find(caller, id)
    if (!permits(requireRight(caller, right), subjectOf(entry)))
      throw new ApiProblem('not-allowed', `you have no right to ${right} this recording`)
    if (entry.state === 'recording' || entry.state === 'waiting')
      throw new ApiProblem('not-ready', 'the recording is not finished yet; try again after the call')
    if (entry.state !== 'ready' || entry.file === null) throw new ApiProblem('gone', entry.problem ?? 'nothing was recorded')
    return entry
  }

  const audit = (caller: Caller, action: string, entry: RecordingEntry): void => {
    const { viewer, asker } = caller
    store.audit.append({
      at: Date.now(),
      who: viewer.user,
      action,
      object: `recording:${entry.id}`,
      address: asker.address,
      details: { call: entry.call },
    })
  }

  /** A player asks for a file in many pieces: what is one listening is one record. */
  const listens = new Map<string, number>()
  const auditListen = (caller: Caller, entry: RecordingEntry): void => {
    const key = `${caller.signedIn.session.idHash} ${entry.id}`
    const now = Date.now()
    const last = listens.get(key) ?? 0
    if (now - last < 10 * 60_000) return
    listens.set(key, now)
    for (const [old, at] of listens) if (now - at > 10 * 60_000) listens.delete(old)
    audit(caller, 'recording.listen', entry)
    if (entry.kind !== 'voicemail') return
    store.recordings.markHeard(entry.id, now)
    messageHeard()
  }

  app.get(
    '/api/recordings',
    {
      schema: {
        summary: 'Recordings, newest first',
        tags: ['recordings'],
        querystring: RecordingsQuery,
        response: { 200: RecordingsPage, '4xx': Problem },
      },
    },
    async request => {
      const caller = callerIn(request)
      const { recordings, next } = store.recordings.list(request.query, requireRight(caller, 'search'))
      const rights = hearing(caller)
      return { recordings: recordings.map(({ entry }) => recordingView(entry, rights)), next }
    },
  )

  app.get(
    '/api/recordings/:id',
    { schema: { summary: 'One recording', tags: ['recordings'], params: RecordingId, response: { 200: Recording, '4xx': Problem } } },
    async request => {
      const caller = callerIn(request)
      return recordingView(find(caller, request.params.id), hearing(caller))
    },
  )

  app.get(
    '/api/recordings/:id/audio',
    { schema: { summary: 'Listen (ranges of bytes can be asked for)', tags: ['recordings'], params: RecordingId } },
    async (request, reply) => {
      const caller = callerIn(request)
      const entry = audible(caller, request.params.id, 'listen')
      auditListen(caller, entry)
      return sendAudio(files, entry, request, reply.header('content-disposition', 'inline'))
    },
  )

  app.get(
    '/api/recordings/:id/download',
    { schema: { summary: 'Download as a file', tags: ['recordings'], params: RecordingId } },
    async (request, reply) => {
      const caller = callerIn(request)
      const entry = audible(caller, request.params.id, 'download')
      audit(caller, 'recording.download', entry)
      const day = new Date(entry.startedAt).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-')
      const name = `${day}-${entry.id.replace(/[^\w-]/g, '_')}.${entry.format}`
      return sendAudio(files, entry, request, reply.header('content-disposition', `attachment; filename="${name}"`))
    },
  )

  app.get(
    '/api/voicemail',
    {
      schema: {
        summary: 'Voicemail messages, newest first',
        tags: ['recordings'],
        querystring: VoicemailQuery,
        response: { 200: VoicemailPage, '4xx': Problem },
      },
    },
    async request => {
      const caller = callerIn(request)
      const filter = requireRight(caller, 'search')
      const { recordings, next } = store.recordings.list({ ...request.query, kind: 'voicemail' }, filter)
      const rights = hearing(caller)
      return { boxes: store.recordings.boxes(filter), messages: recordings.map(found => voicemailView(found, rights)), next }
    },
  )
}

function hearing(caller: Caller): HearingRights {
  return { listen: caller.filter('listen'), download: caller.filter('download') }
}

async function sendAudio(
  files: RecordingFiles,
  entry: RecordingEntry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const file = await files.open(entry)
  if (!file) throw new ApiProblem('gone', `the file of recording ${entry.id} is missing from the recordings folder; a backup may have it`)
  reply
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'private, no-store')
    .type(entry.format === 'wav' ? 'audio/wav' : 'audio/ogg')
  const range = byteRange(request.headers.range, file.sizeBytes)
  if (range === 'unsatisfiable') {
    await file.close()
    void reply.header('content-range', `bytes */${file.sizeBytes}`)
    throw new ApiProblem('range-not-satisfiable', `the recording has ${file.sizeBytes} bytes`)
  }
  const { from, to } = range ?? { from: 0, to: file.sizeBytes - 1 }
  if (range) void reply.code(206).header('content-range', `bytes ${from}-${to}/${file.sizeBytes}`)
  return reply.header('content-length', to - from + 1).send(file.stream(from, to))
}
