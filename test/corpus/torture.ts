/** What the two torture corpora share: files, their listing, and the three ways in which a message can be met. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SipMessage, SipRequest } from '../../src/wire/sip/message.ts'
import { header } from '../../src/wire/sip/message.ts'
import { parseMessage } from '../../src/wire/sip/parse-message.ts'
import { serializeMessage } from '../../src/wire/sip/serialize-message.ts'

export type Treatment =
  /** Read. `look` says what must have been understood; what an upper layer then answers stands in `then`. */
  | { readonly is: 'read'; readonly then?: string; readonly look?: (m: SipMessage) => void }
  /** Refused by the parser with a status, and with enough read to answer. */
  | { readonly is: 'refused'; readonly status: number; readonly code: string; readonly look?: (partial: SipMessage) => void }
  /** Dropped without an answer: a response, or nothing of SIP. */
  | { readonly is: 'dropped'; readonly code: string }

export interface Entry {
  readonly section: string
  readonly treatment: Treatment
}

export function read(look?: (m: SipMessage) => void, then?: string): Treatment {
  return { is: 'read', ...(look === undefined ? {} : { look }), ...(then === undefined ? {} : { then }) }
}

export function refused(status: number, code: string, look?: (partial: SipMessage) => void): Treatment {
  return { is: 'refused', status, code, ...(look === undefined ? {} : { look }) }
}

export function dropped(code: string): Treatment {
  return { is: 'dropped', code }
}

export function request(m: SipMessage): SipRequest {
  if (m.kind !== 'request') assert.fail('not a request')
  return m
}

export function bytesOf(folder: string, name: string): Buffer {
  return readFileSync(join(import.meta.dirname, folder, `${name}.dat`))
}

export function classify(folder: string, entries: Readonly<Record<string, Entry>>, total: number): void {
  test(`${folder}: all ${total} messages are present and listed`, () => {
    const files = readdirSync(join(import.meta.dirname, folder)).filter(f => f.endsWith('.dat'))
    assert.deepEqual(files.map(f => f.slice(0, -4)).sort(), Object.keys(entries).sort())
    assert.equal(files.length, total)
  })
  for (const [name, { section, treatment }] of Object.entries(entries)) {
    const told =
      treatment.is === 'read'
        ? `read${treatment.then === undefined ? '' : `, then ${treatment.then}`}`
        : treatment.is === 'refused'
          ? `refused with ${treatment.status}`
          : 'dropped'
    test(`${folder} ${section} ${name}: ${told}`, () => meet(bytesOf(folder, name), treatment))
  }
}

function meet(bytes: Uint8Array, treatment: Treatment): void {
  const r = parseMessage(bytes)
  switch (treatment.is) {
    case 'read': {
      if (!r.ok) assert.fail(`${r.error.code}: ${r.error.message}`)
      treatment.look?.(r.value)
      const again = parseMessage(serializeMessage(r.value))
      assert.ok(again.ok)
      const own = (m: SipMessage) => ({
        ...m,
        headers: m.headers.filter(h => h.name !== 'Content-Length'),
        body: [...m.body],
        reason: undefined,
      })
      assert.deepEqual(own(again.value), own(r.value))
      return
    }
    case 'refused':
      assert.ok(!r.ok)
      assert.deepEqual([r.error.status, r.error.code], [treatment.status, treatment.code])
      assert.ok(r.error.partial !== null)
      // Whatever was in the message for the answer has been read, malformed or not.
      assert.ok(header(r.error.partial, 'Via') !== undefined && header(r.error.partial, 'CSeq') !== undefined)
      treatment.look?.(r.error.partial)
      return
    case 'dropped':
      assert.ok(!r.ok)
      assert.deepEqual([r.error.status, r.error.code], [undefined, treatment.code])
  }
}
