/**
 * The common shape of the four transaction machines (RFC 3261 §17): `step(state, input, options) → { state, effects }`.
 * Messages to send are opaque bytes; timers are effects and come back as inputs. A driver carries the effects out in order.
 */
import type { SipResponse } from '../../wire/sip/message.ts'

/** Timer letters of RFC 3261 table 4 and RFC 6026; 'trying' is the 200 ms of §17.2.1 and the 3.5 s of RFC 4320 §4.2. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'trying'

export type Effect =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  /** Build and send 100 Trying. */
  | { readonly do: 'send-trying' }
  /** Build the ACK for this non-2xx response, or send the one built before again (RFC 3261 §17.1.1.3). */
  | { readonly do: 'ack'; readonly response: SipResponse }
  /** Hand a response to the transaction's user. */
  | { readonly do: 'deliver'; readonly response: SipResponse }
  | { readonly do: 'report'; readonly what: 'timeout' | 'transport-error' | 'ack-timeout' }
  | { readonly do: 'start'; readonly timer: TimerName; readonly ms: number }
  | { readonly do: 'stop'; readonly timer: TimerName }

export interface Step<State> {
  readonly state: State
  readonly effects: readonly Effect[]
}

export function to<State>(state: State, ...effects: Effect[]): Step<State> {
  return { state, effects }
}

const NOTHING: readonly Effect[] = []

export function stay<State>(state: State): Step<State> {
  return { state, effects: NOTHING }
}

export const send = (bytes: Uint8Array): Effect => ({ do: 'send', bytes })
export const deliver = (response: SipResponse): Effect => ({ do: 'deliver', response })
export const report = (what: 'timeout' | 'transport-error' | 'ack-timeout'): Effect => ({ do: 'report', what })
export const start = (timer: TimerName, ms: number): Effect => ({ do: 'start', timer, ms })
export const stop = (timer: TimerName): Effect => ({ do: 'stop', timer })

/** The end of every machine: the driver drops the transaction and every timer it still has. */
export interface Terminated {
  readonly name: 'terminated'
}
export const TERMINATED: Terminated = { name: 'terminated' }

export type ClientInput =
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'transport-error' }

export type ServerInput =
  /** The same request again. */
  | { readonly kind: 'request' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'respond'; readonly status: number; readonly bytes: Uint8Array }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'transport-error' }
