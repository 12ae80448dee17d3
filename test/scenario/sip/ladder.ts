/** Prints who sent what to whom, one message a line, so that a flow can stand in a test as it stands in an RFC. */
import { header, type SipMessage } from '../../../src/wire/sip/message.ts'
import { parseMessage } from '../../../src/wire/sip/parse-message.ts'
import type { Packet } from './fake-network.ts'

export function ladder(packets: readonly Packet[], names: Readonly<Record<string, string>>): string {
  const lines: string[] = []
  for (const p of packets) {
    const parsed = parseMessage(p.bytes)
    const what = parsed.ok ? describe(parsed.value) : `?? ${parsed.error.code}`
    lines.push(`${names[p.from] ?? p.from} -> ${names[p.to] ?? p.to}: ${what}`)
  }
  return lines.join('\n')
}

function describe(m: SipMessage): string {
  const cseq = header(m, 'CSeq') ?? ''
  const sdp = header(m, 'Content-Type') === 'application/sdp' ? ' +sdp' : ''
  if (m.kind === 'request') return `${m.method} (${cseq.split(' ')[0]})${sdp}`
  const reliable = header(m, 'RSeq') === undefined ? '' : ' reliable'
  return `${m.status} ${cseq.split(' ')[1]}${reliable}${sdp}`
}

/** A golden ladder as written in a test, without its indentation. */
export function golden(text: string): string {
  return text
    .split('\n')
    .map(l => l.trim())
    .filter(l => l !== '')
    .join('\n')
}
