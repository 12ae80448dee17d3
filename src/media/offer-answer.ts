/**
 * Offer/answer (RFC 3264) for one voice stream, as data in and data out: the switch brings ports, keys and versions.
 *
 *   offer in an INVITE    readOffer → makeAnswer          gives the SDP to send and the leg's media
 *   offer in our 200      makeOffer … acceptAnswer(ACK)   likewise for PRACK, UPDATE and re-INVITE: the placement changes nothing here
 */
import { fault, ok, type Result } from '../kernel/result.ts'
import { parseSdp } from '../wire/sdp/parse-sdp.ts'
import { type AudioSection, printSession } from './audio-section.ts'
import { codecFacts, comfortNoiseType, telephoneEvent48Type, telephoneEventType } from './codec-table.ts'
import type { AgreedCodec, CodecName, Direction, LegMedia } from './leg-media.ts'
import {
  type AnsweredOffer,
  commonDirection,
  type LocalMedia,
  type LocalOffer,
  type MediaProfile,
  mirrored,
  type OfferedCodec,
} from './media-profile.ts'
import { noAudio, type RemoteAudio, type RemoteLine, type RemoteOffer, readOffer } from './remote-offer.ts'
import { chooseCrypto, localKey, offeredSuites } from './sdes-keys.ts'

const DEFAULT_PTIME_MS = 20

export interface OfferOptions {
  /** Default `sendrecv`; `sendonly` puts the peer on hold with something to hear, `inactive` without. */
  readonly direction?: Direction
  /** Order of codecs instead of the profile's (see `codec-choice.ts`). */
  readonly codecs?: readonly CodecName[]
  /** The last SDP that we sent in this dialog: a new offer keeps its m-lines and payload types (RFC 3264 §8). */
  readonly previous?: string
  /** The leg's media as agreed before, if any: a re-offer keeps its kind of encryption. */
  readonly agreed?: LegMedia
}

/** Our offer. Keep the result until the answer comes: `acceptAnswer` wants it. */
export function makeOffer(local: LocalMedia, profile: MediaProfile, options: OfferOptions = {}): LocalOffer {
  const direction = options.direction ?? 'sendrecv'
  const before = readPrevious(options.previous)
  const names = options.codecs ?? profile.codecs
  const codecs = payloadTypesFor(names, before.codecs)
  const dtmf: { type: number; clockHz: number }[] = []
  if (profile.dtmf !== 'in-band') {
    const known = (clockHz: number): number | undefined => before.dtmf.find(d => d.clockHz === clockHz)?.type
    if (names.includes('opus')) dtmf.push({ type: known(48000) ?? freeType(telephoneEvent48Type, codecs, dtmf), clockHz: 48000 })
    if (names.some(n => n !== 'opus')) dtmf.push({ type: known(8000) ?? freeType(telephoneEventType, codecs, dtmf), clockHz: 8000 })
  }
  const cn = profile.comfortNoise === true && names.some(n => n === 'PCMU' || n === 'PCMA') ? comfortNoiseType : null
  const security = options.agreed === undefined ? securityOf(profile) : securityAgreed(options.agreed, profile)
  const section: AudioSection = {
    protocol: before.protocol ?? protocolFor(security, profile),
    port: local.port,
    codecs,
    dtmf,
    comfortNoiseType: cn,
    ptimeMs: profile.ptimeMs ?? DEFAULT_PTIME_MS,
    direction,
    rtcpMux: security === 'dtls' || options.agreed?.rtcpMux === true,
    cryptos: security === 'sdes' ? ourCryptos(local) : [],
    fingerprint: security === 'dtls' ? (local.fingerprint ?? null) : null,
    setup: 'actpass',
    ice: security === 'dtls' && profile.kind === 'webrtc' ? (local.ice ?? null) : null,
    mid: before.mid ?? (profile.kind === 'webrtc' ? '0' : null),
    bundle: profile.kind === 'webrtc' || before.mid !== null,
  }
  const lines = before.lines.length > 0 ? before.lines : [null]
  const sdp = printSession(local, section, lines, before.audioIndex)
  return { sdp, local, profile, direction, codecs, dtmf, comfortNoiseType: cn, audioIndex: before.audioIndex }
}

