/** The SIP layer: whole messages, the stream framer, and every header with its printer. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseChallenge, parseCredentials, printChallenge, printCredentials } from '../../src/wire/sip/auth.ts'
import { parseAuthenticationInfo, printAuthenticationInfo } from '../../src/wire/sip/authentication-info.ts'
import { parseContact, printContact } from '../../src/wire/sip/contact.ts'
import { parseContentDisposition, parseContentType, printContentDisposition, printContentType } from '../../src/wire/sip/content-type.ts'
import { parseCSeq, printCSeq } from '../../src/wire/sip/cseq.ts'
import { parseDate, printDate } from '../../src/wire/sip/date.ts'
import { parseEvent, printEvent } from '../../src/wire/sip/event.ts'
import { parseMultipart } from '../../src/wire/sip/multipart.ts'
import { parseNameAddr, printNameAddr } from '../../src/wire/sip/name-addr.ts'
import { DEFAULT_LIMITS, parseMessage } from '../../src/wire/sip/parse-message.ts'
import { parsePrivacy, printPrivacy } from '../../src/wire/sip/privacy.ts'
import { parseRAck, printRAck } from '../../src/wire/sip/rack.ts'
import { parseReason, printReason } from '../../src/wire/sip/reason.ts'
import { parseReferTo, printReferTo } from '../../src/wire/sip/refer-to.ts'
import { parseReplaces, printReplaces } from '../../src/wire/sip/replaces.ts'
import { parseRetryAfter, printRetryAfter } from '../../src/wire/sip/retry-after.ts'
import { sameUri } from '../../src/wire/sip/same-uri.ts'
import { serializeMessage } from '../../src/wire/sip/serialize-message.ts'
import { parseSessionExpires, printSessionExpires } from '../../src/wire/sip/session-expires.ts'
import { StreamFramer } from '../../src/wire/sip/stream-framer.ts'
import { parseSubscriptionState, printSubscriptionState } from '../../src/wire/sip/subscription-state.ts'
import { parseUri, printUri } from '../../src/wire/sip/uri.ts'
import { parseVia, printVia } from '../../src/wire/sip/via.ts'
import { parseWarning, printWarning } from '../../src/wire/sip/warning.ts'
import type { FuzzTarget } from './target.ts'
import { bytesTarget, textTarget } from './target.ts'

const corpus = join(import.meta.dirname, '../../test/corpus')
const torture = ['rfc4475', 'rfc5118'].flatMap(folder => readdirSync(join(corpus, folder)).map(f => readFileSync(join(corpus, folder, f))))

function message(bytes: Uint8Array): boolean {
  const read = parseMessage(bytes)
  if (!read.ok) {
    assert.ok(read.error.code !== '' && (read.error.at ?? 0) <= bytes.length * 3)
    return false
  }
  const again = parseMessage(serializeMessage(read.value), { ...DEFAULT_LIMITS, maxBytes: 1e6, maxHeadBytes: 1e6 })
  assert.ok(again.ok, 'what was read is refused once written')
  assert.equal(
    again.value.headers.filter(h => h.name !== 'Content-Length').length,
    read.value.headers.filter(h => h.name !== 'Content-Length').length,
  )
  assert.equal(again.value.body.length, read.value.body.length)
  return true
}

/** Cuts at a place that the input itself chooses. */
function stream(bytes: Uint8Array): boolean {
  const framer = new StreamFramer({ ...DEFAULT_LIMITS, maxBytes: 1500, maxHeadBytes: 1000 })
  const cut = bytes.length === 0 ? 0 : (bytes[0]! * 7) % bytes.length
  const items = [...framer.push(bytes.subarray(0, cut)), ...framer.push(bytes.subarray(cut))]
  assert.ok(framer.heldBytes <= 1500)
  return items.some(i => i.is === 'message')
}

const mixed = parseContentType('multipart/mixed;boundary=7a9cbec02ceef655')

