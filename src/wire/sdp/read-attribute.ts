/** Sorts one `a=` line into the typed field it belongs to; what is unknown, malformed or said twice goes to `unknown`. */
import { type Candidate, parseCandidate } from './candidate.ts'
import { type CryptoAttribute, parseCryptoAttribute } from './crypto-attribute.ts'
import type {
  Attribute,
  DtlsAttributes,
  Fingerprint,
  FormatParameters,
  Group,
  RtcpAddress,
  RtpMap,
  SdpDirection,
} from './session-description.ts'
import { readConnection, readNumber, splitWords } from './words.ts'

export interface AttributeBag {
  direction: SdpDirection | null
  ptimeMs: number | null
  maxptimeMs: number | null
  rtcp: RtcpAddress | null
  rtcpMux: boolean
  mid: string | null
  iceUfrag: string | null
  icePwd: string | null
  iceOptions: string | null
  iceLite: boolean
  endOfCandidates: boolean
  setup: DtlsAttributes['setup']
  readonly groups: Group[]
  readonly rtpMaps: RtpMap[]
  readonly formatParameters: FormatParameters[]
  readonly crypto: CryptoAttribute[]
  readonly candidates: Candidate[]
  readonly fingerprints: Fingerprint[]
  readonly unknown: Attribute[]
}

export function emptyBag(): AttributeBag {
  return {
    direction: null,
    ptimeMs: null,
    maxptimeMs: null,
    rtcp: null,
    rtcpMux: false,
    mid: null,
    iceUfrag: null,
    icePwd: null,
    iceOptions: null,
    iceLite: false,
    endOfCandidates: false,
    setup: null,
    groups: [],
    rtpMaps: [],
    formatParameters: [],
    crypto: [],
    candidates: [],
    fingerprints: [],
    unknown: [],
  }
}

/** Reads `text[from, to)`, what follows `a=`. `inMedia` is false above the first `m=` line. */
export function readAttribute(bag: AttributeBag, text: string, from: number, to: number, inMedia: boolean): void {
  let colon = text.indexOf(':', from)
  if (colon < 0 || colon >= to) colon = -1
  const name = text.slice(from, colon < 0 ? to : colon)
  const value = colon < 0 ? null : text.slice(colon + 1, to)
  const taken =
    value === null ? takeFlag(bag, name, inMedia) : inMedia ? takeMediaValue(bag, name, value) : takeSessionValue(bag, name, value)
  if (!taken) bag.unknown.push({ name, value })
}

function takeFlag(bag: AttributeBag, name: string, inMedia: boolean): boolean {
  switch (name) {
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      if (bag.direction !== null) return false
      bag.direction = name
      return true
    case 'rtcp-mux':
      if (!inMedia || bag.rtcpMux) return false
      bag.rtcpMux = true
      return true
    case 'end-of-candidates':
      if (!inMedia || bag.endOfCandidates) return false
      bag.endOfCandidates = true
      return true
    case 'ice-lite':
      if (inMedia || bag.iceLite) return false
      bag.iceLite = true
      return true
    default:
      return false
  }
}

function takeMediaValue(bag: AttributeBag, name: string, value: string): boolean {
  switch (name) {
    case 'rtpmap': {
      const map = readRtpMap(value)
      return map !== null && bag.rtpMaps.push(map) > 0
    }
    case 'fmtp': {
      const blank = value.indexOf(' ')
      if (blank < 1 || blank === value.length - 1) return false
      return bag.formatParameters.push({ format: value.slice(0, blank), parameters: value.slice(blank + 1) }) > 0
    }
    case 'ptime': {
      const ms = readMilliseconds(value)
      if (bag.ptimeMs !== null || ms === null) return false
      bag.ptimeMs = ms
      return true
    }
    case 'maxptime': {
      const ms = readMilliseconds(value)
      if (bag.maxptimeMs !== null || ms === null) return false
      bag.maxptimeMs = ms
      return true
    }
    case 'rtcp': {
      const rtcp = bag.rtcp === null ? readRtcp(value) : null
      if (rtcp === null) return false
      bag.rtcp = rtcp
      return true
    }
    case 'crypto': {
      const crypto = parseCryptoAttribute(value)
      return crypto !== null && bag.crypto.push(crypto) > 0
    }
    case 'candidate': {
      const candidate = parseCandidate(value)
      return candidate !== null && bag.candidates.push(candidate) > 0
    }
    case 'mid': {
      const mid = value.trim()
      if (bag.mid !== null || mid === '') return false
      bag.mid = mid
      return true
    }
    default:
      return takeSharedValue(bag, name, value)
  }
}

function takeSessionValue(bag: AttributeBag, name: string, value: string): boolean {
  if (name !== 'group') return takeSharedValue(bag, name, value)
  const words = splitWords(value)
  const semantics = words.shift()
  return semantics !== undefined && bag.groups.push({ semantics, mids: words }) > 0
}

function takeSharedValue(bag: AttributeBag, name: string, value: string): boolean {
  switch (name) {
    case 'ice-ufrag':
      if (bag.iceUfrag !== null) return false
      bag.iceUfrag = value.trim()
      return true
    case 'ice-pwd':
      if (bag.icePwd !== null) return false
      bag.icePwd = value.trim()
      return true
    case 'ice-options':
      if (bag.iceOptions !== null) return false
      bag.iceOptions = value.trim()
      return true
    case 'fingerprint': {
      const words = splitWords(value)
      if (words.length !== 2) return false
      return bag.fingerprints.push({ hash: words[0]!.toLowerCase(), value: words[1]!.toUpperCase() }) > 0
    }
    case 'setup': {
      const setup = value.trim()
      if (bag.setup !== null || (setup !== 'active' && setup !== 'passive' && setup !== 'actpass' && setup !== 'holdconn')) return false
      bag.setup = setup
      return true
    }
    default:
      return false
  }
}

/** `0 PCMU/8000` or `111 opus/48000/2`. */
function readRtpMap(value: string): RtpMap | null {
  const blank = value.indexOf(' ')
  if (blank < 1) return null
  const payloadType = readNumber(value.slice(0, blank), 127)
  const slash = value.indexOf('/', blank)
  if (payloadType < 0 || slash < 0) return null
  const encoding = value.slice(blank + 1, slash).trim()
  const second = value.indexOf('/', slash + 1)
  const clockHz = readNumber((second < 0 ? value.slice(slash + 1) : value.slice(slash + 1, second)).trim(), 10_000_000)
  const channels = second < 0 ? 1 : readNumber(value.slice(second + 1).trim(), 255)
  if (clockHz < 1 || channels < 1 || encoding === '' || encoding.includes(' ')) return null
  return { payloadType, encoding, clockHz, channels }
}

/** `20`; some phones write `20.0` or `0`, which says nothing. */
function readMilliseconds(value: string): number | null {
  const ms = readNumber(value.trim(), 10_000)
  return ms < 1 ? null : ms
}

function readRtcp(value: string): RtcpAddress | null {
  const trimmed = value.trim()
  const blank = trimmed.indexOf(' ')
  const port = readNumber(blank < 0 ? trimmed : trimmed.slice(0, blank), 65535)
  if (port < 0) return null
  if (blank < 0) return { port, connection: null }
  const connection = readConnection(trimmed.slice(blank + 1))
  return connection === null ? null : { port, connection }
}
