/** INVITE server transaction: RFC 3261 §17.2.1, corrected by RFC 6026 §7.1 and §8.7 (Accepted, Timer L). */
import { unreachable } from '../../kernel/result.ts'
import { report, type ServerInput, type Step, send, start, stay, stop, TERMINATED, type Terminated, to } from './machine.ts'
import type { TransactionOptions } from './timer-values.ts'

interface Proceeding {
  readonly name: 'proceeding'
  /** The provisional response sent last. */
  readonly last: Uint8Array | null
}
interface Completed {
  readonly name: 'completed'
  readonly last: Uint8Array
  readonly nextG: number
}
interface Confirmed {
  readonly name: 'confirmed'
}
interface Accepted {
  readonly name: 'accepted'
}
export type InviteServer = Proceeding | Completed | Confirmed | Accepted | Terminated

const CONFIRMED: Confirmed = { name: 'confirmed' }
const ACCEPTED: Accepted = { name: 'accepted' }

/** `tryingAfterMs`: how long the user has before 100 Trying is sent for it. */
export function startInviteServer(tryingAfterMs: number): Step<InviteServer> {
  const s: Proceeding = { name: 'proceeding', last: null }
  return tryingAfterMs <= 0 ? to(s, { do: 'send-trying' }) : to(s, start('trying', tryingAfterMs))
}

export function stepInviteServer(s: InviteServer, input: ServerInput, o: TransactionOptions): Step<InviteServer> {
  switch (s.name) {
    case 'proceeding':
      return proceeding(s, input, o)
    case 'completed':
      return completed(s, input, o)
    case 'confirmed':
      return input.kind === 'timer' && input.timer === 'I' ? to(TERMINATED) : stay(s)
    case 'accepted':
      return accepted(s, input)
    case 'terminated':
      return stay(s)
    default:
      return unreachable(s)
  }
}

function proceeding(s: Proceeding, input: ServerInput, o: TransactionOptions): Step<InviteServer> {
  switch (input.kind) {
    case 'request':
      return to(s, s.last ? send(s.last) : { do: 'send-trying' })
    case 'timer':
      return input.timer === 'trying' && s.last === null ? to(s, { do: 'send-trying' }) : stay(s)
    case 'transport-error':
      return to(s, report('transport-error'))
    case 'ack':
      return stay(s)
    case 'respond':
      if (input.status < 200) return to({ name: 'proceeding', last: input.bytes }, stop('trying'), send(input.bytes))
      if (input.status < 300) return to(ACCEPTED, stop('trying'), send(input.bytes), start('L', 64 * o.t1))
      return refused(input.bytes, o)
    default:
      return unreachable(input)
  }
}

function refused(last: Uint8Array, o: TransactionOptions): Step<InviteServer> {
  const s: Completed = { name: 'completed', last, nextG: Math.min(2 * o.t1, o.t2) }
  if (o.reliable) return to(s, stop('trying'), send(last), start('H', 64 * o.t1))
  return to(s, stop('trying'), send(last), start('G', o.t1), start('H', 64 * o.t1))
}

function completed(s: Completed, input: ServerInput, o: TransactionOptions): Step<InviteServer> {
  if (input.kind === 'request') return to(s, send(s.last))
  if (input.kind === 'ack') return o.reliable ? to(TERMINATED) : to(CONFIRMED, stop('G'), stop('H'), start('I', o.t4))
  if (input.kind === 'transport-error') return to(TERMINATED, report('transport-error'))
  if (input.kind !== 'timer') return stay(s)
  if (input.timer === 'G') return to({ ...s, nextG: Math.min(2 * s.nextG, o.t2) }, send(s.last), start('G', s.nextG))
  if (input.timer === 'H') return to(TERMINATED, report('ack-timeout'))
  return stay(s)
}

function accepted(s: Accepted, input: ServerInput): Step<InviteServer> {
  // Retransmitted INVITEs are swallowed: the user repeats its 2xx by a clock of its own (RFC 6026 §7.1).
  if (input.kind === 'respond') return input.status >= 200 && input.status < 300 ? to(s, send(input.bytes)) : stay(s)
  if (input.kind === 'transport-error') return to(s, report('transport-error'))
  return input.kind === 'timer' && input.timer === 'L' ? to(TERMINATED) : stay(s)
}
