/** What the pages read, under which key it is kept, and how fresh it must be. */
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import type { LiveBoard, Me } from '../../office/api/schemas.ts'
import { ApiError, api, type CallsFilter, type RecordingsFilter } from './api.ts'

export function createQueryClient(onSignedOut: () => void): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A refusal is an answer; only silence and overload are worth asking again.
        retry: (count, error) => count < 2 && error instanceof ApiError && (error.problem.status === 0 || error.problem.status >= 502),
      },
    },
  })
  client.getQueryCache().subscribe(event => {
    if (event.type !== 'updated' || event.action.type !== 'error') return
    const problem = event.action.error instanceof ApiError ? event.action.error.problem : null
    if (problem?.status === 401 && event.query.queryKey[0] !== 'me') onSignedOut()
    if (problem?.code === 'password-change-required') void client.invalidateQueries({ queryKey: ['me'] })
  })
  return client
}

/** Null: nobody is signed in. */
export const meQuery = queryOptions<Me | null>({
  queryKey: ['me'],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    try {
      return await api.me(signal)
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 401) return null
      throw error
    }
  },
})

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => api.status(signal),
  refetchInterval: 5_000,
  retry: false,
})

/** Filled by the web socket (`live-socket.ts`); asked for once so that the page is not empty before it is open. */
export const liveQuery = queryOptions<LiveBoard>({
  queryKey: ['live'],
  queryFn: ({ signal }) => api.liveCalls(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const callsQuery = (filter: CallsFilter) =>
  infiniteQueryOptions({
    queryKey: ['calls', filter],
    queryFn: ({ pageParam, signal }) => api.calls({ ...filter, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
  })

export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: ['story', id],
    queryFn: ({ signal }) => api.story(id, signal),
    refetchInterval: query => (query.state.data && query.state.data.call.endedAt === null ? 2_000 : false),
  })

export const recordingsQuery = (filter: RecordingsFilter) =>
  infiniteQueryOptions({
    queryKey: ['recordings', filter],
    queryFn: ({ pageParam, signal }) => api.recordings({ ...filter, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
  })

export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ['recording', id],
    queryFn: ({ signal }) => api.recording(id, signal),
    refetchInterval: query => (query.state.data?.state === 'waiting' || query.state.data?.state === 'recording' ? 3_000 : false),
  })

export const voicemailQuery = (box: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['voicemail', box ?? ''],
    queryFn: ({ pageParam, signal }) => api.voicemail({ box, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
  })

export const directoryQuery = queryOptions({
  queryKey: ['directory'],
  queryFn: ({ signal }) => api.directory(signal),
  refetchInterval: 10_000,
})

/** While something happens to a change, it is asked for often. */
export const planQuery = queryOptions({
  queryKey: ['plan'],
  queryFn: ({ signal }) => api.plan(signal),
  refetchInterval: 10_000,
})

export const changeQuery = (id: string, language: string) =>
  queryOptions({
    queryKey: ['plan', id, language],
    queryFn: ({ signal }) => api.planChange(id, language, signal),
    refetchInterval: query => (query.state.data?.state === 'applied' || query.state.data?.state === 'applying' ? 1_000 : 10_000),
  })

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam, signal }) => api.audit({ cursor: pageParam }, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: page => page.next ?? undefined,
})
