/**
 * Reads a session description (RFC 8866 §9), tolerant where phones are careless: bare LF or CR, missing `s=` or `t=`,
 * lines out of order, blank lines. It is strict where a wrong guess would send audio elsewhere: `o=`, `c=` and `m=`
 * must be whole. Attributes that are malformed are kept as unknown ones. Everything is bounded; nothing throws.
 */
import { type Fault, fail, ok, type Result } from '../../kernel/result.ts'
import { type AttributeBag, emptyBag, readAttribute } from './read-attribute.ts'
import type { Bandwidth, Connection, MediaDescription, Origin, SessionDescription, Timing } from './session-description.ts'
import { isDigits, readConnection, readFamily, readNumber, splitWords } from './words.ts'

const MAX_SDP_CHARACTERS = 65_536
const MAX_SDP_LINES = 2_000
const MAX_SDP_MEDIA = 64

const EQUALS = 61

interface OpenMedia {
  readonly kind: string
  readonly port: number
  readonly portCount: number
  readonly protocol: string
  readonly formats: readonly string[]
  information: string | null
  readonly connections: Connection[]
  readonly bandwidths: Bandwidth[]
  key: string | null
  readonly bag: AttributeBag
}

export function parseSdp(text: string): Result<SessionDescription> {
  const length = text.length
  if (length > MAX_SDP_CHARACTERS) return sdpFault('sdp-too-long', `session description is longer than ${MAX_SDP_CHARACTERS} characters`, 0)
  let origin: Origin | null = null
  let name: string | null = null
  let information: string | null = null
  let uri: string | null = null
  let connection: Connection | null = null
  let zone: string | null = null
  let key: string | null = null
  const emails: string[] = []
  const phones: string[] = []
  const bandwidths: Bandwidth[] = []
  const times: { start: string; stop: string; repeats: string[] }[] = []
  const bag = emptyBag()
  const media: OpenMedia[] = []
  let open: OpenMedia | null = null
  let lines = 0
  let seenVersion = false
  let cr = -1

  for (let at = 0; at < length; ) {
    // A line ends at CRLF, LF or a lone CR: none of them may stay inside a value and split a line for a later reader.
    let end = text.indexOf('\n', at)
    if (end < 0) end = length
    if (cr < at) cr = text.indexOf('\r', at)
    if (cr < 0) cr = length
    if (cr < end) end = cr
    const next = end + 1
    const start = at
    at = next
    if (end === start) continue
    if (++lines > MAX_SDP_LINES) return sdpFault('sdp-too-long', `session description has more than ${MAX_SDP_LINES} lines`, start)
    if (end - start < 2 || text.charCodeAt(start + 1) !== EQUALS) return sdpFault('sdp-line', 'a line does not read "x=…"', start)
    const type = text.charCodeAt(start)
    if (!seenVersion) {
      if (type !== 118 || text.slice(start + 2, end).trim() !== '0') return sdpFault('sdp-version', 'the first line is not v=0', start)
      seenVersion = true
      continue
    }
    switch (type) {
      case 97: // a=
        readAttribute(open === null ? bag : open.bag, text, start + 2, end, open !== null)
        break
      case 109: {
        // m=
        if (media.length === MAX_SDP_MEDIA) return sdpFault('sdp-too-long', `more than ${MAX_SDP_MEDIA} media lines`, start)
        open = readMedia(text.slice(start + 2, end))
        if (open === null) return sdpFault('sdp-media', 'm= is not "kind port protocol formats"', start)
        media.push(open)
        break
      }
      case 99: {
        // c=
        const c = readConnection(text.slice(start + 2, end))
        if (c === null) return sdpFault('sdp-connection', 'c= is not "IN IP4|IP6 address"', start)
        if (open !== null) open.connections.push(c)
        else connection ??= c
        break
      }
      case 111: // o=
        if (origin !== null) break
        origin = readOrigin(text.slice(start + 2, end))
        if (origin === null) return sdpFault('sdp-origin', 'o= is not "user id version IN IP4|IP6 address"', start)
        break
      case 115: // s=
        name ??= text.slice(start + 2, end)
        break
      case 116: // t=
        times.push(readTime(text.slice(start + 2, end)))
        break
      case 114: // r=
        times.at(-1)?.repeats.push(text.slice(start + 2, end))
        break
      case 98: {
        // b=
        const b = readBandwidth(text.slice(start + 2, end))
        if (b !== null) (open === null ? bandwidths : open.bandwidths).push(b)
        break
      }
      case 105: // i=
        if (open !== null) open.information ??= text.slice(start + 2, end)
        else information ??= text.slice(start + 2, end)
        break
      case 117: // u=
        uri ??= text.slice(start + 2, end)
        break
      case 101: // e=
        emails.push(text.slice(start + 2, end))
        break
      case 112: // p=
        phones.push(text.slice(start + 2, end))
        break
      case 122: // z=
        zone ??= text.slice(start + 2, end)
        break
      case 107: // k=
        if (open !== null) open.key ??= text.slice(start + 2, end)
        else key ??= text.slice(start + 2, end)
        break
      default:
        // RFC 8866 §5: a description with an unknown type letter is to be ignored as a whole; phones do send odd ones, so only the line is.
        break
    }
  }
  if (!seenVersion) return sdpFault('sdp-version', 'the session description is empty', 0)
  if (origin === null) return sdpFault('sdp-origin', 'there is no o= line', length)
  if (times.length === 0) times.push({ start: '0', stop: '0', repeats: [] })
  return ok({
    origin,
    name: name === null || name === '' ? '-' : name,
    information,
    uri,
    emails,
    phones,
    connection,
    bandwidths,
    times: times as readonly Timing[],
    zone,
    key,
    direction: bag.direction,
    groups: bag.groups,
    iceLite: bag.iceLite,
    ice: { ufrag: bag.iceUfrag, pwd: bag.icePwd, options: bag.iceOptions },
    dtls: { fingerprints: bag.fingerprints, setup: bag.setup },
    attributes: bag.unknown,
    media: media.map(closeMedia),
  })
}

