/** Reads one STUN message (RFC 8489 §5). Bounded by its own length; never throws. */
import { fault, ok, type Result } from '../../kernel/result.ts'
import { addressText } from './ip-address.ts'
import { fingerprintOf, integrityMatches } from './message-integrity.ts'
import {
  ATTRIBUTE,
  MAGIC_COOKIE,
  STUN_HEADER_BYTES,
  type StunAttribute,
  type StunClass,
  type StunMessage,
  type TransportAddress,
} from './stun-message.ts'

const CLASSES: readonly StunClass[] = ['request', 'indication', 'success', 'error']
const utf8 = new TextDecoder('utf-8')

export interface ReceivedStun extends StunMessage {
  /** Whether a (correct) FINGERPRINT was there; a wrong one makes the message a fault. */
  readonly fingerprint: boolean
  /** 'absent', or how the message fares against a key. */
  readonly integrity: 'absent' | ((key: Uint8Array) => boolean)
}

/** Reads `bytes[0, length)`. The integrity check refers to the bytes: do it before the buffer is used again. */
export function parseStun(bytes: Uint8Array, length: number = bytes.length): Result<ReceivedStun> {
  if (length < STUN_HEADER_BYTES || length > bytes.length || bytes[0]! >= 0x40) return fault('stun-header', 'no STUN header', 0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  if (view.getUint32(4) !== MAGIC_COOKIE) return fault('stun-header', 'no magic cookie', 4)
  const end = STUN_HEADER_BYTES + view.getUint16(2)
  if (end !== length || (end & 3) !== 0) return fault('stun-length', 'length field does not match what arrived', 2)
  const attributes: StunAttribute[] = []
  let fingerprint = false
  let integrityAt = -1
  for (let at = STUN_HEADER_BYTES; at < end; ) {
    if (at + 4 > end) return fault('stun-attribute', 'attribute is cut short', at)
    const type = view.getUint16(at)
    const size = view.getUint16(at + 2)
    const from = at + 4
    const next = from + ((size + 3) & ~3)
    if (next > end) return fault('stun-attribute', 'attribute is longer than the message', at)
    if (type === ATTRIBUTE.fingerprint) {
      if (size !== 4 || next !== end || view.getUint32(from) !== fingerprintOf(bytes, at))
        return fault('stun-fingerprint', 'fingerprint is wrong or not last', at)
      fingerprint = true
    } else if (type === ATTRIBUTE.messageIntegrity) {
      if (size !== 20) return fault('stun-attribute', 'MESSAGE-INTEGRITY must have 20 bytes', at)
      if (integrityAt < 0) integrityAt = at
    } else if (integrityAt < 0) {
      // What follows MESSAGE-INTEGRITY is not protected and is to be ignored (§14.5).
      const attribute = readAttribute(view, bytes, type, from, size)
      if (attribute === null) return fault('stun-attribute', `attribute 0x${type.toString(16)} is malformed`, at)
      attributes.push(attribute)
    }
    at = next
  }
  const kind = ((bytes[0]! & 1) << 1) | ((bytes[1]! & 0x10) >> 4)
  return ok({
    class: CLASSES[kind]!,
    method: ((bytes[0]! & 0x3e) << 6) | ((bytes[1]! & 0xe0) >> 1) | (bytes[1]! & 0x0f),
    transaction: hexOf(bytes, 8, 12),
    attributes,
    fingerprint,
    integrity: integrityAt < 0 ? 'absent' : key => integrityMatches(bytes, integrityAt, key),
  })
}

function readAttribute(v: DataView, bytes: Uint8Array, type: number, from: number, size: number): StunAttribute | null {
  switch (type) {
    case ATTRIBUTE.mappedAddress:
    case ATTRIBUTE.xorMappedAddress: {
      const value = readAddress(v, bytes, from, size, type === ATTRIBUTE.xorMappedAddress)
      if (value === null) return null
      return { kind: type === ATTRIBUTE.mappedAddress ? 'mapped-address' : 'xor-mapped-address', value }
    }
    case ATTRIBUTE.username:
      return size > 513 ? null : { kind: 'username', value: text(bytes, from, size) }
    case ATTRIBUTE.realm:
      return { kind: 'realm', value: text(bytes, from, size) }
    case ATTRIBUTE.nonce:
      return { kind: 'nonce', value: text(bytes, from, size) }
    case ATTRIBUTE.software:
      return { kind: 'software', value: text(bytes, from, size) }
    case ATTRIBUTE.errorCode:
      if (size < 4) return null
      return { kind: 'error-code', code: (v.getUint8(from + 2) & 7) * 100 + v.getUint8(from + 3), reason: text(bytes, from + 4, size - 4) }
    case ATTRIBUTE.unknownAttributes: {
      const types: number[] = []
      for (let i = 0; i + 1 < size; i += 2) types.push(v.getUint16(from + i))
      return { kind: 'unknown-attributes', types }
    }
    case ATTRIBUTE.priority:
      return size === 4 ? { kind: 'priority', value: v.getUint32(from) } : null
    case ATTRIBUTE.useCandidate:
      return size === 0 ? { kind: 'use-candidate' } : null
    case ATTRIBUTE.iceControlled:
      return size === 8 ? { kind: 'ice-controlled', tieBreaker: hexOf(bytes, from, 8) } : null
    case ATTRIBUTE.iceControlling:
      return size === 8 ? { kind: 'ice-controlling', tieBreaker: hexOf(bytes, from, 8) } : null
    default:
      return { kind: 'other', type, value: new Uint8Array(bytes.subarray(from, from + size)) }
  }
}

function readAddress(v: DataView, bytes: Uint8Array, from: number, size: number, xor: boolean): TransportAddress | null {
  const ipBytes = size === 8 && v.getUint8(from + 1) === 1 ? 4 : size === 20 && v.getUint8(from + 1) === 2 ? 16 : 0
  if (ipBytes === 0) return null
  const ip = new Uint8Array(bytes.subarray(from + 4, from + 4 + ipBytes))
  // The key to XOR with is the cookie followed by the transaction id, which lie side by side in the header (§14.2).
  if (xor) for (let i = 0; i < ipBytes; i++) ip[i] = ip[i]! ^ bytes[4 + i]!
  const port = v.getUint16(from + 2) ^ (xor ? MAGIC_COOKIE >>> 16 : 0)
  return { address: addressText(ip, 0, ipBytes), port }
}

function text(bytes: Uint8Array, from: number, size: number): string {
  return utf8.decode(bytes.subarray(from, from + size))
}

function hexOf(bytes: Uint8Array, from: number, size: number): string {
  let out = ''
  for (let i = from; i < from + size; i++) out += (bytes[i]! + 0x100).toString(16).slice(1)
  return out
}