/** Our answer to a peer's offer. `preferred` orders the codecs that we take; what the profile or `preferred` does not name is not taken. */
export function makeAnswer(
  local: LocalMedia,
  profile: MediaProfile,
  offer: RemoteOffer,
  preferred: readonly CodecName[] = profile.codecs,
  direction: Direction = 'sendrecv',
): Result<AnsweredOffer> {
  const audio = offer.audio
  if (audio === null) return noAudio()
  const chosen = chooseCodec(audio.codecs, preferred)
  if (chosen === null) return noCommonCodec(audio, preferred)
  const security = secure(local, profile, audio)
  if (!security.ok) return security
  const { srtp, tag } = security.value
  const ours = commonDirection(mirrored(audio.direction), direction)
  const dtmf = profile.dtmf === 'in-band' ? null : chooseDtmf(audio.dtmf, chosen.clockHz)
  const cn = chosen.clockHz === 8000 && chosen.name !== 'G722' ? audio.comfortNoiseType : null
  const ice = audio.ice !== null && srtp.kind === 'dtls' && local.ice !== undefined ? local.ice : null
  const section: AudioSection = {
    protocol: audio.protocol,
    port: local.port,
    codecs: [chosen],
    dtmf: dtmf === null ? [] : [dtmf],
    comfortNoiseType: cn,
    ptimeMs: sendPtime(audio, profile),
    direction: ours,
    rtcpMux: audio.rtcpMux,
    cryptos: srtp.kind === 'sdes' ? [`${tag} ${srtp.suite} inline:${srtp.localKey}`] : [],
    fingerprint: srtp.kind === 'dtls' ? (local.fingerprint ?? null) : null,
    setup: srtp.kind === 'dtls' && srtp.role === 'active' ? 'active' : 'passive',
    ice,
    mid: audio.mid,
    bundle: audio.bundle,
  }
  const media = legMedia(local, profile, audio, {
    direction: ours,
    codec: agreed(chosen, chosen.type, section.ptimeMs),
    dtmf: dtmf === null ? null : { sendType: dtmf.type, receiveType: dtmf.type, clockHz: dtmf.clockHz },
    comfortNoiseType: cn,
    rtcpMux: audio.rtcpMux,
    srtp,
    ice: ice === null || audio.ice === null ? null : { ours: ice, theirs: audio.ice },
  })
  return ok({ sdp: printSession(local, section, offer.lines, offer.audioIndex), media })
}

/** The peer's answer to our offer. */
export function acceptAnswer(offer: LocalOffer, answer: string): Result<LegMedia> {
  const read = readOffer(answer)
  if (!read.ok) return read
  const { audio, lines, audioIndex } = read.value
  if (audio === null || audioIndex !== offer.audioIndex) {
    const line = lines[offer.audioIndex]
    if (line !== undefined && line.port === 0) return fault('media.refused', 'the peer refused the audio stream (port 0 in its answer)')
    return noAudio()
  }
  const { local, profile } = offer
  // The answerer's first format that we offered is the one to use (RFC 3264 §6.1, §7).
  const theirs = audio.codecs.find(c => offer.codecs.some(o => o.name === c.name))
  if (theirs === undefined)
    return noCommonCodec(
      audio,
      offer.codecs.map(c => c.name),
    )
  const mine = offer.codecs.find(o => o.name === theirs.name)!
  const security = secure(local, profile, audio)
  if (!security.ok) return security
  const te = chooseDtmf(audio.dtmf, theirs.clockHz)
  const ourTe = te === null ? undefined : offer.dtmf.find(d => d.clockHz === te.clockHz)
  const ice =
    security.value.srtp.kind === 'dtls' && audio.ice !== null && local.ice !== undefined ? { ours: local.ice, theirs: audio.ice } : null
  return ok(
    legMedia(local, profile, audio, {
      direction: commonDirection(mirrored(audio.direction), offer.direction),
      codec: agreed(theirs, mine.type, sendPtime(audio, profile)),
      dtmf: te === null || ourTe === undefined ? null : { sendType: te.type, receiveType: ourTe.type, clockHz: te.clockHz },
      comfortNoiseType: offer.comfortNoiseType === null ? null : audio.comfortNoiseType,
      rtcpMux: audio.rtcpMux,
      srtp: security.value.srtp,
      ice,
    }),
  )
}

