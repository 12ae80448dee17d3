/** SDP in message bodies: alone, or as a part of a multipart one (RFC 3261 §7.4, RFC 5621). */
import { parseContentDisposition, parseContentType } from '../../wire/sip/content-type.ts'
import { header, type SipMessage } from '../../wire/sip/message.ts'
import { findPart } from '../../wire/sip/multipart.ts'

const utf8 = new TextDecoder('utf-8')

export const SDP_TYPE = { name: 'Content-Type', value: 'application/sdp' } as const

export function sdpBytes(sdp: string): Uint8Array {
  return Buffer.from(sdp, 'utf8')
}

export type SessionBody = { readonly sdp?: string } | 'unsupported'

const NONE: SessionBody = {}

/** The session description of a message; 'unsupported' when its body is something that must be understood and is not (415). */
export function sessionBody(message: SipMessage): SessionBody {
  if (message.body.length === 0) return NONE
  const type = header(message, 'Content-Type') ?? ''
  const encoded = header(message, 'Content-Encoding') !== undefined
  if (type === 'application/sdp' && !encoded) return { sdp: utf8.decode(message.body) }
  const media = parseContentType(type)
  if (media.ok && !encoded) {
    if (media.value.type === 'application' && media.value.subtype === 'sdp') return { sdp: utf8.decode(message.body) }
    const part = media.value.type === 'multipart' ? findPart(message.body, media.value, 'application/sdp') : undefined
    if (part) return { sdp: utf8.decode(part.body) }
  }
  // A body may be marked as one that can be passed over (RFC 3261 §20.11).
  const disposition = parseContentDisposition(header(message, 'Content-Disposition') ?? '')
  return disposition.ok && !disposition.value.required ? NONE : 'unsupported'
}

/** `type/subtype` in lower case, '' when there is none. */
export function mediaType(contentType: string): string {
  const media = parseContentType(contentType)
  return media.ok ? `${media.value.type}/${media.value.subtype}` : ''
}
