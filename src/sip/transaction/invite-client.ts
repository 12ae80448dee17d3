/** INVITE client transaction: RFC 3261 §17.1.1, corrected by RFC 6026 §7.2 and §8.4 (Accepted, Timer M). */
import { unreachable } from '../../kernel/result.ts'
import { type ClientInput, deliver, report, type Step, send, start, stay, stop, TERMINATED, type Terminated, to } from './machine.ts'
import type { TransactionOptions } from './timer-values.ts'

interface Calling {
  readonly name: 'calling'
  readonly request: Uint8Array
  readonly nextA: number
}
interface Proceeding {
  readonly name: 'proceeding'
}
interface Completed {
  readonly name: 'completed'
}
interface Accepted {
  readonly name: 'accepted'
}
export type InviteClient = Calling | Proceeding | Completed | Accepted | Terminated

const PROCEEDING: Proceeding = { name: 'proceeding' }
const COMPLETED: Completed = { name: 'completed' }
const ACCEPTED: Accepted = { name: 'accepted' }

export function startInviteClient(request: Uint8Array, o: TransactionOptions): Step<InviteClient> {
  if (o.reliable) return to({ name: 'calling', request, nextA: 0 }, send(request), start('B', 64 * o.t1))
  return to({ name: 'calling', request, nextA: 2 * o.t1 }, send(request), start('A', o.t1), start('B', 64 * o.t1))
}

export function stepInviteClient(s: InviteClient, input: ClientInput, o: TransactionOptions): Step<InviteClient> {
  switch (s.name) {
    case 'calling':
      return calling(s, input, o)
    case 'proceeding':
      return proceeding(s, input, o)
    case 'completed':
      return completed(s, input)
    case 'accepted':
      return accepted(s, input)
    case 'terminated':
      return stay(s)
    default:
      return unreachable(s)
  }
}

function calling(s: Calling, input: ClientInput, o: TransactionOptions): Step<InviteClient> {
  if (input.kind === 'timer') {
    // "when timer A fires 2*T1 seconds later …": no cap at T2 here, unlike timer E (§17.1.1.2).
    if (input.timer === 'A') return to({ ...s, nextA: 2 * s.nextA }, send(s.request), start('A', s.nextA))
    if (input.timer === 'B') return to(TERMINATED, report('timeout'))
    return stay(s)
  }
  if (input.kind === 'transport-error') return to(TERMINATED, report('transport-error'))
  const status = input.response.status
  if (status < 200) return to(PROCEEDING, stop('A'), stop('B'), deliver(input.response))
  return final(input.response.status < 300, input, o, true)
}

function proceeding(s: Proceeding, input: ClientInput, o: TransactionOptions): Step<InviteClient> {
  if (input.kind === 'transport-error') return stay(s)
  if (input.kind !== 'response') return stay(s)
  if (input.response.status < 200) return to(s, deliver(input.response))
  return final(input.response.status < 300, input, o, false)
}

function final(success: boolean, input: ClientInput & { kind: 'response' }, o: TransactionOptions, timing: boolean): Step<InviteClient> {
  const stops = timing ? [stop('A'), stop('B')] : []
  // RFC 6026 §8.4: 2xx lead to Accepted, so that 2xx of other forks still find the transaction.
  if (success) return to(ACCEPTED, ...stops, start('M', 64 * o.t1), deliver(input.response))
  if (o.reliable) return to(TERMINATED, { do: 'ack', response: input.response }, deliver(input.response))
  return to(COMPLETED, ...stops, start('D', Math.max(32_000, 64 * o.t1)), { do: 'ack', response: input.response }, deliver(input.response))
}

function completed(s: Completed, input: ClientInput): Step<InviteClient> {
  if (input.kind === 'response') return input.response.status >= 300 ? to(s, { do: 'ack', response: input.response }) : stay(s)
  if (input.kind === 'timer') return input.timer === 'D' ? to(TERMINATED) : stay(s)
  // The final response is with the user already: a lost ACK is the server's timer's business.
  return to(TERMINATED)
}

function accepted(s: Accepted, input: ClientInput): Step<InviteClient> {
  if (input.kind === 'response') {
    const status = input.response.status
    return status >= 200 && status < 300 ? to(s, deliver(input.response)) : stay(s)
  }
  if (input.kind === 'timer' && input.timer === 'M') return to(TERMINATED)
  return stay(s)
}
