/** DNS questions and answers as far as SIP asks them (RFC 3263; NAPTR RFC 3403, SRV RFC 2782). */
export type DnsType = 'NAPTR' | 'SRV' | 'A' | 'AAAA'

export interface DnsQuestion {
  readonly type: DnsType
  /** Lower case, without a final dot. */
  readonly name: string
}

export interface NaptrRecord {
  readonly order: number
  readonly preference: number
  readonly flags: string
  readonly service: string
  readonly replacement: string
}

export interface SrvRecord {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

/** Empty lists: there is no such record (or the name server failed, which for choosing a hop comes to the same). */
export type DnsAnswer =
  | { readonly type: 'NAPTR'; readonly records: readonly NaptrRecord[] }
  | { readonly type: 'SRV'; readonly records: readonly SrvRecord[] }
  | { readonly type: 'A' | 'AAAA'; readonly addresses: readonly string[] }

/** What is known already: a cache. */
export type Known = (question: DnsQuestion) => DnsAnswer | undefined
