/**
 * Session descriptions as values (RFC 8866, and RFC 4566 as phones still write it).
 * What offer/answer needs is lifted out into typed fields; every other attribute is kept, in order, in `attributes`.
 * Absent single fields are `null`, absent lists are empty.
 */
import type { Candidate } from './candidate.ts'
import type { CryptoAttribute } from './crypto-attribute.ts'

export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

export interface SessionDescription {
  readonly origin: Origin
  /** `s=`; a single dash or a space where nobody has a name for the session. */
  readonly name: string
  readonly information: string | null
  readonly uri: string | null
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly connection: Connection | null
  readonly bandwidths: readonly Bandwidth[]
  readonly times: readonly Timing[]
  /** `k=` and `z=` as written: obsolete or unused in telephony, kept so that nothing is lost. */
  readonly zone: string | null
  readonly key: string | null
  readonly direction: SdpDirection | null
  readonly groups: readonly Group[]
  readonly iceLite: boolean
  readonly ice: IceAttributes
  readonly dtls: DtlsAttributes
  readonly attributes: readonly Attribute[]
  readonly media: readonly MediaDescription[]
}

/** `o=` (RFC 8866 §5.2). Ids may pass 2^53, hence strings of digits. */
export interface Origin {
  readonly username: string
  readonly sessionId: string
  readonly sessionVersion: string
  readonly family: AddressFamily
  readonly address: string
}

export type AddressFamily = 'IP4' | 'IP6'

/** `c=`; multicast TTL and count stay in the address as written. */
export interface Connection {
  readonly family: AddressFamily
  readonly address: string
}

export interface Bandwidth {
  readonly type: string
  readonly value: number
}

export interface Timing {
  readonly start: string
  readonly stop: string
  readonly repeats: readonly string[]
}

/** `a=group:` (RFC 5888), e.g. BUNDLE. */
export interface Group {
  readonly semantics: string
  readonly mids: readonly string[]
}

/** ICE parameters (RFC 8839); at session level they are defaults for the media. */
export interface IceAttributes {
  readonly ufrag: string | null
  readonly pwd: string | null
  readonly options: string | null
}

/** DTLS parameters (RFC 8122, RFC 4145 as used by RFC 5763). */
export interface DtlsAttributes {
  readonly fingerprints: readonly Fingerprint[]
  readonly setup: 'active' | 'passive' | 'actpass' | 'holdconn' | null
}

export interface Fingerprint {
  /** Lower case: `sha-256`. */
  readonly hash: string
  /** Upper-case hex pairs with colons. */
  readonly value: string
}

/** An attribute this room does not interpret; `value` is null for a flag such as `a=foo`. */
export interface Attribute {
  readonly name: string
  readonly value: string | null
}

export interface RtpMap {
  readonly payloadType: number
  /** As written; compare without regard to case (RFC 4855 §3). */
  readonly encoding: string
  readonly clockHz: number
  readonly channels: number
}

/** `a=fmtp:`; the format is text because T.38 and others are not numbers. */
export interface FormatParameters {
  readonly format: string
  readonly parameters: string
}

export interface MediaDescription {
  /** 'audio', 'video', 'image' … */
  readonly kind: string
  /** 0 refuses or ends the stream (RFC 3264 §6). */
  readonly port: number
  /** The `/count` after the port; 1 when not written. */
  readonly portCount: number
  /** 'RTP/AVP', 'RTP/SAVP', 'UDP/TLS/RTP/SAVPF', 'udptl' … */
  readonly protocol: string
  readonly formats: readonly string[]
  readonly information: string | null
  /** Several only for layered multicast; telephony has at most one. */
  readonly connections: readonly Connection[]
  readonly bandwidths: readonly Bandwidth[]
  readonly key: string | null
  readonly rtpMaps: readonly RtpMap[]
  readonly formatParameters: readonly FormatParameters[]
  readonly ptimeMs: number | null
  readonly maxptimeMs: number | null
  readonly direction: SdpDirection | null
  readonly rtcp: RtcpAddress | null
  readonly rtcpMux: boolean
  readonly crypto: readonly CryptoAttribute[]
  readonly mid: string | null
  readonly ice: IceAttributes
  readonly candidates: readonly Candidate[]
  readonly endOfCandidates: boolean
  readonly dtls: DtlsAttributes
  readonly attributes: readonly Attribute[]
}

/** `a=rtcp:` (RFC 3605). */
export interface RtcpAddress {
  readonly port: number
  readonly connection: Connection | null
}

const NO_ICE: IceAttributes = { ufrag: null, pwd: null, options: null }
const NO_DTLS: DtlsAttributes = { fingerprints: [], setup: null }

/** A description with nothing in it but its origin, to be spread over. */
export function emptySession(origin: Origin): SessionDescription {
  return {
    origin,
    name: '-',
    information: null,
    uri: null,
    emails: [],
    phones: [],
    connection: null,
    bandwidths: [],
    times: [{ start: '0', stop: '0', repeats: [] }],
    zone: null,
    key: null,
    direction: null,
    groups: [],
    iceLite: false,
    ice: NO_ICE,
    dtls: NO_DTLS,
    attributes: [],
    media: [],
  }
}

/** A media line with nothing said about it, to be spread over. */
export function emptyMedia(kind: string, port: number, protocol: string, formats: readonly string[]): MediaDescription {
  return {
    kind,
    port,
    portCount: 1,
    protocol,
    formats,
    information: null,
    connections: [],
    bandwidths: [],
    key: null,
    rtpMaps: [],
    formatParameters: [],
    ptimeMs: null,
    maxptimeMs: null,
    direction: null,
    rtcp: null,
    rtcpMux: false,
    crypto: [],
    mid: null,
    ice: NO_ICE,
    candidates: [],
    endOfCandidates: false,
    dtls: NO_DTLS,
    attributes: [],
  }
}
