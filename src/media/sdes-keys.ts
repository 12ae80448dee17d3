/** SDES keys in SDP (RFC 4568): which `a=crypto` line to take, and our own keys cut from the leg's seed. */
import { createHash } from 'node:crypto'
import type { CryptoAttribute } from '../wire/sdp/crypto-attribute.ts'
import { base64Of, parseSdesKey } from '../wire/srtp/sdes-key.ts'
import { isSrtpSuite, SRTP_SUITES } from '../wire/srtp/suite.ts'
import type { SrtpSuite } from './leg-media.ts'

/** What we offer, in order: the one that every phone knows first. */
export const offeredSuites: readonly SrtpSuite[] = [
  'AES_CM_128_HMAC_SHA1_80',
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
  'AES_CM_128_HMAC_SHA1_32',
]

/**
 * Our key for a suite, drawn from the leg's seed, base64: the same for the leg's life, and another for each suite, so that a change of suite never
 * repeats a key stream. Null when the seed is too short to be one.
 */
export function localKey(seed: string, suite: SrtpSuite): string | null {
  const bytes = Buffer.from(seed, 'base64')
  if (bytes.length < keyBytes('AEAD_AES_256_GCM')) return null
  return createHash('sha512').update(bytes).update(suite).digest().subarray(0, keyBytes(suite)).toString('base64')
}

export interface ChosenCrypto {
  readonly tag: number
  readonly suite: SrtpSuite
  /** base64 key‖salt of the peer. */
  readonly key: string
}

/** The first line that we can use (RFC 4568 §5.1.2), or null. */
export function chooseCrypto(lines: readonly CryptoAttribute[]): ChosenCrypto | null {
  for (const { tag, suite, keyParams, sessionParams } of lines) {
    if (!isSrtpSuite(suite)) continue
    // WSH only advises a replay window. Anything else would change how packets look: not ours (§6.3).
    if (!sessionParams.every(p => p.startsWith('WSH=') || p.startsWith('-'))) continue
    const key = parseSdesKey(keyParams, suite)
    // An MKI would lengthen every packet (§6.1).
    if (key.ok && key.value.mki === null) return { tag, suite, key: base64Of(key.value) }
  }
  return null
}

/** Master key and salt together (RFC 4568 §6.2, RFC 7714 §12). */
function keyBytes(suite: SrtpSuite): number {
  return SRTP_SUITES[suite].keyBytes + SRTP_SUITES[suite].saltBytes
}
