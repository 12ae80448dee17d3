/** Our voice stream written as SDP, straight to text: an offer or an answer costs microseconds. */
import { candidatePriority } from '../wire/sdp/candidate.ts'
import { codecFacts } from './codec-table.ts'
import type { Direction } from './leg-media.ts'
import type { LocalMedia, OfferedCodec } from './media-profile.ts'
import type { RemoteLine } from './remote-offer.ts'

export interface AudioSection {
  readonly protocol: string
  readonly port: number
  readonly codecs: readonly OfferedCodec[]
  readonly dtmf: readonly { readonly type: number; readonly clockHz: number }[]
  readonly comfortNoiseType: number | null
  readonly ptimeMs: number
  readonly direction: Direction
  readonly rtcpMux: boolean
  readonly cryptos: readonly string[]
  readonly fingerprint: string | null
  readonly setup: 'active' | 'passive' | 'actpass'
  readonly ice: { readonly ufrag: string; readonly pwd: string } | null
  readonly mid: string | null
  readonly bundle: boolean
}

/** The whole description; every line but the voice is refused with port 0 (RFC 3264 §6). */
export function printSession(local: LocalMedia, audio: AudioSection, lines: readonly (RemoteLine | null)[], audioIndex: number): string {
  const family = local.address.includes(':') ? 'IP6' : 'IP4'
  let out = `v=0\r\no=- ${local.sessionId} ${local.sessionVersion} IN ${family} ${local.address}\r\ns=-\r\nc=IN ${family} ${local.address}\r\nt=0 0\r\n`
  if (audio.bundle && audio.mid !== null) out += `a=group:BUNDLE ${audio.mid}\r\n`
  if (audio.ice !== null) out += 'a=ice-lite\r\n'
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]
    if (i === audioIndex || line == null) out += printAudio(local, audio)
    else {
      out += `m=${line.kind} 0 ${line.protocol} ${line.formats.join(' ')}\r\n`
      if (line.mid !== null) out += `a=mid:${line.mid}\r\na=inactive\r\n`
    }
  }
  return out
}

function printAudio(local: LocalMedia, a: AudioSection): string {
  let formats = ''
  let maps = ''
  for (const c of a.codecs) {
    formats += ' ' + c.type
    const facts = codecFacts[c.name]
    maps += `a=rtpmap:${c.type} ${c.name === 'L16' ? 'L16/' + c.clockHz : facts.encoding}\r\n`
    if (facts.fmtp !== null) maps += `a=fmtp:${c.type} ${facts.fmtp}\r\n`
  }
  if (a.comfortNoiseType !== null) {
    formats += ' ' + a.comfortNoiseType
    maps += `a=rtpmap:${a.comfortNoiseType} CN/8000\r\n`
  }
  for (const d of a.dtmf) {
    formats += ' ' + d.type
    maps += `a=rtpmap:${d.type} telephone-event/${d.clockHz}\r\na=fmtp:${d.type} 0-15\r\n`
  }
  let out = `m=audio ${a.port} ${a.protocol}${formats}\r\n${maps}a=ptime:${a.ptimeMs}\r\na=${a.direction}\r\n`
  if (a.mid !== null) out += `a=mid:${a.mid}\r\n`
  if (a.rtcpMux) out += `a=rtcp:${a.port} IN ${local.address.includes(':') ? 'IP6' : 'IP4'} ${local.address}\r\na=rtcp-mux\r\n`
  for (const c of a.cryptos) out += `a=crypto:${c}\r\n`
  if (a.fingerprint !== null) out += `a=fingerprint:${a.fingerprint}\r\na=setup:${a.setup}\r\n`
  if (a.ice !== null) {
    out += `a=ice-ufrag:${a.ice.ufrag}\r\na=ice-pwd:${a.ice.pwd}\r\n`
    out += `a=candidate:1 1 udp ${candidatePriority(126, 65535, 1)} ${local.address} ${a.port} typ host\r\n`
    if (!a.rtcpMux) out += `a=candidate:1 2 udp ${candidatePriority(126, 65535, 2)} ${local.address} ${a.port + 1} typ host\r\n`
    out += 'a=end-of-candidates\r\n'
  }
  return out
}
