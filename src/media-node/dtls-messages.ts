/** Between the media thread and the thread that shakes hands (its arithmetic takes milliseconds, which packets do not have). */
export type ToDtls =
  | { readonly do: 'open'; readonly id: number; readonly role: 'active' | 'passive'; readonly remoteFingerprint: string | null }
  | { readonly do: 'packet'; readonly id: number; readonly bytes: Uint8Array }
  /** Where the peer is has become known: an active side may begin. */
  | { readonly do: 'begin'; readonly id: number }
  | { readonly do: 'close'; readonly id: number }

export type FromDtls =
  | { readonly is: 'packet'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly is: 'keys'; readonly id: number; readonly keys: DtlsKeys }
  | { readonly is: 'failed'; readonly id: number; readonly message: string }

/** What DTLS-SRTP (RFC 5764 §4.2) exports; base64 of key‖salt. */
export interface DtlsKeys {
  readonly suite: 'AES_CM_128_HMAC_SHA1_80' | 'AEAD_AES_128_GCM'
  readonly localKey: string
  readonly remoteKey: string
}
