/** Master keys out of a DTLS handshake (RFC 5764 §4.2): the exporter's bytes cut into client key, server key, client salt, server salt. */
import type { MasterKey } from './sdes-key.ts'
import { SRTP_SUITES, type SrtpSuiteName } from './suite.ts'

/** `use_srtp` protection profiles (RFC 5764 §4.1.2, RFC 7714 §14.2), in the order we prefer them. */
export const DTLS_SRTP_PROFILES: readonly { readonly profile: number; readonly suite: SrtpSuiteName }[] = [
  { profile: 0x0007, suite: 'AEAD_AES_128_GCM' },
  { profile: 0x0008, suite: 'AEAD_AES_256_GCM' },
  { profile: 0x0001, suite: 'AES_CM_128_HMAC_SHA1_80' },
  { profile: 0x0002, suite: 'AES_CM_128_HMAC_SHA1_32' },
]

/** How many bytes to ask the exporter for. */
export function exportedKeyBytes(suite: SrtpSuiteName): number {
  return 2 * (SRTP_SUITES[suite].keyBytes + SRTP_SUITES[suite].saltBytes)
}

/** `client` protects what the DTLS client sends. Throws when there are too few bytes: that is our own mistake. */
export function splitExportedKeys(material: Uint8Array, suite: SrtpSuiteName): { readonly client: MasterKey; readonly server: MasterKey } {
  const { keyBytes: k, saltBytes: s } = SRTP_SUITES[suite]
  if (material.length < exportedKeyBytes(suite)) throw new Error(`${suite} needs ${exportedKeyBytes(suite)} bytes from the DTLS exporter`)
  const own = Uint8Array.from(material)
  return {
    client: { key: own.subarray(0, k), salt: own.subarray(2 * k, 2 * k + s) },
    server: { key: own.subarray(k, 2 * k), salt: own.subarray(2 * k + s, 2 * (k + s)) },
  }
}