function legMedia(
  local: LocalMedia,
  profile: MediaProfile,
  audio: RemoteAudio,
  what: Pick<LegMedia, 'direction' | 'codec' | 'dtmf' | 'comfortNoiseType' | 'rtcpMux' | 'srtp'> & {
    readonly ice: {
      readonly ours: { readonly ufrag: string; readonly pwd: string }
      readonly theirs: { readonly ufrag: string; readonly pwd: string }
    } | null
  },
): LegMedia {
  const ice = what.ice
  return {
    leg: local.leg,
    local: { address: local.bindAddress ?? local.address, port: local.port },
    remote: audio.address === null || audio.port === 9 ? null : { address: audio.address, port: audio.port, rtcpPort: audio.rtcpPort },
    rtcpMux: what.rtcpMux,
    direction: what.direction,
    codec: what.codec,
    dtmf: what.dtmf,
    comfortNoiseType: what.comfortNoiseType,
    srtp: what.srtp,
    ice:
      ice === null
        ? null
        : { localUfrag: ice.ours.ufrag, localPwd: ice.ours.pwd, remoteUfrag: ice.theirs.ufrag, remotePwd: ice.theirs.pwd },
    latch: profile.latch ?? true,
    ...(local.signalledFrom === undefined ? {} : { expected: local.signalledFrom }),
    inBandDtmf: profile.dtmf === 'in-band' || (profile.dtmf === 'rfc4733' && what.dtmf === null),
  }
}

function agreed(c: OfferedCodec, receiveType: number, ptimeMs: number): AgreedCodec {
  return { name: c.name, sendType: c.type, receiveType, clockHz: c.clockHz, channels: c.channels, ptimeMs }
}

/** The packet time to send: what the peer asks for, within what we and it can do. */
function sendPtime(audio: RemoteAudio, profile: MediaProfile): number {
  const wanted = audio.ptimeMs ?? profile.ptimeMs ?? DEFAULT_PTIME_MS
  const most = Math.min(audio.maxptimeMs ?? 60, 60)
  return Math.max(10, Math.min(Math.floor(wanted / 10) * 10, most))
}

function chooseCodec(theirs: readonly OfferedCodec[], preferred: readonly CodecName[]): OfferedCodec | null {
  for (const name of preferred) for (const c of theirs) if (c.name === name) return c
  return null
}

/** RFC 4733 §2.1 wants the clock of the voice; a peer that only knows 8000 beside Opus is understood too. */
function chooseDtmf(
  list: readonly { readonly type: number; readonly clockHz: number }[],
  clockHz: number,
): { type: number; clockHz: number } | null {
  return list.find(d => d.clockHz === clockHz) ?? list[0] ?? null
}

function noCommonCodec(audio: RemoteAudio, ours: readonly CodecName[]): Result<never> {
  const theirs = audio.codecs.map(c => c.name).join(', ') || 'none that we know'
  return fault('media.no-common-codec', `no codec is shared: the peer has ${theirs}, we want ${ours.join(', ')}`)
}

