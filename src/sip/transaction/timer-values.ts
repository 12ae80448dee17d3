/** Timer values of RFC 3261 §17 (table 4). Everything else there is a multiple of these three. Milliseconds. */
export interface SipTimers {
  /** Round-trip estimate. */
  readonly t1: number
  /** Cap of the retransmission interval of non-INVITE requests and INVITE responses. */
  readonly t2: number
  /** How long a message may stay in the network. */
  readonly t4: number
}

export const RFC3261: SipTimers = { t1: 500, t2: 4000, t4: 5000 }

/** What a transaction needs to know of its surroundings. */
export interface TransactionOptions extends SipTimers {
  /** TCP, TLS, WebSocket: no retransmissions, no waiting for stray ones. */
  readonly reliable: boolean
}
