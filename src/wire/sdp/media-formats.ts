/** What a description says about a media line once session defaults and static payload types are taken into account. */
import type {
  Connection,
  DtlsAttributes,
  IceAttributes,
  MediaDescription,
  RtpMap,
  SdpDirection,
  SessionDescription,
} from './session-description.ts'

/** RFC 3551 §6, the ones telephony meets. G.722 runs its RTP clock at 8000 by an old mistake (§4.5.2). */
const STATIC_TYPES: Readonly<Record<number, RtpMap>> = {
  0: { payloadType: 0, encoding: 'PCMU', clockHz: 8000, channels: 1 },
  3: { payloadType: 3, encoding: 'GSM', clockHz: 8000, channels: 1 },
  4: { payloadType: 4, encoding: 'G723', clockHz: 8000, channels: 1 },
  8: { payloadType: 8, encoding: 'PCMA', clockHz: 8000, channels: 1 },
  9: { payloadType: 9, encoding: 'G722', clockHz: 8000, channels: 1 },
  10: { payloadType: 10, encoding: 'L16', clockHz: 44100, channels: 2 },
  11: { payloadType: 11, encoding: 'L16', clockHz: 44100, channels: 1 },
  13: { payloadType: 13, encoding: 'CN', clockHz: 8000, channels: 1 },
  15: { payloadType: 15, encoding: 'G728', clockHz: 8000, channels: 1 },
  18: { payloadType: 18, encoding: 'G729', clockHz: 8000, channels: 1 },
}

/** The encoding of one format of the media line: from its rtpmap, else from the static table; null when neither says. */
export function rtpMapOf(media: MediaDescription, format: string): RtpMap | null {
  const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : -1
  for (const map of media.rtpMaps) if (map.payloadType === payloadType) return map
  return STATIC_TYPES[payloadType] ?? null
}

/** Every RTP format of the line in order of preference, with its encoding. Formats nobody explains are left out. */
export function rtpFormats(media: MediaDescription): RtpMap[] {
  const out: RtpMap[] = []
  for (const format of media.formats) {
    const map = rtpMapOf(media, format)
    if (map !== null) out.push(map)
  }
  return out
}

export function fmtpOf(media: MediaDescription, payloadType: number): string | null {
  const format = String(payloadType)
  for (const f of media.formatParameters) if (f.format === format) return f.parameters
  return null
}

/** One `name=value` of an fmtp line, e.g. `useinbandfec`; names compare without case. */
export function fmtpParameter(parameters: string | null, name: string): string | null {
  if (parameters === null) return null
  const wanted = name.toLowerCase()
  for (const part of parameters.split(';')) {
    const equals = part.indexOf('=')
    const key = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase()
    if (key === wanted) return equals < 0 ? '' : part.slice(equals + 1).trim()
  }
  return null
}

/** RFC 8866 §6.7: media over session over sendrecv. */
export function directionOf(session: SessionDescription, media: MediaDescription): SdpDirection {
  return media.direction ?? session.direction ?? 'sendrecv'
}

/** RFC 8866 §5.7: the media's own `c=` over the session's, without a multicast TTL. */
export function connectionOf(session: SessionDescription, media: MediaDescription): Connection | null {
  const connection = media.connections[0] ?? session.connection
  const slash = connection === null ? -1 : connection.address.indexOf('/')
  return connection === null || slash < 0 ? connection : { family: connection.family, address: connection.address.slice(0, slash) }
}

/** `c=IN IP4 0.0.0.0`: hold as RFC 2543 phones still write it (RFC 3264 §8.4). */
export function isUnspecified(connection: Connection): boolean {
  return connection.address === '0.0.0.0' || connection.address === '::'
}

/** Where RTCP goes (RFC 3605, RFC 5761): the `a=rtcp` port, the RTP port itself when multiplexed, else the next port. */
export function rtcpPortOf(media: MediaDescription): number {
  if (media.rtcp !== null) return media.rtcp.port
  return media.rtcpMux ? media.port : media.port + 1
}

/** Media-level ICE credentials over session-level ones. */
export function iceOf(session: SessionDescription, media: MediaDescription): IceAttributes {
  return {
    ufrag: media.ice.ufrag ?? session.ice.ufrag,
    pwd: media.ice.pwd ?? session.ice.pwd,
    options: media.ice.options ?? session.ice.options,
  }
}

/** The same session, one version on (RFC 3264 §8: each changed description counts up by one). */
export function nextVersion(session: SessionDescription): SessionDescription {
  const version = String(BigInt(session.origin.sessionVersion) + 1n)
  return { ...session, origin: { ...session.origin, sessionVersion: version } }
}

/** Media-level DTLS parameters over session-level ones: baresip writes the latter, browsers the former. */
export function dtlsOf(session: SessionDescription, media: MediaDescription): DtlsAttributes {
  return {
    fingerprints: media.dtls.fingerprints.length > 0 ? media.dtls.fingerprints : session.dtls.fingerprints,
    setup: media.dtls.setup ?? session.dtls.setup,
  }
}
