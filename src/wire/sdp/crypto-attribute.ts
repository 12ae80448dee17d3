import { readNumber, splitWords } from './words.ts'

/** `a=crypto:` (RFC 4568 §9.1): tag, suite, key parameters, session parameters. The keys themselves are read in `wire/srtp`. */
export interface CryptoAttribute {
  readonly tag: number
  /** 'AES_CM_128_HMAC_SHA1_80' and others; unknown suites are kept, the answerer picks one it knows. */
  readonly suite: string
  /** `inline:…`, several separated by ';' as written. */
  readonly keyParams: string
  /** 'KDR=…', 'UNENCRYPTED_SRTP' …; an unknown one without a leading '-' makes the line unusable (§6.3.7). */
  readonly sessionParams: readonly string[]
}

/** The value after `a=crypto:`; null when it is not one. */
export function parseCryptoAttribute(value: string): CryptoAttribute | null {
  const parts = splitWords(value)
  const [tagText, suite, keyParams] = parts
  if (tagText === undefined || suite === undefined || keyParams === undefined) return null
  const tag = readNumber(tagText, 999_999_999)
  return tag < 0 ? null : { tag, suite, keyParams, sessionParams: parts.slice(3) }
}

export function printCryptoAttribute(c: CryptoAttribute): string {
  const head = c.tag + ' ' + c.suite + ' ' + c.keyParams
  return c.sessionParams.length === 0 ? head : head + ' ' + c.sessionParams.join(' ')
}
