/** RTCP packets as values (RFC 3550 §6, RFC 3611). They come once in seconds, so plain objects will do. */
import type { XrBlock } from './extended-report.ts'

export type RtcpPacket = SenderReport | ReceiverReport | SourceDescription | Goodbye | ExtendedReport | OtherRtcp

export interface SenderReport {
  readonly kind: 'sender-report'
  readonly ssrc: number
  /** Seconds since 1900 and fraction in 2^-32 s. */
  readonly ntpSeconds: number
  readonly ntpFraction: number
  readonly rtpTimestamp: number
  readonly packets: number
  /** Payload bytes, headers and padding left out. */
  readonly octets: number
  readonly reports: readonly ReportBlock[]
}

export interface ReceiverReport {
  readonly kind: 'receiver-report'
  readonly ssrc: number
  readonly reports: readonly ReportBlock[]
}

/** What a receiver says about one source (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number
  /** Share lost since the previous report, in 1/256. */
  readonly fractionLost: number
  /** 24 bits with a sign: duplicates can make it negative. */
  readonly cumulativeLost: number
  readonly extendedHighest: number
  /** In clock units of the stream. */
  readonly jitter: number
  /** Middle 32 bits of the last SR's NTP time; 0 when none came. */
  readonly lastSr: number
  /** Since that SR, in 1/65536 s. */
  readonly delaySinceLastSr: number
}

export interface SourceDescription {
  readonly kind: 'source-description'
  readonly chunks: readonly { readonly ssrc: number; readonly items: readonly SdesItem[] }[]
}

export interface SdesItem {
  /** 1 CNAME, 2 NAME, 6 TOOL … (RFC 3550 §6.5). */
  readonly type: number
  /** At most 255 bytes of UTF-8. */
  readonly text: string
}

export const SDES_CNAME = 1

export interface Goodbye {
  readonly kind: 'goodbye'
  readonly sources: readonly number[]
  readonly reason: string | null
}

export interface ExtendedReport {
  readonly kind: 'extended-report'
  readonly ssrc: number
  readonly blocks: readonly XrBlock[]
}

/** APP and feedback packets, kept as they came: `count` is the five-bit field, `body` all after the first four bytes. */
export interface OtherRtcp {
  readonly kind: 'other'
  readonly type: number
  readonly count: number
  readonly body: Uint8Array
}

export const TYPE_SR = 200
export const TYPE_RR = 201
export const TYPE_SDES = 202
export const TYPE_BYE = 203
export const TYPE_XR = 207
