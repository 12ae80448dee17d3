/** Writes a session description in the order RFC 8866 §9 demands, CRLF at every line's end. `parseSdp(printSdp(x))` gives `x` back. */
import { printCandidate } from './candidate.ts'
import { printCryptoAttribute } from './crypto-attribute.ts'
import type {
  Attribute,
  Bandwidth,
  Connection,
  DtlsAttributes,
  IceAttributes,
  MediaDescription,
  SessionDescription,
} from './session-description.ts'

export function printSdp(s: SessionDescription): string {
  const o = s.origin
  let out =
    'v=0\r\no=' + o.username + ' ' + o.sessionId + ' ' + o.sessionVersion + ' IN ' + o.family + ' ' + o.address + '\r\ns=' + s.name + '\r\n'
  if (s.information !== null) out += 'i=' + s.information + '\r\n'
  if (s.uri !== null) out += 'u=' + s.uri + '\r\n'
  for (const e of s.emails) out += 'e=' + e + '\r\n'
  for (const p of s.phones) out += 'p=' + p + '\r\n'
  if (s.connection !== null) out += connectionLine(s.connection)
  out += bandwidthLines(s.bandwidths)
  for (const t of s.times) {
    out += 't=' + t.start + ' ' + t.stop + '\r\n'
    for (const r of t.repeats) out += 'r=' + r + '\r\n'
  }
  if (s.zone !== null) out += 'z=' + s.zone + '\r\n'
  if (s.key !== null) out += 'k=' + s.key + '\r\n'
  for (const g of s.groups) out += 'a=group:' + (g.mids.length === 0 ? g.semantics : g.semantics + ' ' + g.mids.join(' ')) + '\r\n'
  if (s.iceLite) out += 'a=ice-lite\r\n'
  out += iceLines(s.ice) + dtlsLines(s.dtls)
  if (s.direction !== null) out += 'a=' + s.direction + '\r\n'
  out += attributeLines(s.attributes)
  for (const m of s.media) out += printMedia(m)
  return out
}

function printMedia(m: MediaDescription): string {
  let out =
    'm=' + m.kind + ' ' + m.port + (m.portCount === 1 ? '' : '/' + m.portCount) + ' ' + m.protocol + ' ' + m.formats.join(' ') + '\r\n'
  if (m.information !== null) out += 'i=' + m.information + '\r\n'
  for (const c of m.connections) out += connectionLine(c)
  out += bandwidthLines(m.bandwidths)
  if (m.key !== null) out += 'k=' + m.key + '\r\n'
  for (const r of m.rtpMaps)
    out += 'a=rtpmap:' + r.payloadType + ' ' + r.encoding + '/' + r.clockHz + (r.channels === 1 ? '' : '/' + r.channels) + '\r\n'
  for (const f of m.formatParameters) out += 'a=fmtp:' + f.format + ' ' + f.parameters + '\r\n'
  if (m.ptimeMs !== null) out += 'a=ptime:' + m.ptimeMs + '\r\n'
  if (m.maxptimeMs !== null) out += 'a=maxptime:' + m.maxptimeMs + '\r\n'
  if (m.mid !== null) out += 'a=mid:' + m.mid + '\r\n'
  if (m.rtcp !== null) {
    const c = m.rtcp.connection
    out += 'a=rtcp:' + m.rtcp.port + (c === null ? '' : ' IN ' + c.family + ' ' + c.address) + '\r\n'
  }
  if (m.rtcpMux) out += 'a=rtcp-mux\r\n'
  for (const c of m.crypto) out += 'a=crypto:' + printCryptoAttribute(c) + '\r\n'
  out += iceLines(m.ice)
  for (const c of m.candidates) out += 'a=candidate:' + printCandidate(c) + '\r\n'
  if (m.endOfCandidates) out += 'a=end-of-candidates\r\n'
  out += dtlsLines(m.dtls)
  if (m.direction !== null) out += 'a=' + m.direction + '\r\n'
  return out + attributeLines(m.attributes)
}

function connectionLine(c: Connection): string {
  return 'c=IN ' + c.family + ' ' + c.address + '\r\n'
}

function bandwidthLines(list: readonly Bandwidth[]): string {
  let out = ''
  for (const b of list) out += 'b=' + b.type + ':' + b.value + '\r\n'
  return out
}

function iceLines(ice: IceAttributes): string {
  let out = ''
  if (ice.ufrag !== null) out += 'a=ice-ufrag:' + ice.ufrag + '\r\n'
  if (ice.pwd !== null) out += 'a=ice-pwd:' + ice.pwd + '\r\n'
  if (ice.options !== null) out += 'a=ice-options:' + ice.options + '\r\n'
  return out
}

function dtlsLines(dtls: DtlsAttributes): string {
  let out = ''
  for (const f of dtls.fingerprints) out += 'a=fingerprint:' + f.hash + ' ' + f.value + '\r\n'
  if (dtls.setup !== null) out += 'a=setup:' + dtls.setup + '\r\n'
  return out
}

function attributeLines(list: readonly Attribute[]): string {
  let out = ''
  for (const a of list) out += 'a=' + a.name + (a.value === null ? '' : ':' + a.value) + '\r\n'
  return out
}
