/** RFC 4475: every torture message and what becomes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseContact } from '../../src/wire/sip/contact.ts'
import { parseContentType } from '../../src/wire/sip/content-type.ts'
import { parseDate } from '../../src/wire/sip/date.ts'
import type { SipMessage } from '../../src/wire/sip/message.ts'
import { header, headerValues } from '../../src/wire/sip/message.ts'
import { parseMultipart } from '../../src/wire/sip/multipart.ts'
import type { NameAddr } from '../../src/wire/sip/name-addr.ts'
import { parseNameAddr, tagOf } from '../../src/wire/sip/name-addr.ts'
import { hasParam, param } from '../../src/wire/sip/params.ts'
import { StreamFramer } from '../../src/wire/sip/stream-framer.ts'
import { tokens } from '../../src/wire/sip/tokens.ts'
import type { SipUri } from '../../src/wire/sip/uri.ts'
import { parseSipUri } from '../../src/wire/sip/uri.ts'
import type { Via } from '../../src/wire/sip/via.ts'
import { branchOf, hasMagicCookie, parseVia } from '../../src/wire/sip/via.ts'
import type { Entry } from './torture.ts'
import { bytesOf, classify, dropped, read, refused, request } from './torture.ts'

function address(m: SipMessage, name: string, index = 0): NameAddr {
  const r = parseNameAddr(headerValues(m, name)[index] ?? '')
  assert.ok(r.ok)
  return r.value
}

function uri(text: string): SipUri {
  const r = parseSipUri(text)
  assert.ok(r.ok)
  return r.value
}

function vias(m: SipMessage): Via[] {
  return headerValues(m, 'Via').map(v => {
    const r = parseVia(v)
    assert.ok(r.ok)
    return r.value
  })
}

const bad = 'sip-bad-start-line'

const messages: Record<string, Entry> = {
  wsinv: {
    section: '3.1.1.1',
    treatment: read(m => {
      assert.equal(m.headers.length, 15)
      assert.equal(tagOf(address(m, 'To')), '1918181833n')
      assert.equal(address(m, 'From').display, 'J Rosenberg \\"')
      assert.equal(header(m, 'CSeq'), '0009 INVITE')
      assert.equal(header(m, 'Subject'), '')
      assert.equal(header(m, 'Newfangledheader'), 'newfangled value continued newfangled value')
      assert.deepEqual(
        vias(m).map(v => [v.transport, v.host, branchOf(v)]),
        [
          ['UDP', '192.0.2.2', '390skdjuw'],
          ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
          ['UDP', '192.168.255.111', 'z9hG4bK30239'],
        ],
      )
      const contact = parseContact(header(m, 'Contact') ?? '')
      assert.ok(contact.ok && contact.value !== '*' && contact.value.display === 'Quoted string ""' && contact.value.qThousandths === 330)
      assert.equal(m.body.length, 150)
    }),
  },
  intmeth: {
    section: '3.1.1.2',
    treatment: read(m => {
      assert.equal(request(m).method, "!interesting-Method0123456789_*+`.%indeed'~")
      assert.equal(uri(request(m).uri).user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
      assert.equal(uri(request(m).uri).password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
      assert.equal(address(m, 'To').display, 'BEL:\x07 NUL:\0 DEL:\x7f')
      assert.equal(tagOf(address(m, 'From')), "_token~1'+`*%!-.")
      assert.equal(header(m, "Extensionheader-!.%*+_`'~"), '\ufeff大停電')
    }, '501'),
  },
  esc01: {
    section: '3.1.1.3',
    treatment: read(m => {
      assert.deepEqual([uri(request(m).uri).user, uri(request(m).uri).host], ['sips:user@example.com', 'example.net'])
      assert.equal(uri(address(m, 'To').uri).user, 'user')
      assert.equal(uri(address(m, 'From').uri).user, 'I have spaces')
      const contact = uri(address(m, 'Contact').uri)
      assert.ok(hasParam(contact.params, 'lr'))
      assert.equal(param(contact.params, 'name'), 'value%41')
    }),
  },
  escnull: {
    section: '3.1.1.4',
    treatment: read(m => {
      assert.equal(uri(address(m, 'To').uri).user, 'null-\0-null')
      assert.deepEqual(
        [0, 1].map(i => uri(address(m, 'Contact', i).uri).user),
        ['\0', '\0\0'],
      )
    }),
  },
  esc02: {
    section: '3.1.1.5',
    treatment: read(m => {
      assert.equal(request(m).method, 'RE%47IST%45R')
      assert.equal(address(m, 'To').display, '%Z%45')
      assert.equal(headerValues(m, 'Contact').length, 2)
      assert.ok(header(m, 'C%6fntact') !== undefined)
    }, '501'),
  },
  lwsdisp: { section: '3.1.1.6', treatment: read(m => assert.equal(address(m, 'From').display, 'caller')) },
  longreq: {
    section: '3.1.1.7',
    treatment: read(m => {
      assert.equal(vias(m).length, 34)
      assert.equal(address(m, 'To').display?.length, 103)
      assert.ok(tagOf(address(m, 'From')).length > 100)
    }),
  },
  dblreq: {
    section: '3.1.1.8',
    treatment: read(m => {
      assert.equal(request(m).method, 'REGISTER')
      assert.equal(m.body.length, 0)
    }, 'the octets behind it are ignored'),
  },
  semiuri: {
    section: '3.1.1.9',
    treatment: read(m => {
      assert.equal(uri(request(m).uri).user, 'user;par=u@example.net')
      assert.equal(uri(request(m).uri).host, 'example.com')
      assert.equal(tokens(m, 'Accept').length, 6)
    }),
  },
  transports: {
    section: '3.1.1.10',
    treatment: read(m =>
      assert.deepEqual(
        vias(m).map(v => v.transport),
        ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'],
      ),
    ),
  },
  mpart01: {
    section: '3.1.1.11',
    treatment: read(m => {
      const type = parseContentType(header(m, 'Content-Type') ?? '')
      assert.ok(type.ok)
      const parts = parseMultipart(m.body, type.value)
      assert.ok(parts.ok && parts.value.length === 2)
      assert.equal(Buffer.from(parts.value[0]!.body).toString(), 'Hello')
      assert.equal(parts.value[1]!.headers[0]!.value, 'application/octet-stream')
      assert.equal(parts.value[1]!.body[0], 0x30)
    }),
  },
  unreason: {
    section: '3.1.1.12',
    treatment: read(m =>
      assert.ok(m.kind === 'response' && m.status === 200 && m.reason === '= 2**3 * 5**2 но сто девяносто девять - простое'),
    ),
  },
  noreason: { section: '3.1.1.13', treatment: read(m => assert.ok(m.kind === 'response' && m.status === 100 && m.reason === '')) },

  badinv01: {
    section: '3.1.2.1',
    treatment: refused(400, 'sip-bad-parameter', p => assert.deepEqual(headerValues(p, 'Via'), ['SIP/2.0/UDP 192.0.2.15;;,;,,'])),
  },
  clerr: { section: '3.1.2.2', treatment: refused(400, 'sip-short-body') },
  ncl: { section: '3.1.2.3', treatment: refused(400, 'sip-bad-content-length') },
  scalar02: { section: '3.1.2.4', treatment: refused(400, 'sip-bad-cseq') },
  scalarlg: { section: '3.1.2.5', treatment: dropped('sip-bad-cseq') },
  quotbal: { section: '3.1.2.6', treatment: refused(400, 'sip-unclosed-quote') },
  ltgtruri: { section: '3.1.2.7', treatment: refused(400, 'sip-bad-uri') },
  lwsruri: { section: '3.1.2.8', treatment: refused(400, bad) },
  lwsstart: { section: '3.1.2.9', treatment: refused(400, bad) },
  trws: { section: '3.1.2.10', treatment: refused(400, bad) },
  escruri: { section: '3.1.2.11', treatment: refused(400, 'sip-bad-uri') },
  baddate: {
    section: '3.1.2.12',
    treatment: read(m => assert.ok(!parseDate(header(m, 'Date') ?? '').ok), 'its Date is taken for absent, as the RFC allows'),
  },
  regbadct: { section: '3.1.2.13', treatment: refused(400, 'sip-bad-address') },
  badaspec: { section: '3.1.2.14', treatment: refused(400, 'sip-bad-uri') },
  baddn: { section: '3.1.2.15', treatment: refused(400, 'sip-bad-address') },
  badvers: { section: '3.1.2.16', treatment: refused(505, 'sip-version') },
  mismatch01: { section: '3.1.2.17', treatment: refused(400, 'sip-method-mismatch') },
  mismatch02: { section: '3.1.2.18', treatment: refused(400, 'sip-method-mismatch') },
  bigcode: { section: '3.1.2.19', treatment: dropped(bad) },

  badbranch: {
    section: '3.2.1',
    treatment: read(m => assert.ok(!hasMagicCookie(branchOf(vias(m)[0]!))), 'matched to transactions as RFC 2543 did'),
  },

  insuf: { section: '3.3.1', treatment: refused(400, 'sip-missing-header') },
  unkscm: { section: '3.3.2', treatment: refused(416, 'sip-unknown-scheme') },
  novelsc: { section: '3.3.3', treatment: refused(416, 'sip-unknown-scheme') },
  unksm2: {
    section: '3.3.4',
    treatment: read(m => {
      assert.equal(address(m, 'To').uri, 'isbn:2983792873')
      assert.equal(address(m, 'Contact').uri, 'name:John_Smith')
    }, '400 by the registrar, whose address of record must be a SIP URI'),
  },
  bext01: {
    section: '3.3.5',
    treatment: read(m => {
      assert.deepEqual(tokens(m, 'Require'), ['nothingSupportsThis', 'nothingSupportsThisEither'])
      assert.equal(tokens(m, 'Proxy-Require').length, 2)
    }, '420'),
  },
  invut: { section: '3.3.6', treatment: read(m => assert.equal(header(m, 'Content-Type'), 'application/unknownformat'), '415') },
  regaut01: {
    section: '3.3.7',
    treatment: read(m => assert.equal(header(m, 'Authorization'), 'NoOneKnowsThisScheme opaque-data=here'), '401'),
  },
  multi01: { section: '3.3.8', treatment: refused(400, 'sip-duplicate-header', p => assert.equal(headerValues(p, 'CSeq').length, 2)) },
  mcl01: { section: '3.3.9', treatment: refused(400, 'sip-duplicate-header') },
  bcast: {
    section: '3.3.10',
    treatment: read(
      m =>
        assert.deepEqual(
          vias(m).map(v => v.host),
          ['192.0.2.198', '255.255.255.255'],
        ),
      'dropped: its second Via is not ours to answer',
    ),
  },
  zeromf: {
    section: '3.3.11',
    treatment: read(
      m => assert.equal(header(m, 'Max-Forwards'), '0'),
      'answered here, as OPTIONS to ourselves, or 483 when it would be forwarded',
    ),
  },
  cparam01: {
    section: '3.3.12',
    treatment: read(m => {
      const contact = address(m, 'Contact')
      assert.deepEqual([contact.uri, contact.params.map(p => p.name)], ['sip:+19725552222@gw1.example.net', ['unknownparam']])
    }),
  },
  cparam02: {
    section: '3.3.13',
    treatment: read(m => {
      const contact = address(m, 'Contact')
      assert.deepEqual([contact.uri, contact.params.length], ['sip:+19725552222@gw1.example.net;unknownparam', 0])
    }),
  },
  regescrt: {
    section: '3.3.14',
    treatment: read(m => assert.deepEqual(uri(address(m, 'Contact').uri).headers, [{ name: 'Route', value: '<sip:sip.example.com>' }])),
  },
  sdp01: { section: '3.3.15', treatment: read(m => assert.deepEqual(tokens(m, 'Accept'), ['text/nobodyKnowsThis']), '406') },

  inv2543: {
    section: '3.4.1',
    treatment: read(m => {
      assert.equal(branchOf(vias(m)[0]!), '')
      assert.equal(tagOf(address(m, 'From')), '')
      assert.equal(header(m, 'Max-Forwards'), undefined)
      assert.equal(m.body.length, 105)
    }),
  },

  test: { section: 'beside it', treatment: dropped('sip-not-sip') },
}

classify('rfc4475', messages, 50)

test('rfc4475 3.1.1.8 dblreq: on a stream both messages are read; what follows the count of the second is no message', () => {
  const items = new StreamFramer().push(bytesOf('rfc4475', 'dblreq'))
  assert.deepEqual(
    items.map(i => i.is),
    ['message', 'pong', 'message', 'broken'],
  )
})

test('rfc4475: on a stream, messages with a wrong count are refused before they can swallow the next (3.1.2.3, 3.3.9)', () => {
  for (const name of ['ncl', 'mcl01']) {
    const [item] = new StreamFramer().push(bytesOf('rfc4475', name))
    assert.ok(item?.is === 'broken' && item.fault.status === 400, name)
  }
  // 3.1.2.2: a count too large waits for more.
  assert.deepEqual(new StreamFramer().push(bytesOf('rfc4475', 'clerr')), [])
})
