/**
 * Globally routable user agent URIs (RFC 5627). A public one is the AOR with the instance in `gr`. A temporary one hides who it is:
 * its user part is the instance's number, salted and encrypted (after Appendix A.2), so that two of the same telephone cannot be linked.
 */
import { createCipheriv, createDecipheriv, createHmac, hash, timingSafeEqual } from 'node:crypto'
import { parseUri, printUri, type SipUri } from '../../wire/sip/uri.ts'

export class TempGruuCodec {
  private readonly cipherKey: Buffer
  private readonly macKey: string

  /** `key`: random, kept across restarts for as long as the bindings are. */
  constructor(key: string) {
    this.cipherKey = Buffer.from(hash('sha256', `gruu cipher ${key}`, 'hex'), 'hex').subarray(0, 16)
    this.macKey = `gruu mac ${key}`
  }

  /** The user part for an instance's number (below 2^53). `salt`: 8 random bytes in hex. */
  encode(id: number, salt: string): string {
    const block = Buffer.alloc(16)
    block.write(salt.slice(0, 16), 0, 'hex')
    block.writeBigUInt64BE(BigInt(id), 8)
    const cipher = createCipheriv('aes-128-ecb', this.cipherKey, null).setAutoPadding(false)
    const sealed = Buffer.concat([cipher.update(block), cipher.final()])
    return `tgruu.${sealed.toString('hex')}${this.mac(sealed)}`
  }

  decode(user: string): number | undefined {
    if (!/^tgruu\.[0-9a-f]{52}$/.test(user)) return undefined
    const sealed = Buffer.from(user.slice(6, 38), 'hex')
    if (!timingSafeEqual(Buffer.from(this.mac(sealed)), Buffer.from(user.slice(38)))) return undefined
    const decipher = createDecipheriv('aes-128-ecb', this.cipherKey, null).setAutoPadding(false)
    const block = Buffer.concat([decipher.update(sealed), decipher.final()])
    return Number(block.readBigUInt64BE(8))
  }

  private mac(sealed: Buffer): string {
    return createHmac('sha256', this.macKey).update(sealed).digest('hex').slice(0, 20)
  }
}

export type GruuReading =
  | { readonly is: 'public'; readonly aor: string; readonly instance: string }
  | { readonly is: 'temporary'; readonly user: string }

/** What a URI with a `gr` parameter names; undefined when it has none. */
export function readGruu(uri: SipUri): GruuReading | undefined {
  for (const p of uri.params)
    if (p.name === 'gr')
      return p.value === null ? { is: 'temporary', user: uri.user } : { is: 'public', aor: plainAor(uri), instance: p.value }
  return undefined
}

/** `aor` with the instance (RFC 5627 §3.1.1). */
export function publicGruu(aor: string, instance: string): string {
  const uri = parseUri(aor)
  if (!uri.ok || uri.value.scheme === 'tel' || uri.value.scheme === 'other') return aor
  return printUri({ ...uri.value, params: [{ name: 'gr', value: instance }] })
}

function plainAor(uri: SipUri): string {
  return printUri({ scheme: 'sip', user: uri.user, password: null, host: uri.host.toLowerCase(), port: null, params: [], headers: [] })
}
