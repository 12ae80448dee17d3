/** STUN messages as values (RFC 8489 §5, §14; ICE attributes RFC 8445 §16.1). */

export type StunClass = 'request' | 'indication' | 'success' | 'error'

export const BINDING = 0x001
export const MAGIC_COOKIE = 0x2112a442
export const STUN_HEADER_BYTES = 20

export interface TransportAddress {
  /** IPv4 in dots or IPv6 as RFC 5952 writes it. */
  readonly address: string
  readonly port: number
}

export interface StunMessage {
  readonly class: StunClass
  readonly method: number
  /** 12 bytes as 24 lower-case hex characters. */
  readonly transaction: string
  /** Without MESSAGE-INTEGRITY and FINGERPRINT, which belong to the bytes. */
  readonly attributes: readonly StunAttribute[]
}

export type StunAttribute =
  | { readonly kind: 'xor-mapped-address'; readonly value: TransportAddress }
  | { readonly kind: 'mapped-address'; readonly value: TransportAddress }
  | { readonly kind: 'username'; readonly value: string }
  | { readonly kind: 'realm'; readonly value: string }
  | { readonly kind: 'nonce'; readonly value: string }
  | { readonly kind: 'software'; readonly value: string }
  | { readonly kind: 'error-code'; readonly code: number; readonly reason: string }
  | { readonly kind: 'unknown-attributes'; readonly types: readonly number[] }
  | { readonly kind: 'priority'; readonly value: number }
  | { readonly kind: 'use-candidate' }
  /** The tie-breaker, 16 hex characters. */
  | { readonly kind: 'ice-controlled'; readonly tieBreaker: string }
  | { readonly kind: 'ice-controlling'; readonly tieBreaker: string }
  | { readonly kind: 'other'; readonly type: number; readonly value: Uint8Array }

export const ATTRIBUTE = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  software: 0x8022,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const

/** The first attribute of a kind. */
export function stunAttribute<K extends StunAttribute['kind']>(
  message: StunMessage,
  kind: K,
): Extract<StunAttribute, { readonly kind: K }> | undefined {
  for (const a of message.attributes) if (a.kind === kind) return a as Extract<StunAttribute, { readonly kind: K }>
  return undefined
}

/** Types we do not know and must (below 0x8000, RFC 8489 §14): a request with any is answered 420. */
export function unknownRequiredTypes(message: StunMessage): number[] {
  const types: number[] = []
  for (const a of message.attributes) if (a.kind === 'other' && a.type < 0x8000) types.push(a.type)
  return types
}

/** The answer to a binding request: where it came from, as we saw it (RFC 8489 §6.3.1.1). */
export function bindingSuccess(request: StunMessage, from: TransportAddress): StunMessage {
  return {
    class: 'success',
    method: request.method,
    transaction: request.transaction,
    attributes: [{ kind: 'xor-mapped-address', value: from }],
  }
}

/** 400 Bad Request, 401 Unauthenticated, 420 Unknown Attribute, 487 Role Conflict … */
export function stunError(request: StunMessage, code: number, reason: string): StunMessage {
  const attributes: StunAttribute[] = [{ kind: 'error-code', code, reason }]
  if (code === 420) attributes.push({ kind: 'unknown-attributes', types: unknownRequiredTypes(request) })
  return { class: 'error', method: request.method, transaction: request.transaction, attributes }
}
