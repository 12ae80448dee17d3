import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OggOpusWriter, opusPacketSamples, parseOpusHead, parseOpusTags, printOpusHead, printOpusTags, readOggOpus } from './ogg-opus.ts'

const HEAD = { channels: 2, preSkip: 312, inputHz: 8000, gain: 0 } as const
const TAGS = { vendor: 'Switchroom', comments: ['TITLE=call', 'DESCRIPTION=left: clinic, right: caller'] }

/** 20 ms, CELT fullband, one frame. */
function packet(i: number): Uint8Array {
  return Uint8Array.of(0xfc, i & 0xff, 1, 2, 3)
}

function file(packets: number, samples?: number): Uint8Array {
  const writer = new OggOpusWriter(9, HEAD, TAGS)
  const pages = writer.begin()
  assert.equal(pages.length, 2, 'each header has its own page')
  for (let i = 0; i < packets; i++) pages.push(...writer.add(packet(i)))
  pages.push(writer.finish(samples))
  return Uint8Array.from(Buffer.concat(pages))
}

function read(bytes: Uint8Array) {
  const r = readOggOpus(bytes)
  assert.ok(r.ok, r.ok ? '' : r.error.message)
  return r.value
}

test('head and tags read back as written', () => {
  const head = fc.record(
    {
      channels: fc.constantFrom(1 as const, 2 as const),
      preSkip: fc.nat({ max: 65535 }),
      inputHz: fc.nat(),
      gain: fc.integer({ min: -32768, max: 32767 }),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(head, h => {
      const r = parseOpusHead(printOpusHead(h))
      assert.deepEqual(r.ok && r.value, h)
    }),
  )
  const text = fc.string({ unit: 'grapheme', maxLength: 30 })
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 5 }), (vendor, comments) => {
      const r = parseOpusTags(printOpusTags({ vendor, comments }))
      assert.deepEqual(r.ok && r.value, { vendor, comments })
    }),
  )
})

test('a file has its packets, and the length it was trimmed to', () => {
  const whole = read(file(120))
  assert.deepEqual(whole.head, HEAD)
  assert.deepEqual(whole.tags, TAGS)
  assert.equal(whole.packets.length, 120)
  assert.deepEqual(whole.packets[77], packet(77))
  assert.equal(whole.samples, 120 * 960 - 312)
  assert.equal(whole.complete, true)
  assert.equal(read(file(120, 100_000)).samples, 100_000)
  assert.equal(read(file(0)).samples, 0)
  assert.equal(read(file(0)).complete, true)
})

test('REC-03 a file whose writer was killed is read up to its last page and said to be incomplete', () => {
  const bytes = file(120)
  const r = read(bytes.slice(0, bytes.length - 30))
  assert.equal(r.complete, false)
  assert.ok(r.packets.length >= 100 && r.packets.length < 120)
  assert.equal(r.samples, r.packets.length * 960 - 312)
})

test('RFC 6716 §3.1: how long a packet is', () => {
  for (const [bytes, samples] of [
    [[0x00], 480],
    [[0x08], 960],
    [[0x18], 2880],
    [[0x60], 480],
    [[0x68], 960],
    [[0x80], 120],
    [[0xf8], 960],
    [[0xf9], 1920],
    [[0xfb, 3], 2880],
    [[0xfb, 7], 0],
    [[0xfb], 0],
    [[], 0],
  ] as const)
    assert.equal(opusPacketSamples(Uint8Array.from(bytes)), samples)
})

test('SEC-04 what is no Ogg Opus is refused without harm', () => {
  assert.equal(readOggOpus(new Uint8Array(0)).ok, false)
  const bytes = file(10)
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
      const copy = bytes.slice()
      copy[at] = value
      assert.equal(typeof readOggOpus(copy).ok, 'boolean')
    }),
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), b => !parseOpusHead(b).ok && !parseOpusTags(b).ok))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), b => {
      const tags = new Uint8Array(8 + b.length)
      tags.set(new TextEncoder().encode('OpusTags'))
      tags.set(b, 8)
      assert.equal(typeof parseOpusTags(tags).ok, 'boolean')
    }),
  )
})