const parts = Buffer.from(
  '--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\nA: b\r\n\r\n\0\r\n--7a9cbec02ceef655--\r\n',
)
const digest = 'realm="r, \\"x\\"",nonce="n",opaque="o",algorithm=SHA-256'

export const sipTargets: readonly FuzzTarget[] = [
  bytesTarget('sip message', torture, message, 4000),
  bytesTarget('sip stream', torture, stream, 4000),
  bytesTarget('sip multipart', [parts], bytes => mixed.ok && parseMultipart(bytes, mixed.value).ok),
  textTarget(
    'sip uri',
    ['sip:a:b@[::1]:5060;transport=tcp;lr?a=b&c=%20', 'tel:+1-201;ext=1', 'urn:service:sos', 'sips:%61@x.y'],
    parseUri,
    printUri,
  ),
  bytesTarget('sip same-uri', [Buffer.from('sip:a@b;x=y?c=d sip:%61@B;x=Y?c=d')], bytes => {
    const [a, b] = Buffer.from(bytes).toString().split(' ')
    assert.equal(sameUri(a ?? '', b ?? ''), sameUri(b ?? '', a ?? ''))
    return sameUri(a ?? '', a ?? '')
  }),
  textTarget('sip name-addr', ['"a \\" b" <sip:a@b;lr>;tag=x;y="z"', 'x y<sip:a@b>', 'sip:a@b;tag=1'], parseNameAddr, printNameAddr),
  textTarget(
    'sip via',
    ['SIP/2.0/UDP [::1]:5060;branch=z9hG4bKx;rport;received=1.2.3.4', 'SIP / 2.0 / TCP a.b ; x = "y"'],
    parseVia,
    printVia,
  ),
  textTarget('sip contact', ['*', '<sip:a@b>;q=0.5;expires=60;reg-id=1;+sip.instance="<urn:uuid:1>"'], parseContact, printContact),
  textTarget('sip cseq', ['1 INVITE'], parseCSeq, printCSeq),
  textTarget('sip challenge', [`Digest ${digest},qop="auth,auth-int",stale=true`, 'Basic x'], parseChallenge, printChallenge),
  textTarget(
    'sip credentials',
    [`Digest username="u",uri="sip:a",response="0",${digest},qop=auth,nc=00000001,cnonce="c"`],
    parseCredentials,
    printCredentials,
  ),
  textTarget(
    'sip authentication-info',
    ['nextnonce="n",qop=auth,rspauth="r",cnonce="c",nc=00000001'],
    parseAuthenticationInfo,
    printAuthenticationInfo,
  ),
  textTarget('sip event', ['dialog;id=7;x="y"'], parseEvent, printEvent),
  textTarget(
    'sip subscription-state',
    ['terminated;reason=timeout;retry-after=3;expires=4;x'],
    parseSubscriptionState,
    printSubscriptionState,
  ),
  textTarget('sip replaces', ['a@b;to-tag=x;from-tag="y";early-only'], parseReplaces, printReplaces),
  textTarget('sip refer-to', ['"x" <sip:a@b;method=BYE?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2&d=e>;f'], parseReferTo, printReferTo),
  textTarget('sip session-expires', ['1800;refresher=uac;x=y'], parseSessionExpires, printSessionExpires),
  textTarget('sip reason', ['Q.850;cause=16;text="a \\" b"'], parseReason, printReason),
  textTarget('sip rack', ['1 2 INVITE'], parseRAck, printRAck),
  textTarget('sip privacy', ['id;header'], parsePrivacy, printPrivacy),
  textTarget('sip retry-after', ['120 (a (b) \\) c);duration=3'], parseRetryAfter, printRetryAfter),
  textTarget('sip warning', ['307 a:5060 "x \\" y"'], parseWarning, printWarning),
  textTarget('sip content-type', ['multipart/mixed;boundary="x y"'], parseContentType, printContentType),
  textTarget('sip content-disposition', ['session;handling=optional'], parseContentDisposition, printContentDisposition),
  textTarget('sip date', ['Sat, 13 Nov 2010 23:29:00 GMT'], parseDate, printDate),
]
