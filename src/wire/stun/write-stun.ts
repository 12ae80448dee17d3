/** Writes STUN messages (RFC 8489 §5), with MESSAGE-INTEGRITY when a key is given and FINGERPRINT unless told otherwise. */
import { addressBytes } from './ip-address.ts'
import { fingerprintOf, integrityOf } from './message-integrity.ts'
import {
  ATTRIBUTE,
  MAGIC_COOKIE,
  STUN_HEADER_BYTES,
  type StunAttribute,
  type StunClass,
  type StunMessage,
  type TransportAddress,
} from './stun-message.ts'

const CLASS_BITS: Readonly<Record<StunClass, number>> = { request: 0, indication: 0x0010, success: 0x0100, error: 0x0110 }
const utf8 = new TextEncoder()

export interface StunProtection {
  /** Short-term: the peer's password (RFC 8445 §7.1.1). */
  readonly key: Uint8Array | null
  readonly fingerprint: boolean
}

/** Throws on our own mistakes only: a transaction id that is not 24 hex characters, an address that is none. */
export function printStun(message: StunMessage, protection: StunProtection = { key: null, fingerprint: true }): Uint8Array {
  if (!/^[0-9a-f]{24}$/.test(message.transaction)) throw new Error('a STUN transaction id is 24 lower-case hex characters')
  const transaction = Uint8Array.from(Buffer.from(message.transaction, 'hex'))
  const values = message.attributes.map(a => ({ type: typeOf(a), value: valueBytes(a, transaction) }))
  let size = STUN_HEADER_BYTES
  for (const v of values) size += 4 + padded(v.value.length)
  const integrityAt = size
  if (protection.key !== null) size += 24
  const fingerprintAt = size
  if (protection.fingerprint) size += 8
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  const m = message.method
  view.setUint16(0, ((m & 0xf80) << 2) | ((m & 0x70) << 1) | (m & 0x0f) | CLASS_BITS[message.class])
  view.setUint16(2, size - STUN_HEADER_BYTES)
  view.setUint32(4, MAGIC_COOKIE)
  bytes.set(transaction, 8)
  let at = STUN_HEADER_BYTES
  for (const v of values) {
    view.setUint16(at, v.type)
    view.setUint16(at + 2, v.value.length)
    bytes.set(v.value, at + 4)
    at += 4 + padded(v.value.length)
  }
  if (protection.key !== null) {
    view.setUint16(at, ATTRIBUTE.messageIntegrity)
    view.setUint16(at + 2, 20)
    bytes.set(integrityOf(bytes, integrityAt, protection.key), at + 4)
  }
  if (protection.fingerprint) {
    view.setUint16(fingerprintAt, ATTRIBUTE.fingerprint)
    view.setUint16(fingerprintAt + 2, 4)
    view.setUint32(fingerprintAt + 4, fingerprintOf(bytes, fingerprintAt))
  }
  return bytes
}

const TYPES: Readonly<Record<Exclude<StunAttribute['kind'], 'other'>, number>> = {
  'xor-mapped-address': ATTRIBUTE.xorMappedAddress,
  'mapped-address': ATTRIBUTE.mappedAddress,
  username: ATTRIBUTE.username,
  realm: ATTRIBUTE.realm,
  nonce: ATTRIBUTE.nonce,
  software: ATTRIBUTE.software,
  'error-code': ATTRIBUTE.errorCode,
  'unknown-attributes': ATTRIBUTE.unknownAttributes,
  priority: ATTRIBUTE.priority,
  'use-candidate': ATTRIBUTE.useCandidate,
  'ice-controlled': ATTRIBUTE.iceControlled,
  'ice-controlling': ATTRIBUTE.iceControlling,
}

function typeOf(a: StunAttribute): number {
  return a.kind === 'other' ? a.type : TYPES[a.kind]
}

function valueBytes(a: StunAttribute, transaction: Uint8Array): Uint8Array {
  switch (a.kind) {
    case 'xor-mapped-address':
      return addressValue(a.value, transaction)
    case 'mapped-address':
      return addressValue(a.value, null)
    case 'username':
    case 'realm':
    case 'nonce':
    case 'software':
      return utf8.encode(a.value)
    case 'error-code': {
      const reason = utf8.encode(a.reason)
      const value = new Uint8Array(4 + reason.length)
      value[2] = Math.floor(a.code / 100)
      value[3] = a.code % 100
      value.set(reason, 4)
      return value
    }
    case 'unknown-attributes': {
      const value = new Uint8Array(a.types.length * 2)
      a.types.forEach((type, i) => {
        value[2 * i] = type >>> 8
        value[2 * i + 1] = type & 0xff
      })
      return value
    }
    case 'priority': {
      const value = new Uint8Array(4)
      new DataView(value.buffer).setUint32(0, a.value)
      return value
    }
    case 'use-candidate':
      return new Uint8Array(0)
    case 'ice-controlled':
    case 'ice-controlling':
      return Uint8Array.from(Buffer.from(a.tieBreaker, 'hex'))
    case 'other':
      return a.value
  }
}

function addressValue(to: TransportAddress, transaction: Uint8Array | null): Uint8Array {
  const ip = addressBytes(to.address)
  if (ip === null) throw new Error('a mapped address must be an IP address')
  const value = new Uint8Array(4 + ip.length)
  const view = new DataView(value.buffer)
  value[1] = ip.length === 4 ? 1 : 2
  view.setUint16(2, transaction === null ? to.port : to.port ^ (MAGIC_COOKIE >>> 16))
  value.set(ip, 4)
  if (transaction !== null) {
    view.setUint32(4, (view.getUint32(4) ^ MAGIC_COOKIE) >>> 0)
    for (let i = 4; i < ip.length; i++) value[4 + i] = value[4 + i]! ^ transaction[i - 4]!
  }
  return value
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3
}
