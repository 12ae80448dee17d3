/** Which server transaction a request belongs to (RFC 3261 §17.2.3). */
import { header, type SipRequest } from '../../wire/sip/message.ts'
import { branchOf, hasMagicCookie, type Via } from '../../wire/sip/via.ts'
import { tagIn } from '../dialog/tags.ts'

/** Branch, sent-by and method; for peers of RFC 2543 the fields that make up a transaction there. ACK and CANCEL look for an INVITE. */
export function serverKey(request: SipRequest, via: Via, method: string): string {
  const branch = branchOf(via)
  const verb = method === 'ACK' ? 'INVITE' : method
  if (hasMagicCookie(branch)) return `${branch}|${via.host}|${via.port ?? ''}|${verb}`
  const cseq = header(request, 'CSeq') ?? ''
  const number = cseq.slice(0, cseq.indexOf(' '))
  return `2543|${request.uri}|${tagIn(header(request, 'From'))}|${header(request, 'Call-ID')}|${number}|${via.host}|${via.port ?? ''}|${branch}|${verb}`
}

/** Equal for the copies of one request that came over different paths (RFC 3261 §8.2.2.2). */
export function mergeKey(request: SipRequest): string {
  return `${header(request, 'Call-ID')}|${tagIn(header(request, 'From'))}|${header(request, 'CSeq')}`
}

const BRANCH = Buffer.from('branch=z9hG4bK', 'latin1')

/**
 * A name for raw bytes by their first letters and the first branch in them, '' when there is none: finds the transaction that a
 * retransmission belongs to without parsing (same method and branch, §17.2.3; the endpoint compares source and length as well).
 */
export function glanceKey(bytes: Uint8Array): string {
  const b = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = b.indexOf(BRANCH)
  if (at < 0) return ''
  const start = at + 7
  let end = start
  while (end < b.length && end - start < 128) {
    const c = b[end]!
    if (c === 59 || c === 44 || c <= 32) break
    end++
  }
  return b.toString('latin1', 0, 3) + b.toString('latin1', start, end)
}
