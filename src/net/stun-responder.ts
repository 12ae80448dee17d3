/** STUN binding requests on the SIP port (RFC 5626 §3.5.2, RFC 8489): a telephone behind a NAT keeps its flow open and learns its address. */
import { parseStun } from '../wire/stun/parse-stun.ts'
import { BINDING, bindingSuccess, stunError, unknownRequiredTypes } from '../wire/stun/stun-message.ts'
import { printStun } from '../wire/stun/write-stun.ts'
import type { UdpEvents } from './udp-transport.ts'

/** Give this to `openTransports` as `onStun`. Whatever is no binding request gets no answer. */
export const answerStun: NonNullable<UdpEvents['onStun']> = (bytes, remote, reply) => {
  const read = parseStun(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (!read.ok || read.value.class !== 'request' || read.value.method !== BINDING) return
  // RFC 5626 §8: on this port nobody is asked for credentials; attributes that must be understood and are not get 420.
  const unknown = unknownRequiredTypes(read.value)
  const mapped = { address: remote.host, port: remote.port }
  const answer = unknown.length > 0 ? stunError(read.value, 420, 'Unknown Attribute') : bindingSuccess(read.value, mapped)
  reply(printStun(answer, { key: null, fingerprint: false }))
}
