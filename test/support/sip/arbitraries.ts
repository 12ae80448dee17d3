/** What fast-check draws for the property tests of src/wire/sip. */
import fc from 'fast-check'
import type { NameAddr } from '../../../src/wire/sip/name-addr.ts'
import type { Param } from '../../../src/wire/sip/params.ts'
import type { SipUri } from '../../../src/wire/sip/uri.ts'
import { printUri } from '../../../src/wire/sip/uri.ts'

const TOKEN_CHARS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-.!%*_+`'~"

export const token = fc.string({ unit: fc.constantFrom(...TOKEN_CHARS), minLength: 1, maxLength: 12 })

/** Any text that a quoted-string can carry: all of Unicode short of CR and LF, which no header can hold. */
export const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map(s => s.replace(/[\r\n]/g, ' '))

export const name = token.map(t => t.toLowerCase())

/** Header parameters with distinct names, values as written. */
export function params(except: readonly string[] = []): fc.Arbitrary<readonly Param[]> {
  const value = fc.oneof(
    fc.constant(null),
    token,
    text.map(t => `"${t.replace(/["\\]/g, '\\$&')}"`),
    fc.constant('[2001:db8::1]'),
  )
  const one = fc.record({ name: name.filter(n => !except.includes(n)), value }, { noNullPrototype: true })
  return fc.uniqueArray(one, { selector: p => p.name, maxLength: 4 })
}

export const ipv4 = fc.ipV4()
export const ipv6 = fc.ipV6().filter(a => !a.includes('%'))
export const host = fc.oneof(fc.domain(), ipv4, ipv6)
export const port = fc.option(fc.integer({ min: 0, max: 65535 }))

const uriText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })

export const sipUri: fc.Arbitrary<SipUri> = fc
  .record(
    {
      scheme: fc.constantFrom('sip' as const, 'sips' as const),
      user: fc.oneof(fc.constant(''), uriText),
      password: fc.option(fc.string({ unit: 'grapheme', maxLength: 6 })),
      host,
      port,
      params: fc.uniqueArray(fc.record({ name: uriText.map(t => t.toLowerCase()), value: fc.option(uriText) }, { noNullPrototype: true }), {
        maxLength: 3,
      }),
      headers: fc.array(fc.record({ name: uriText, value: fc.string({ unit: 'grapheme', maxLength: 8 }) }, { noNullPrototype: true }), {
        maxLength: 2,
      }),
    },
    { noNullPrototype: true },
  )
  .map(u => (u.user === '' ? { ...u, password: null } : u))

export function nameAddr(except: readonly string[] = []): fc.Arbitrary<NameAddr> {
  return fc
    .record({ display: fc.option(text, { nil: undefined }), uri: sipUri.map(printUri), params: params(except) }, { noNullPrototype: true })
    .map(({ display, ...rest }) => (display === undefined ? rest : { display, ...rest }))
}

/** Bytes that look enough like a header to reach deep into its parser. */
export const headerish = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'<>"\\;,=:@?&% \t[]()/.*0aZ-\u00e9\0'), maxLength: 40 }),
)
