/**
 * Every error the HTTP interface can give: one table from code to status and title (RFC 9457). `detail` is written where it
 * happens: what, where, and what to do.
 */
import { SwitchProblem } from '../switch-link.ts'
import type { Problem } from './schemas.ts'

export const PROBLEMS = {
  'bad-request': [400, 'The request is not as it should be'],
  'sign-in-required': [401, 'Sign in first'],
  'sign-in-failed': [401, 'The name, the password or the code is wrong'],
  'second-factor-required': [401, 'A code from your authenticator is needed as well'],
  'password-change-required': [403, 'Choose a password of your own first'],
  'not-allowed': [403, 'You have no right to do this'],
  'cross-site': [403, 'The request came from another site'],
  'not-found': [404, 'There is no such thing, or it is not yours to see'],
  'not-ready': [409, 'Not ready yet'],
  'no-extension': [409, 'You have no extension'],
  'call-over': [409, 'The call is over'],
  'user-exists': [409, 'There is such a user already'],
  'wrong-state': [409, 'The change is past that'],
  'own-change': [403, 'Somebody else must say so'],
  'not-an-approver': [403, 'You do not approve changes of this plan'],
  'not-approved': [409, 'The change is not approved'],
  'out-of-date': [409, 'Another change came first'],
  'errors-found': [409, 'The check found errors'],
  'no-errors': [409, 'There is nothing to override'],
  'nothing-changes': [409, 'It is so already'],
  'last-administrator': [409, 'Somebody must remain who can configure'],
  'switch-refused': [409, 'The switch refuses'],
  gone: [410, 'It no longer exists'],
  'too-large': [413, 'The request is too large'],
  'wrong-media-type': [415, 'The request has the wrong media type'],
  'range-not-satisfiable': [416, 'There is nothing at that place of the file'],
  'plan-invalid': [422, 'This cannot become a plan'],
  'in-the-past': [422, 'That time has passed'],
  'sound-refused': [422, 'This cannot be played to callers'],
  'password-refused': [422, 'This password will not do'],
  'too-many-attempts': [429, 'Too many attempts'],
  internal: [500, 'Something went wrong here'],
  'switch-away': [503, 'The switch does not answer'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof PROBLEMS

export class ApiProblem extends Error {
  readonly code: ProblemCode
  readonly more: { readonly errors?: { path: string; message: string }[]; readonly retryAfterS?: number }

  constructor(code: ProblemCode, detail: string, more: ApiProblem['more'] = {}) {
    super(detail)
    this.code = code
    this.more = more
  }

  get status(): number {
    return PROBLEMS[this.code][0]
  }
}

export function problemBody(problem: ApiProblem): Problem {
  const [status, title] = PROBLEMS[problem.code]
  return { type: `urn:switchroom:problem:${problem.code}`, title, status, detail: problem.message, code: problem.code, ...problem.more }
}

/** Whatever was thrown, as a problem. What is not meant for the asker stays out of `detail`. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  if (error instanceof SwitchProblem) return new ApiProblem(error.code === 'switch-away' ? 'switch-away' : 'switch-refused', error.message)
  const { statusCode, validation, message } = error as {
    statusCode?: number
    validation?: readonly { instancePath?: string; message?: string }[]
    message?: string
  }
  if (validation) {
    const errors = validation.map(fault => ({
      path: (fault.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.'),
      message: fault.message ?? '',
    }))
    return new ApiProblem('bad-request', errors.map(fault => (fault.path ? `${fault.path}: ${fault.message}` : fault.message)).join('; '), {
      errors,
    })
  }
  if (statusCode === 413) return new ApiProblem('too-large', 'send less at once')
  if (statusCode === 415) return new ApiProblem('wrong-media-type', 'send application/json, or a sound as audio/wav')
  if (statusCode === 429) return new ApiProblem('too-many-attempts', message ?? 'wait a while, then try again')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ApiProblem('bad-request', message ?? 'the request could not be read')
  return new ApiProblem('internal', 'the log of the office process says what; try again, and tell the administrator if it stays so')
}
