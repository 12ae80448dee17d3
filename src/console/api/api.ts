/** The HTTP interface of the office, typed by its own schemas. One function per endpoint; a refusal throws `ApiError`. */
import type { Change, PlanOverview } from '../../office/api/plan-schemas.ts'
import type {
  AuditPage,
  AuditVerification,
  CallDirection,
  CallOutcome,
  CallStory,
  CallsPage,
  ChangePassword,
  Directory,
  LiveBoard,
  Me,
  Problem,
  Recording,
  RecordingsPage,
  SignIn,
  Softphone,
  Status,
  VoicemailPage,
} from '../../office/api/schemas.ts'

/** `status` 0: no answer came at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem
  constructor(problem: Problem, cause?: unknown) {
    super(`${problem.code}: ${problem.detail || problem.title}`, { cause })
    this.problem = problem
  }
}

export interface CallsFilter {
  readonly text?: string | undefined
  readonly direction?: CallDirection | undefined
  readonly outcome?: CallOutcome | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
}

export interface RecordingsFilter {
  readonly text?: string | undefined
  readonly kind?: 'call' | 'voicemail' | undefined
  readonly direction?: CallDirection | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly minSeconds?: number | undefined
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
}

type Query = Readonly<Record<string, string | number | undefined>>

interface Extra {
  readonly query?: Query | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

export const api = {
  signIn: (body: SignIn) => json<Me>('POST', '/api/session', { body }),
  signOut: () => nothing('DELETE', '/api/session'),
  me: (signal?: AbortSignal) => json<Me>('GET', '/api/me', { signal }),
  changePassword: (body: ChangePassword) => json<Me>('POST', '/api/me/password', { body }),
  status: (signal?: AbortSignal) => json<Status>('GET', '/api/status', { signal }),
  calls: (query: CallsFilter, signal?: AbortSignal) => json<CallsPage>('GET', '/api/calls', { query: { ...query }, signal }),
  liveCalls: (signal?: AbortSignal) => json<LiveBoard>('GET', '/api/calls/live', { signal }),
  story: (id: string, signal?: AbortSignal) => json<CallStory>('GET', `/api/calls/${encodeURIComponent(id)}`, { signal }),
  hangUp: (id: string) => nothing('POST', `/api/calls/${encodeURIComponent(id)}/hang-up`),
  recordings: (query: RecordingsFilter, signal?: AbortSignal) =>
    json<RecordingsPage>('GET', '/api/recordings', { query: { ...query }, signal }),
  recording: (id: string, signal?: AbortSignal) => json<Recording>('GET', `/api/recordings/${encodeURIComponent(id)}`, { signal }),
  /** The whole file in one request: one listening, one entry in the audit log. */
  recordingAudio: async (id: string, signal?: AbortSignal) =>
    (await ask('GET', `/api/recordings/${encodeURIComponent(id)}/audio`, { signal })).blob(),
  voicemail: (query: { readonly box?: string | undefined; readonly cursor?: string | undefined }, signal?: AbortSignal) =>
    json<VoicemailPage>('GET', '/api/voicemail', { query, signal }),
  softphone: () => json<Softphone>('POST', '/api/softphone'),
  directory: (signal?: AbortSignal) => json<Directory>('GET', '/api/directory', { signal }),
  audit: (query: { readonly cursor?: string | undefined }, signal?: AbortSignal) => json<AuditPage>('GET', '/api/audit', { query, signal }),
  plan: (signal?: AbortSignal) => json<PlanOverview>('GET', '/api/plan', { signal }),
  planChange: (id: string, language: string, signal?: AbortSignal) =>
    json<Change>('GET', `/api/plan/changes/${encodeURIComponent(id)}`, { query: { language }, signal }),
  proposePlan: (why: string, files: readonly { readonly name: string; readonly text: string }[]) =>
    json<Change>('POST', '/api/plan/changes', { body: { why, files } }),
  /** approve, refuse, override, apply, unschedule, check. */
  changeOfPlan: (id: number, what: string, body: unknown) => json<Change>('POST', `/api/plan/changes/${id}/${what}`, { body }),
  rollBackPlan: (to: number, why: string) => json<Change>('POST', '/api/plan/rollback', { body: { to, why } }),
  auditVerification: (signal?: AbortSignal) => json<AuditVerification>('GET', '/api/audit/verification', { signal }),
}

export function downloadUrl(recording: string): string {
  return `/api/recordings/${encodeURIComponent(recording)}/download`
}

async function json<T>(method: string, path: string, extra: Extra = {}): Promise<T> {
  return (await ask(method, path, extra)).json() as Promise<T>
}

async function nothing(method: string, path: string): Promise<void> {
  await ask(method, path, {})
}

async function ask(method: string, path: string, { query, body, signal }: Extra): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', 'x-switchroom': 'console' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(path + queryString(query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError({ type: 'about:blank', title: 'No answer', status: 0, detail: '', code: 'unreachable' }, error)
  }
  if (!response.ok) throw new ApiError(await problemOf(response))
  return response
}

async function problemOf(response: Response): Promise<Problem> {
  const unknown: Problem = {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: '',
    code: response.status >= 502 ? 'unreachable' : 'unknown',
  }
  if (!response.headers.get('content-type')?.includes('json')) return unknown
  try {
    return { ...unknown, ...((await response.json()) as Partial<Problem>) }
  } catch {
    return unknown
  }
}

function queryString(query: Query | undefined): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined && value !== '') parameters.set(name, String(value))
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
