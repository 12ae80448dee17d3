/** What an endpoint assumes when it is not told. */
import { RFC3261 } from '../transaction/timer-values.ts'
import type { EndpointConfig } from './contract.ts'

/** All that some RFC defines for a call, a registration or a subscription. */
const METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'PRACK',
  'UPDATE',
  'INFO',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'REGISTER',
  'MESSAGE',
  'PUBLISH',
]

export const DEFAULT_CONFIG: EndpointConfig = {
  ...RFC3261,
  allow: METHODS,
  supported: ['100rel', 'timer', 'replaces', 'norefersub', 'path', 'outbound', 'gruu', 'from-change'],
  product: 'Switchroom',
  tryingAfterMs: 200,
  datagramLimit: 1300,
}

/** Methods that some RFC defines: refused with 405 rather than 501 when we do not serve them (RFC 3261 §8.2.1, §21.5.2). */
export const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS)
