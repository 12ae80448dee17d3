/** Non-INVITE client transaction: RFC 3261 §17.1.2, RFC 4320. */
import { unreachable } from '../../kernel/result.ts'
import { type ClientInput, deliver, report, type Step, send, start, stay, stop, TERMINATED, type Terminated, to } from './machine.ts'
import type { TransactionOptions } from './timer-values.ts'

interface Trying {
  readonly name: 'trying'
  readonly request: Uint8Array
  readonly nextE: number
}
interface Proceeding {
  readonly name: 'proceeding'
  readonly request: Uint8Array
}
interface Completed {
  readonly name: 'completed'
}
export type NonInviteClient = Trying | Proceeding | Completed | Terminated

const COMPLETED: Completed = { name: 'completed' }

export function startNonInviteClient(request: Uint8Array, o: TransactionOptions): Step<NonInviteClient> {
  const s: Trying = { name: 'trying', request, nextE: Math.min(2 * o.t1, o.t2) }
  if (o.reliable) return to(s, send(request), start('F', 64 * o.t1))
  return to(s, send(request), start('E', o.t1), start('F', 64 * o.t1))
}

export function stepNonInviteClient(s: NonInviteClient, input: ClientInput, o: TransactionOptions): Step<NonInviteClient> {
  switch (s.name) {
    case 'trying':
      return trying(s, input, o)
    case 'proceeding':
      return proceeding(s, input, o)
    case 'completed':
      return completed(s, input)
    case 'terminated':
      return stay(s)
    default:
      return unreachable(s)
  }
}

function trying(s: Trying, input: ClientInput, o: TransactionOptions): Step<NonInviteClient> {
  if (input.kind === 'timer') {
    if (input.timer === 'E') return to({ ...s, nextE: Math.min(2 * s.nextE, o.t2) }, send(s.request), start('E', s.nextE))
    if (input.timer === 'F') return to(TERMINATED, report('timeout'))
    return stay(s)
  }
  if (input.kind === 'transport-error') return to(TERMINATED, report('transport-error'))
  if (input.response.status >= 200) return final(input, o)
  const next: Proceeding = { name: 'proceeding', request: s.request }
  // §17.1.2.2: in Proceeding the request is still repeated, but only every T2.
  return o.reliable ? to(next, deliver(input.response)) : to(next, stop('E'), start('E', o.t2), deliver(input.response))
}

function proceeding(s: Proceeding, input: ClientInput, o: TransactionOptions): Step<NonInviteClient> {
  if (input.kind === 'timer') {
    if (input.timer === 'E') return to(s, send(s.request), start('E', o.t2))
    if (input.timer === 'F') return to(TERMINATED, report('timeout'))
    return stay(s)
  }
  if (input.kind === 'transport-error') return to(TERMINATED, report('transport-error'))
  return input.response.status >= 200 ? final(input, o) : to(s, deliver(input.response))
}

function final(input: ClientInput & { kind: 'response' }, o: TransactionOptions): Step<NonInviteClient> {
  if (o.reliable) return to(TERMINATED, deliver(input.response))
  return to(COMPLETED, stop('E'), stop('F'), start('K', o.t4), deliver(input.response))
}

function completed(s: Completed, input: ClientInput): Step<NonInviteClient> {
  return input.kind === 'timer' && input.timer === 'K' ? to(TERMINATED) : stay(s)
}
