/** What a peer's SDP says about the voice stream, digested for the answerer and for who reads an answer. */
import { type Fault, fault, ok, type Result } from '../kernel/result.ts'
import type { CryptoAttribute } from '../wire/sdp/crypto-attribute.ts'
import { connectionOf, directionOf, iceOf, isUnspecified, rtcpPortOf, rtpMapOf } from '../wire/sdp/media-formats.ts'
import { parseSdp } from '../wire/sdp/parse-sdp.ts'
import type { MediaDescription, SessionDescription } from '../wire/sdp/session-description.ts'
import { codecOf } from './codec-table.ts'
import type { CodecName, Direction } from './leg-media.ts'
import { commonDirection, type OfferedCodec } from './media-profile.ts'

export interface RemoteOffer {
  /** Every m-line, so that an answer can have as many (RFC 3264 §6). */
  readonly lines: readonly RemoteLine[]
  /** Index of the m-line taken for voice; -1 when there is none that is alive. */
  readonly audioIndex: number
  /** Null when there is no live audio line of a kind that we speak. */
  readonly audio: RemoteAudio | null
  /** The peer holds us: it wants nothing from us (sendonly, inactive, or c=0.0.0.0 of old phones, RFC 3264 §8.4). */
  readonly hold: boolean
}

export interface RemoteLine {
  readonly kind: string
  readonly protocol: string
  readonly formats: readonly string[]
  readonly mid: string | null
  readonly port: number
}

export interface RemoteAudio {
  /** Null when unspecified (0.0.0.0, or a browser that leaves it to ICE). */
  readonly address: string | null
  readonly port: number
  readonly rtcpPort: number
  readonly rtcpMux: boolean
  readonly protocol: string
  readonly security: 'none' | 'sdes' | 'dtls'
  /** What the peer does, seen from the peer; c=0.0.0.0 counts as not receiving. */
  readonly direction: Direction
  readonly codecs: readonly OfferedCodec[]
  readonly dtmf: readonly { readonly type: number; readonly clockHz: number }[]
  readonly comfortNoiseType: number | null
  readonly ptimeMs: number | null
  readonly maxptimeMs: number | null
  readonly crypto: readonly CryptoAttribute[]
  readonly fingerprint: string | null
  readonly setup: 'active' | 'passive' | 'actpass' | 'holdconn' | null
  readonly ice: { readonly ufrag: string; readonly pwd: string } | null
  readonly iceLite: boolean
  readonly mid: string | null
  readonly bundle: boolean
}

/** Reads an offer (or any SDP of the peer). Fails only on what is no SDP at all. */
export function readOffer(sdp: string): Result<RemoteOffer> {
  const parsed = parseSdp(sdp)
  if (!parsed.ok) return parsed
  const session = parsed.value
  const audioIndex = session.media.findIndex(m => m.kind === 'audio' && m.port !== 0 && securityOf(session, m) !== null)
  const audio = audioIndex < 0 ? null : readAudio(session, session.media[audioIndex]!)
  return ok({
    lines: session.media.map(m => ({ kind: m.kind, protocol: m.protocol, formats: m.formats, mid: m.mid, port: m.port })),
    audioIndex,
    audio,
    hold: audio !== null && (audio.direction === 'sendonly' || audio.direction === 'inactive'),
  })
}

/** The names of the codecs that a peer offers and we know, in its order. */
export function codecsOffered(offer: RemoteOffer): readonly CodecName[] {
  return offer.audio?.codecs.map(c => c.name) ?? []
}

export function noAudio(): { readonly ok: false; readonly error: Fault } {
  return fault(
    'media.no-audio',
    'the session description has no audio stream that can be used (RTP/AVP, SAVP or UDP/TLS/RTP/SAVPF, port not 0)',
  )
}

/** Plain or encrypted and how; null for transports that are not RTP over UDP. */
function securityOf(session: SessionDescription, m: MediaDescription): RemoteAudio['security'] | null {
  switch (m.protocol) {
    case 'RTP/AVP':
    case 'RTP/AVPF':
      // Opportunistic encryption (RFC 8643): keys on a plain line.
      return m.crypto.length > 0 ? 'sdes' : 'none'
    case 'RTP/SAVP':
    case 'RTP/SAVPF':
      return m.crypto.length > 0 ? 'sdes' : fingerprintOf(session, m) === null ? null : 'dtls'
    case 'UDP/TLS/RTP/SAVP':
    case 'UDP/TLS/RTP/SAVPF':
      return fingerprintOf(session, m) === null ? null : 'dtls'
    default:
      return null
  }
}

function fingerprintOf(session: SessionDescription, m: MediaDescription): string | null {
  const list = m.dtls.fingerprints.length > 0 ? m.dtls.fingerprints : session.dtls.fingerprints
  const f = list.find(x => x.hash === 'sha-256') ?? list[0]
  return f === undefined ? null : f.hash + ' ' + f.value
}

function readAudio(session: SessionDescription, m: MediaDescription): RemoteAudio {
  const codecs: OfferedCodec[] = []
  const dtmf: { type: number; clockHz: number }[] = []
  let comfortNoiseType: number | null = null
  for (const format of m.formats) {
    const map = rtpMapOf(m, format)
    if (map === null) continue
    const encoding = map.encoding.toLowerCase()
    if (encoding === 'telephone-event') dtmf.push({ type: map.payloadType, clockHz: map.clockHz })
    else if (encoding === 'cn' && map.clockHz === 8000) comfortNoiseType ??= map.payloadType
    else {
      const name = codecOf(map.payloadType, map.encoding, map.clockHz, map.channels)
      if (name !== null && !codecs.some(c => c.name === name))
        codecs.push({ name, type: map.payloadType, clockHz: name === 'G722' ? 8000 : map.clockHz, channels: name === 'opus' ? 2 : 1 })
    }
  }
  const connection = connectionOf(session, m)
  const ice = iceOf(session, m)
  const hasIce = ice.ufrag !== null && ice.pwd !== null
  const address = connection === null || isUnspecified(connection) ? null : connection.address
  const stated: Direction = directionOf(session, m)
  return {
    address,
    port: m.port,
    rtcpPort: rtcpPortOf(m),
    rtcpMux: m.rtcpMux,
    protocol: m.protocol,
    security: securityOf(session, m) ?? 'none',
    direction: address === null && !hasIce ? commonDirection(stated, 'sendonly') : stated,
    codecs,
    dtmf,
    comfortNoiseType,
    ptimeMs: m.ptimeMs,
    maxptimeMs: m.maxptimeMs,
    crypto: m.crypto,
    fingerprint: fingerprintOf(session, m),
    setup: m.dtls.setup ?? session.dtls.setup,
    ice: hasIce ? { ufrag: ice.ufrag!, pwd: ice.pwd! } : null,
    iceLite: session.iceLite,
    mid: m.mid,
    bundle: m.mid !== null && session.groups.some(g => g.semantics === 'BUNDLE' && g.mids.includes(m.mid!)),
  }
}
