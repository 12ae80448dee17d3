import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type OggPacket, OggReader, OggWriter } from './ogg.ts'
import { OGG_MAX_PAGE_BYTES, oggPageLength, printOggPage } from './ogg-page.ts'

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

function written(packets: readonly Uint8Array[], pageGranules = 1000): Uint8Array {
  const writer = new OggWriter(77, pageGranules)
  const pages = packets.flatMap((p, i) => writer.add(p, (i + 1) * 100))
  return joined([...pages, writer.finish()])
}

function read(bytes: Uint8Array, piece = 4096): { packets: OggPacket[]; reader: OggReader } {
  const packets: OggPacket[] = []
  const reader = new OggReader(p => packets.push(p))
  for (let at = 0; at < bytes.length; at += piece) reader.push(bytes.subarray(at, at + piece))
  reader.end()
  return { packets, reader }
}

const bytesOf = (length: number, fill: number) => new Uint8Array(length).fill(fill)

test('the first page of an Ogg Opus file is byte for byte what opusenc writes', () => {
  const head = '4f707573486561640102380180bb0000000000'
  const page = printOggPage({ flags: 2, granule: 0, serial: 1, sequence: 0 }, [19], [Uint8Array.from(Buffer.from(head, 'hex'))])
  assert.equal(Buffer.from(page).toString('hex'), '4f6767530002000000000000000001000000000000000262855c0113' + head)
  assert.equal(oggPageLength(page, 0, page.length), page.length)
})

test('packets of any length come back, in any cut of the file', () => {
  const lengths = fc.array(fc.oneof(fc.nat({ max: 600 }), fc.constantFrom(0, 254, 255, 256, 510, 65_024, 65_025, 70_000)), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 9000 }), (all, piece) => {
      const packets = all.map((n, i) => bytesOf(n, i + 1))
      const back = read(written(packets), piece)
      assert.deepEqual(
        back.packets.map(p => p.data),
        packets,
      )
      assert.equal(back.reader.skippedBytes, 0)
      assert.equal(back.reader.lostPackets, 0)
      assert.ok(back.reader.ended.has(77))
      if (packets.length > 0) {
        assert.equal(back.packets.at(-1)!.granule, packets.length * 100)
        assert.equal(back.packets.at(-1)!.last, true)
      }
    }),
    { numRuns: 60 },
  )
})

test('pages are closed by time: each spans no more than asked for', () => {
  const { packets } = read(written(new Array(35).fill(bytesOf(10, 1))))
  assert.deepEqual(
    packets.filter(p => p.granule >= 0).map(p => p.granule),
    [1000, 2000, 3000, 3500],
  )
})

test('a damaged page costs its packets and no others; a file cut off is read up to there', () => {
  const file = written(new Array(40).fill(0).map((_, i) => bytesOf(300, i + 1)))
  const damaged = file.slice()
  damaged[4000] = damaged[4000]! ^ 0x10
  const { packets, reader } = read(damaged)
  assert.equal(packets.length, 30)
  assert.ok(reader.skippedBytes > 3000)
  const cut = read(file.slice(0, file.length - 10))
  assert.equal(cut.packets.length, 30)
  assert.equal(cut.reader.ended.size, 0)
  const wild = file.slice()
  wild[26] = 255
  assert.equal(read(wild).packets.length, 30)
})

test('a packet whose middle is missing is counted as lost, its neighbours are kept', () => {
  const writer = new OggWriter(5, 1_000_000)
  const pages = [...writer.add(bytesOf(10, 1), 1), ...writer.add(bytesOf(150_000, 2), 2), ...writer.add(bytesOf(10, 3), 3), writer.finish()]
  assert.equal(pages.length, 3)
  const { packets, reader } = read(joined([pages[0]!, pages[2]!]))
  assert.deepEqual(
    packets.map(p => p.data[0]),
    [1, 3],
  )
  assert.ok(reader.lostPackets > 0)
})

test('SEC-04 any bytes are read without harm', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => read(bytes, 7).packets.length === 0))
  const file = written([bytesOf(100, 1), bytesOf(600, 2), bytesOf(3, 3)])
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: file.length - 1 }), fc.nat({ max: 255 })), { maxLength: 5 }), damage => {
      const copy = file.slice()
      for (const [at, value] of damage) copy[at] = value
      assert.ok(read(copy).packets.length <= 3)
    }),
  )
  assert.ok(read(bytesOf(3 * OGG_MAX_PAGE_BYTES, 0x4f)).packets.length === 0)
})