/** Agrees the encryption with what the peer sent, or says why not. */
function secure(
  local: LocalMedia,
  profile: MediaProfile,
  audio: RemoteAudio,
): Result<{ readonly srtp: LegMedia['srtp']; readonly tag: number }> {
  if (audio.security === 'dtls') {
    if (local.fingerprint === undefined || audio.fingerprint === null)
      return fault('media.dtls-unavailable', 'the peer wants DTLS-SRTP, and this leg has no certificate fingerprint')
    // RFC 5763 §5, RFC 4145 §4.1: actpass leaves it to us and we wait; passive makes us the client.
    const role = audio.setup === 'passive' ? 'active' : 'passive'
    return ok({ srtp: { kind: 'dtls', role, remoteFingerprint: audio.fingerprint }, tag: 0 })
  }
  const savp = audio.protocol === 'RTP/SAVP' || audio.protocol === 'RTP/SAVPF'
  if (audio.security === 'sdes' && (savp || profile.kind !== 'rtp')) {
    const chosen = local.srtpSeed === undefined ? null : chooseCrypto(audio.crypto)
    const key = chosen === null ? null : localKey(local.srtpSeed!, chosen.suite)
    if (chosen !== null && key !== null) {
      return ok({ srtp: { kind: 'sdes', suite: chosen.suite, localKey: key, remoteKey: chosen.key }, tag: chosen.tag })
    }
    if (savp) return fault('media.no-common-crypto', 'the peer wants SRTP, and none of its a=crypto lines can be used')
  }
  if (profile.kind === 'sdes') return fault('media.encryption-required', 'this account requires SRTP, and the peer offers plain RTP')
  if (profile.kind === 'webrtc') return fault('media.encryption-required', 'a WebRTC leg requires DTLS-SRTP, and the peer offers none')
  return ok({ srtp: { kind: 'none' }, tag: 0 })
}

function securityOf(profile: MediaProfile): 'none' | 'sdes' | 'dtls' {
  return profile.kind === 'rtp' ? 'none' : profile.kind === 'webrtc' ? 'dtls' : 'sdes'
}

function securityAgreed(media: LegMedia, profile: MediaProfile): 'none' | 'sdes' | 'dtls' {
  return media.srtp.kind === 'none' && profile.kind === 'rtp' ? 'none' : media.srtp.kind === 'none' ? securityOf(profile) : media.srtp.kind
}

function protocolFor(security: 'none' | 'sdes' | 'dtls', profile: MediaProfile): string {
  return security === 'dtls' ? 'UDP/TLS/RTP/SAVPF' : security === 'sdes' && profile.kind === 'sdes' ? 'RTP/SAVP' : 'RTP/AVP'
}

function ourCryptos(local: LocalMedia): readonly string[] {
  const out: string[] = []
  for (const suite of offeredSuites) {
    const key = local.srtpSeed === undefined ? null : localKey(local.srtpSeed, suite)
    if (key !== null) out.push(`${out.length + 1} ${suite} inline:${key}`)
  }
  return out
}

interface PreviousSession {
  readonly lines: readonly RemoteLine[]
  readonly audioIndex: number
  readonly codecs: readonly OfferedCodec[]
  readonly dtmf: readonly { readonly type: number; readonly clockHz: number }[]
  readonly protocol: string | null
  readonly mid: string | null
}

const nothingBefore: PreviousSession = { lines: [], audioIndex: 0, codecs: [], dtmf: [], protocol: null, mid: null }

function readPrevious(sdp: string | undefined): PreviousSession {
  if (sdp === undefined || !parseSdp(sdp).ok) return nothingBefore
  const read = readOffer(sdp)
  if (!read.ok || read.value.audio === null) return nothingBefore
  const { lines, audioIndex, audio } = read.value
  return { lines, audioIndex, codecs: audio.codecs, dtmf: audio.dtmf, protocol: audio.protocol, mid: audio.mid }
}

/** Payload types stay what they were in this session (RFC 3264 §8.3.2); new ones avoid those in use. */
function payloadTypesFor(names: readonly CodecName[], before: readonly OfferedCodec[]): readonly OfferedCodec[] {
  const out: OfferedCodec[] = []
  for (const name of names) {
    if (out.some(c => c.name === name)) continue
    const old = before.find(c => c.name === name)
    const facts = codecFacts[name]
    const type = old?.type ?? (facts.isStatic ? facts.type : freeType(facts.type, out, before))
    out.push({ name, type, clockHz: old?.clockHz ?? facts.clockHz, channels: facts.channels })
  }
  return out
}

function freeType(wanted: number, ...taken: readonly (readonly { readonly type: number }[])[]): number {
  let type = wanted
  while (taken.some(list => list.some(c => c.type === type))) type = type === 127 ? 96 : type + 1
  return type
}
