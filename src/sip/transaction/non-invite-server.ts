/** Non-INVITE server transaction: RFC 3261 §17.2.2 with the repairs of RFC 4320. */
import { unreachable } from '../../kernel/result.ts'
import { report, type ServerInput, type Step, send, start, stay, stop, TERMINATED, type Terminated, to } from './machine.ts'
import type { TransactionOptions } from './timer-values.ts'

interface Trying {
  readonly name: 'trying'
}
interface Proceeding {
  readonly name: 'proceeding'
  /** The 100 sent last; null until the driver has made it. */
  readonly last: Uint8Array | null
}
interface Completed {
  readonly name: 'completed'
  readonly last: Uint8Array
}
export type NonInviteServer = Trying | Proceeding | Completed | Terminated

const TRYING: Trying = { name: 'trying' }

/**
 * How long the client needs until its Timer E has grown to T2: earlier a 100 would only do harm on UDP,
 * later it must be sent (RFC 4320 §4.1, §4.2). 500 + 1000 + 2000 ms with the default timers.
 */
function tryingDelay(o: TransactionOptions): number {
  return Math.max(o.t1, o.t2 - o.t1)
}

export function startNonInviteServer(o: TransactionOptions): Step<NonInviteServer> {
  return to(TRYING, start('trying', tryingDelay(o)))
}

export function stepNonInviteServer(s: NonInviteServer, input: ServerInput, o: TransactionOptions): Step<NonInviteServer> {
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

function trying(s: Trying, input: ServerInput, o: TransactionOptions): Step<NonInviteServer> {
  if (input.kind === 'respond' && input.status >= 200) return final(input, o)
  if (input.kind === 'timer' && input.timer === 'trying') {
    // After 64·T1 the client has given up: an answer then only travels in vain (RFC 4320 §4.2).
    return to({ name: 'proceeding', last: null }, { do: 'send-trying' }, start('J', 64 * o.t1 - tryingDelay(o)))
  }
  if (input.kind === 'transport-error') return to(TERMINATED, report('transport-error'))
  return stay(s)
}

function proceeding(s: Proceeding, input: ServerInput, o: TransactionOptions): Step<NonInviteServer> {
  if (input.kind === 'respond')
    return input.status >= 200 ? final(input, o) : to({ name: 'proceeding', last: input.bytes }, send(input.bytes))
  if (input.kind === 'request') return s.last ? to(s, send(s.last)) : stay(s)
  if (input.kind === 'timer' && input.timer === 'J') return to(TERMINATED)
  if (input.kind === 'transport-error') return to(TERMINATED, report('transport-error'))
  return stay(s)
}

function final(input: ServerInput & { kind: 'respond' }, o: TransactionOptions): Step<NonInviteServer> {
  // RFC 4320 §4.2: never a 408 to a non-INVITE request.
  if (input.status === 408) return to(TERMINATED)
  if (o.reliable) return to(TERMINATED, send(input.bytes))
  return to({ name: 'completed', last: input.bytes }, stop('trying'), stop('J'), send(input.bytes), start('J', 64 * o.t1))
}

function completed(s: Completed, input: ServerInput): Step<NonInviteServer> {
  if (input.kind === 'request') return to(s, send(s.last))
  if (input.kind === 'timer' && input.timer === 'J') return to(TERMINATED)
  if (input.kind === 'transport-error') return to(TERMINATED)
  return stay(s)
}
