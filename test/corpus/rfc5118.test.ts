/** RFC 5118: every IPv6 torture message and what becomes of it. */
import assert from 'node:assert/strict'
import { parseSdp } from '../../src/wire/sdp/parse-sdp.ts'
import type { SipMessage } from '../../src/wire/sip/message.ts'
import { header, headerValues } from '../../src/wire/sip/message.ts'
import { parseNameAddr } from '../../src/wire/sip/name-addr.ts'
import { parseSipUri } from '../../src/wire/sip/uri.ts'
import { parseVia, receivedOf } from '../../src/wire/sip/via.ts'
import type { Entry } from './torture.ts'
import { classify, read, refused, request } from './torture.ts'

function place(uri: string): readonly [string, number | null] {
  const r = parseSipUri(uri)
  assert.ok(r.ok)
  return [r.value.host, r.value.port]
}

function contactHost(m: SipMessage): string {
  const r = parseNameAddr(header(m, 'Contact') ?? '')
  assert.ok(r.ok)
  return place(r.value.uri)[0]
}

function viaPlaces(m: SipMessage): unknown[] {
  return headerValues(m, 'Via').map(v => {
    const r = parseVia(v)
    assert.ok(r.ok)
    return [r.value.transport, r.value.host, r.value.port, receivedOf(r.value)]
  })
}

/** Addresses of the session and of each medium. */
function sdpAddresses(m: SipMessage): readonly (string | undefined)[] {
  const r = parseSdp(Buffer.from(m.body).toString())
  assert.ok(r.ok)
  return [r.value.connection?.address, ...r.value.media.map(d => d.connections[0]?.address)]
}

const messages: Record<string, Entry> = {
  'ipv6-good': {
    section: '4.1',
    treatment: read(m => {
      assert.deepEqual(place(request(m).uri), ['2001:db8::10', null])
      assert.deepEqual(viaPlaces(m), [['UDP', '2001:db8::9:1', null, undefined]])
      assert.equal(contactHost(m), '2001:db8::1')
    }),
  },
  'ipv6-bad': { section: '4.2', treatment: refused(400, 'sip-bad-uri') },
  'port-ambiguous': {
    section: '4.3',
    treatment: read(m => assert.deepEqual(place(request(m).uri), ['2001:db8::10:5070', null]), 'the port is part of the address'),
  },
  'port-unambiguous': { section: '4.4', treatment: read(m => assert.deepEqual(place(request(m).uri), ['2001:db8::10', 5070])) },
  'via-received-param-with-delim': {
    section: '4.5',
    treatment: read(m => assert.deepEqual(viaPlaces(m), [['UDP', '2001:db8::9:1', null, '2001:db8::9:255']])),
  },
  'via-received-param-no-delim': {
    section: '4.5',
    treatment: read(m => assert.deepEqual(viaPlaces(m), [['UDP', '2001:db8::9:1', null, '2001:db8::9:255']])),
  },
  'ipv6-in-sdp': {
    section: '4.6',
    treatment: read(m => {
      assert.equal(contactHost(m), '2001:db8::20')
      assert.equal(sdpAddresses(m)[0], '2001:db8::20')
    }),
  },
  'mult-ip-in-header': {
    section: '4.7',
    treatment: read(m =>
      assert.deepEqual(viaPlaces(m), [
        ['UDP', '2001:db8::9:1', 6050, undefined],
        ['UDP', '192.0.2.1', null, undefined],
        ['TCP', '2001:db8::9:255', null, '192.0.2.200'],
      ]),
    ),
  },
  'mult-ip-in-sdp': { section: '4.8', treatment: read(m => assert.deepEqual(sdpAddresses(m).slice(1), ['192.0.2.1', '2001:db8::1'])) },
  'ipv4-mapped-ipv6': {
    section: '4.9',
    treatment: read(m => {
      assert.deepEqual(viaPlaces(m), [
        ['UDP', '::ffff:192.0.2.10', 19823, undefined],
        ['UDP', '::ffff:192.0.2.2', null, undefined],
      ])
      assert.equal(contactHost(m), '::ffff:192.0.2.2')
      assert.equal(sdpAddresses(m)[0], '::ffff:192.0.2.2')
    }),
  },
  'ipv6-bug-abnf-3-colons': {
    section: '4.10',
    treatment: read(m => assert.equal(place(request(m).uri)[0], '2001:db8::192.0.2.1'), 'used as if it had two colons'),
  },
  'ipv6-correct-abnf-2-colons': { section: '4.10', treatment: read(m => assert.equal(place(request(m).uri)[0], '2001:db8::192.0.2.1')) },
}

classify('rfc5118', messages, 12)