function closeMedia(m: OpenMedia): MediaDescription {
  const bag = m.bag
  return {
    kind: m.kind,
    port: m.port,
    portCount: m.portCount,
    protocol: m.protocol,
    formats: m.formats,
    information: m.information,
    connections: m.connections,
    bandwidths: m.bandwidths,
    key: m.key,
    rtpMaps: bag.rtpMaps,
    formatParameters: bag.formatParameters,
    ptimeMs: bag.ptimeMs,
    maxptimeMs: bag.maxptimeMs,
    direction: bag.direction,
    rtcp: bag.rtcp,
    rtcpMux: bag.rtcpMux,
    crypto: bag.crypto,
    mid: bag.mid,
    ice: { ufrag: bag.iceUfrag, pwd: bag.icePwd, options: bag.iceOptions },
    candidates: bag.candidates,
    endOfCandidates: bag.endOfCandidates,
    dtls: { fingerprints: bag.fingerprints, setup: bag.setup },
    attributes: bag.unknown,
  }
}

function readMedia(value: string): OpenMedia | null {
  const words = splitWords(value)
  if (words.length < 4) return null
  const portText = words[1]!
  const slash = portText.indexOf('/')
  const port = readNumber(slash < 0 ? portText : portText.slice(0, slash), 65535)
  const portCount = slash < 0 ? 1 : readNumber(portText.slice(slash + 1), 65535)
  if (port < 0 || portCount < 1) return null
  return {
    kind: words[0]!,
    port,
    portCount,
    protocol: words[2]!,
    formats: words.slice(3),
    information: null,
    connections: [],
    bandwidths: [],
    key: null,
    bag: emptyBag(),
  }
}

function readOrigin(value: string): Origin | null {
  const words = splitWords(value)
  // An empty user name, where RFC 8866 §5.2 asks for a dash, is seen in the wild.
  if (words.length === 5 && words[2] === 'IN') words.unshift('-')
  if (words.length !== 6 || words[3] !== 'IN') return null
  const family = readFamily(words[4]!)
  if (family === null || !isDigits(words[1]!) || !isDigits(words[2]!)) return null
  return { username: words[0]!, sessionId: words[1]!, sessionVersion: words[2]!, family, address: words[5]! }
}

function readTime(value: string): { start: string; stop: string; repeats: string[] } {
  const words = splitWords(value)
  const start = words[0] ?? '0'
  const stop = words[1] ?? '0'
  return { start: isDigits(start) ? start : '0', stop: isDigits(stop) ? stop : '0', repeats: [] }
}

function readBandwidth(value: string): Bandwidth | null {
  const colon = value.indexOf(':')
  if (colon < 1) return null
  const bits = readNumber(value.slice(colon + 1).trim(), 0xffffffff)
  return bits < 0 ? null : { type: value.slice(0, colon), value: bits }
}

function sdpFault(code: string, message: string, at: number): { readonly ok: false; readonly error: Fault } {
  return fail({ code, message, at })
}
