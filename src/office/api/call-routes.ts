/** Calls: history, those that go on, the story of one, ending one. */
import { z } from 'zod'
import { permits } from '../../access/rights.ts'
import { foldCalls } from '../../operations/call-record.ts'
import { callStory } from '../../operations/call-story.ts'
import { legQuality } from '../../operations/leg-quality.ts'
import type { LogSource } from '../../store/log-reader.ts'
import type { OfficeStore } from '../../store/office-store.ts'
import { visibleCalls } from '../live-feed.ts'
import type { SwitchLink } from '../switch-link.ts'
import type { Api } from './api.ts'
import { callerIn, requireRight } from './guard.ts'
import { ApiProblem } from './problems.ts'
import { CallStory, CallsPage, CallsQuery, LiveBoard, Problem } from './schemas.ts'
import { legViews, recordingView } from './views.ts'

const CallId = z.object({ id: z.string().min(1).max(200) })

export interface CallDeps {
  readonly store: OfficeStore
  readonly log: LogSource
  readonly switchLink: Pick<SwitchLink, 'ask' | 'here'>
}

export function callRoutes(app: Api, { store, log, switchLink }: CallDeps): void {
  app.get(
    '/api/calls',
    {
      schema: {
        summary: 'Call history, newest first',
        tags: ['calls'],
        querystring: CallsQuery,
        response: { 200: CallsPage, '4xx': Problem },
      },
    },
    async request => {
      const { calls, next } = store.calls.list(request.query, requireRight(callerIn(request), 'see-calls'))
      return { calls: calls.map(call => ({ ...call, recordings: [...call.recordings] })), next }
    },
  )

  app.get(
    '/api/calls/live',
    { schema: { summary: 'Calls that go on now', tags: ['calls'], response: { 200: LiveBoard, '4xx': Problem } } },
    async request => {
      const caller = callerIn(request)
      const calls = visibleCalls(store.calls.live(), requireRight(caller, 'see-calls'), caller.filter('end-calls'))
      return { at: Date.now(), switchHere: switchLink.here, calls }
    },
  )

  app.get(
    '/api/calls/:id',
    {
      schema: {
        summary: 'The story of a call: what was decided and why',
        tags: ['calls'],
        params: CallId,
        response: { 200: CallStory, '4xx': Problem },
      },
    },
    async request => {
      const caller = callerIn(request)
      const { id } = request.params
      const found = store.calls.find(id, requireRight(caller, 'see-calls'))
      if (!found) throw new ApiProblem('not-found', `there is no call ${id} among those you may see`)
      const events = log.ofCall(id, found.firstSeq, found.record.endedAt === null ? undefined : found.lastSeq)
      const progress = foldCalls(events).get(id)
      const rights = { listen: caller.filter('listen'), download: caller.filter('download') }
      return {
        call: { ...found.record, recordings: [...found.record.recordings] },
        lines: callStory(events).map(line => ({ ...line, values: { ...line.values } })),
        legs: progress ? legViews(progress) : [],
        quality: legQuality(events),
        recordings: store.recordings.ofCall(id, caller.filter('search')).map(({ entry }) => recordingView(entry, rights)),
      }
    },
  )

  app.post(
    '/api/calls/:id/hang-up',
    { schema: { summary: 'End a call', tags: ['calls'], params: CallId, response: { 204: z.null(), '4xx': Problem, '5xx': Problem } } },
    async (request, reply) => {
      const caller = callerIn(request)
      const { id } = request.params
      const filter = requireRight(caller, 'end-calls')
      const call = store.calls.liveOne(id)
      if (!call) {
        if (store.calls.find(id, caller.filter('see-calls'))) throw new ApiProblem('call-over', 'the call has ended already')
        throw new ApiProblem('not-found', `there is no call ${id} among those you may see`)
      }
      const { record, people } = call
      const subject = { at: record.startedAt, people, queue: record.queue, group: record.group, box: null, heardBy: [] }
      if (!permits(filter, subject)) throw new ApiProblem('not-found', `there is no call ${id} among those you may end`)
      store.audit.append({
        at: Date.now(),
        who: caller.viewer.user,
        action: 'call.hang-up',
        object: `call:${id}`,
        address: caller.asker.address,
        details: {},
      })
      await switchLink.ask({ ask: 'hang-up', call: id, by: caller.viewer.user })
      return reply.code(204).send(null)
    },
  )
}
