/** The key parameter of `a=crypto:` (RFC 4568 §6.1): `inline:base64(key‖salt)[|lifetime][|MKI:length]`. */
import { fault, ok, type Result } from '../../kernel/result.ts'
import { SRTP_SUITES, type SrtpSuiteName } from './suite.ts'

export interface MasterKey {
  readonly key: Uint8Array
  readonly salt: Uint8Array
}

export interface SdesKey extends MasterKey {
  /** base64 of key‖salt, as other rooms pass it on. */
  readonly base64: string
  /** As written: '2^20' or '1048576'; null when not given. */
  readonly lifetime: string | null
  /** We do not put MKIs into packets: a line that asks for one (non-null) is to be passed over. */
  readonly mki: { readonly value: number; readonly bytes: number } | null
}

/** Reads one key for `suite`. Several keys in one line need MKIs and are refused. Messages never hold key material. */
export function parseSdesKey(keyParams: string, suite: SrtpSuiteName): Result<SdesKey> {
  if (keyParams.length > 512) return fault('srtp-key', 'key parameters are too long', 0)
  if (keyParams.includes(';')) return fault('srtp-key', 'several keys in one crypto line are not supported', 0)
  if (!keyParams.toLowerCase().startsWith('inline:')) return fault('srtp-key', 'the key method is not inline', 0)
  const [base64, ...rest] = keyParams.slice(7).split('|')
  const master = masterKeyOf(base64!, suite)
  if (!master.ok) return master
  let lifetime: string | null = null
  let mki: SdesKey['mki'] = null
  for (const part of rest) {
    const m = /^(\d{1,15}):(\d{1,3})$/.exec(part)
    if (m !== null && mki === null) mki = { value: Number(m[1]), bytes: Number(m[2]) }
    else if (/^(2\^)?\d{1,15}$/.test(part) && lifetime === null && mki === null) lifetime = part
    else return fault('srtp-key', 'lifetime or MKI is malformed', 0)
  }
  return ok({ ...master.value, base64: base64!, lifetime, mki })
}

/** Splits base64 of key‖salt, whose length must be the suite's. Missing `=` padding is forgiven, as phones forget it. */
export function masterKeyOf(base64: string, suite: SrtpSuiteName): Result<MasterKey> {
  const facts = SRTP_SUITES[suite]
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return fault('srtp-key', 'the key is not base64', 0)
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  const wanted = facts.keyBytes + facts.saltBytes
  if (bytes.length !== wanted) return fault('srtp-key', `the key of ${suite} must have ${wanted} bytes, not ${bytes.length}`, 0)
  return ok({ key: bytes.subarray(0, facts.keyBytes), salt: bytes.subarray(facts.keyBytes) })
}

/** `inline:…` for our own line; we state neither lifetime nor MKI. */
export function printSdesKey(master: MasterKey): string {
  return 'inline:' + base64Of(master)
}

export function base64Of(master: MasterKey): string {
  return Buffer.concat([master.key, master.salt]).toString('base64')
}

/** Makes a master key from random bytes of the caller; `hex` must hold at least key and salt (46 bytes serve every suite). */
export function masterKeyFromHex(hex: string, suite: SrtpSuiteName): MasterKey {
  const facts = SRTP_SUITES[suite]
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  if (bytes.length < facts.keyBytes + facts.saltBytes) throw new Error(`${suite} needs ${facts.keyBytes + facts.saltBytes} random bytes`)
  return { key: bytes.slice(0, facts.keyBytes), salt: bytes.slice(facts.keyBytes, facts.keyBytes + facts.saltBytes) }
}
