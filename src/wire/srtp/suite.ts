/** The protection suites we offer and accept (RFC 4568 §6.2, RFC 7714 §14.2). */
export type SrtpSuiteName = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32' | 'AEAD_AES_128_GCM' | 'AEAD_AES_256_GCM'

export interface SrtpSuiteFacts {
  readonly keyBytes: number
  readonly saltBytes: number
  /** Authentication tag of RTP and of RTCP packets: the latter keeps 80 bits even in the _32 suite (RFC 4568 §6.2.2). */
  readonly rtpTagBytes: number
  readonly rtcpTagBytes: number
  readonly aead: boolean
}

export const SRTP_SUITES: Readonly<Record<SrtpSuiteName, SrtpSuiteFacts>> = {
  AES_CM_128_HMAC_SHA1_80: { keyBytes: 16, saltBytes: 14, rtpTagBytes: 10, rtcpTagBytes: 10, aead: false },
  AES_CM_128_HMAC_SHA1_32: { keyBytes: 16, saltBytes: 14, rtpTagBytes: 4, rtcpTagBytes: 10, aead: false },
  AEAD_AES_128_GCM: { keyBytes: 16, saltBytes: 12, rtpTagBytes: 16, rtcpTagBytes: 16, aead: true },
  AEAD_AES_256_GCM: { keyBytes: 32, saltBytes: 12, rtpTagBytes: 16, rtcpTagBytes: 16, aead: true },
}

export function isSrtpSuite(name: string): name is SrtpSuiteName {
  return Object.hasOwn(SRTP_SUITES, name)
}

/** Room a buffer needs beyond the plain packet, for any suite: tag and SRTCP index. */
export const SRTP_MAX_OVERHEAD = 20
