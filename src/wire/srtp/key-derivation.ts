/** Session keys from the master key (RFC 3711 §4.3, AES-CM as pseudo-random function, key derivation rate 0; RFC 7714 §11). */
import { createCipheriv } from 'node:crypto'
import type { MasterKey } from './sdes-key.ts'
import { SRTP_SUITES, type SrtpSuiteName } from './suite.ts'

export interface SessionKeys {
  readonly cipherKey: Uint8Array
  readonly authKey: Uint8Array
  readonly salt: Uint8Array
}

const AUTH_KEY_BYTES = 20

/** The labels of RFC 3711 §4.3.2: encryption, authentication and salt for RTP, then the same for RTCP. */
export function deriveSessionKeys(master: MasterKey, suite: SrtpSuiteName): { readonly rtp: SessionKeys; readonly rtcp: SessionKeys } {
  const facts = SRTP_SUITES[suite]
  const of = (label: number): SessionKeys => ({
    cipherKey: deriveKey(master, label, facts.keyBytes),
    authKey: facts.aead ? new Uint8Array(0) : deriveKey(master, label + 1, AUTH_KEY_BYTES),
    salt: deriveKey(master, label + 2, facts.saltBytes),
  })
  return { rtp: of(0), rtcp: of(3) }
}

/** `bytes` of AES-CM key stream under the master key, at IV (label * 2^48 XOR salt) * 2^16. A 96-bit salt is taken times 2^16 (RFC 7714 §11). */
export function deriveKey(master: MasterKey, label: number, bytes: number): Uint8Array {
  const iv = new Uint8Array(16)
  iv.set(master.salt.subarray(0, 14))
  iv[7] = iv[7]! ^ label
  const cipher = createCipheriv(master.key.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr', master.key, iv)
  return Uint8Array.from(cipher.update(new Uint8Array(bytes)))
}
