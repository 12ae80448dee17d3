/** What an incoming INVITE says, for the call layer. */
import { type HeaderField, header, headerValues, type SipRequest } from '../../wire/sip/message.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { parsePrivacy } from '../../wire/sip/privacy.ts'
import { parseReplaces, type Replaces } from '../../wire/sip/replaces.ts'
import { parseUri } from '../../wire/sip/uri.ts'
import type { Flow } from '../flow.ts'
import type { InviteFacts, NameAddr } from '../leg.ts'
import { addressesOf, numberOf, plainAddress } from './header-values.ts'

/** Never Authorization: facts are logged. */
const EXTRA = new Set([
  'Alert-Info',
  'Call-Info',
  'Reason',
  'Subject',
  'Max-Breadth',
  'History-Info',
  'Priority',
  'P-Preferred-Identity',
  'Remote-Party-ID',
  'P-Called-Party-ID',
  'Answer-Mode',
  'Referred-By',
  'Geolocation',
  'User-To-User',
])

/** Null when From or To cannot be read. */
export function inviteFacts(request: SipRequest, flow: Flow): InviteFacts | null {
  const from = address(header(request, 'From'))
  const to = address(header(request, 'To'))
  if (!from || !to) return null
  const agent = header(request, 'User-Agent')
  const replacesValue = header(request, 'Replaces')
  const replaces = replacesValue === undefined ? null : parseReplaces(replacesValue)
  const privacy = parsePrivacy(header(request, 'Privacy') ?? '')
  const extra: HeaderField[] = []
  for (const h of request.headers) if (EXTRA.has(h.name) || h.name.startsWith('X-')) extra.push(h)
  return {
    callId: header(request, 'Call-ID') ?? '',
    from,
    to,
    requestUri: request.uri,
    dialled: dialled(request.uri),
    flow,
    asserted: addressesOf(request, 'P-Asserted-Identity'),
    privacy: privacy.ok ? privacy.value : [],
    diversion: addressesOf(request, 'Diversion'),
    ...(agent === undefined ? {} : { userAgent: agent }),
    supported: headerValues(request, 'Supported').flatMap(v => (v === '' ? [] : [v.toLowerCase()])),
    ...(replaces?.ok ? { replaces: dialogNamed(replaces.value) } : {}),
    maxForwards: numberOf(request, 'Max-Forwards') ?? 70,
    extra,
  }
}

function dialogNamed(r: Replaces): NonNullable<InviteFacts['replaces']> {
  return { callId: r.callId, toTag: r.toTag, fromTag: r.fromTag, earlyOnly: r.earlyOnly }
}

function address(value: string | undefined): NameAddr | null {
  const parsed = parseNameAddr(value ?? '')
  return parsed.ok ? plainAddress(parsed.value) : null
}

function dialled(uri: string): string {
  const parsed = parseUri(uri)
  if (!parsed.ok) return ''
  if (parsed.value.scheme === 'tel') return parsed.value.number
  return parsed.value.scheme === 'other' ? '' : parsed.value.user
}
