/** What gives a scanner away before it has guessed a password: its own name, or addresses nobody sends by accident. */
import type { SipRequest } from '../../wire/sip/message.ts'
import { header } from '../../wire/sip/message.ts'

/** Lower case. Tools that only ever probe; a telephone never carries these names. */
const TOOLS: readonly string[] = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sipcli',
  'sip-scan',
  'sipscan',
  'smap',
  'sundayddr',
  'vaxsipuseragent',
  'iwar',
  'pplsip',
  'scanner',
  'eyebeam release 3006o stamp 17551',
  'sivus',
  'gulp',
  'nm@nm',
  'siparmyknife',
  'voipscan',
]

/** True when the User-Agent (or a request's own From and To) belongs to a known scanner. */
export function looksLikeScanner(request: SipRequest): boolean {
  const agent = header(request, 'User-Agent')
  if (agent !== undefined && isTool(agent)) return true
  const from = header(request, 'From')
  return from?.includes('sipvicious') === true
}

function isTool(userAgent: string): boolean {
  const name = userAgent.toLowerCase()
  for (const tool of TOOLS) if (name.includes(tool)) return true
  return false
}
