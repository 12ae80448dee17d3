/** Asks the running office over DATA/run/office.sock: the HTTP interface, for the administrator at the machine. */
import { request } from 'node:http'
import { UsageError } from './usage-error.ts'

export interface OfficeAnswer<T> {
  readonly status: number
  readonly body: T
  readonly cookie: string | null
}

export interface Asking {
  /** In whose name, when no session is held. */
  readonly as?: string | undefined
  readonly cookie?: string | null
}

interface ProblemBody {
  readonly detail?: string
  readonly code?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** Bytes are sent as a sound. What the office answers; a `UsageError` with its own words when it refuses. */
export function askOffice<T>(socketPath: string, method: string, path: string, body: unknown, asking: Asking): Promise<OfficeAnswer<T>> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? '' : body instanceof Uint8Array ? body : JSON.stringify(body)
    const headers: Record<string, string> = { 'x-switchroom': 'command', host: 'localhost' }
    if (asking.as !== undefined) headers['x-switchroom-as'] = encodeURIComponent(asking.as)
    if (asking.cookie) headers['cookie'] = asking.cookie
    if (content.length > 0) {
      headers['content-type'] = typeof content === 'string' ? 'application/json' : 'audio/wav'
      headers['content-length'] = String(Buffer.byteLength(content))
    }
    const sent = request({ socketPath, method, path, headers }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const status = response.statusCode ?? 0
        const got = chunks.length === 0 ? null : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as T & ProblemBody)
        if (status >= 400) reject(refusal(got))
        else resolve({ status, body: got as T, cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? null })
      })
    })
    sent.on('error', () =>
      reject(
        new UsageError(
          `no exchange runs on this data folder (${socketPath})`,
          'start it with `switchroom up`, or name its folder with --data DIR; changes of the plan are kept by its office process',
        ),
      ),
    )
    sent.end(content)
  })
}

function refusal(problem: ProblemBody | null): UsageError {
  const places = (problem?.errors ?? []).map(e => `  ${e.path}  ${e.message}`)
  const said = [problem?.detail ?? 'refused', ...places].join('\n')
  return new UsageError(said, remedies[problem?.code ?? ''] ?? 'nothing was changed')
}

const remedies: Readonly<Record<string, string>> = {
  'sign-in-required': 'say in whose name: --as aida',
  'sign-in-failed': 'the password is the one of the console',
  'second-factor-required': 'give the six digits with --code',
  'password-change-required': 'sign in to the console once and choose a password',
  'not-allowed': 'somebody who may configure must do this',
  'plan-invalid': '`switchroom check FILE` shows the lines',
  'sound-refused': 'mend the file, then try again; nothing was changed',
  'switch-away': '`switchroom status` tells what is wrong; then try again',
}
