import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Decoder } from '@evan/opus'
import { answeredCall, CALLER, ended, fromOutside, recordingStarted, recordingStopped, SampleLog } from '../operations/sample-calls.ts'
import { isSealed } from '../recording/sealed-file.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { OfficeStore } from '../store/office-store.ts'
import { readOggOpus } from '../wire/audio/ogg-opus.ts'
import { toneLevelDbfs } from '../wire/audio/tone-measure.ts'
import { parseWav } from '../wire/audio/wav.ts'
import { masterKey } from './master-key.ts'
import { PLAN, startTestOffice, TestLog, temporaryData } from './office-fixture.ts'
import { openRecording } from './recording-files.ts'
import { writeTestSpool } from './spool-fixture.ts'

const START = Date.UTC(2026, 10, 22, 9, 0, 0)
const DAY = '2026/11/22'

describe('finishing recordings', () => {
  const { data, remove } = temporaryData()
  const spool = (id: string) => join(data, 'spool', `${id}.tap`)
  const samples = new SampleLog()
  let log: TestLog

  before(() => {
    log = new TestLog(data)
  })
  after(() => {
    log.close()
    remove()
  })

  const plain = async (file: string, id: string): Promise<Buffer> => {
    const open = await openRecording(join(data, 'recordings', file), id, () => masterKey(join(data, 'secrets', 'recordings.key')))
    const parts: Buffer[] = []
    for await (const part of open!.stream(0, open!.sizeBytes - 1)) parts.push(part as Buffer)
    return Buffer.concat(parts)
  }

  const entryOf = (id: string) => {
    const store = new OfficeStore(dataPaths(data).officeDb)
    const entry = store.recordings.raw(id)
    store.close()
    return entry!
  }

  const finishAll = async (plan = PLAN): Promise<void> => {
    const office = await startTestOffice(data, plan)
    await office.settled()
    await office.close()
  }

  test('REC-03 each side keeps its own channel: the tone that it sent is there, and not on the other', async () => {
    writeTestSpool(spool('r1'), {
      recording: 'r1',
      startedAt: START + 8003,
      durationMs: 6000,
      left: { hz: 440, fromMs: 0, toMs: 3000 },
      right: { hz: 1000, fromMs: 2000, toMs: 6000 },
    })
    log.append(samples.call('c1', START, answeredCall('+77272500000', 'r1')))
    await finishAll()
    const entry = entryOf('r1')
    assert.deepEqual(
      [entry.state, entry.format, entry.file, entry.durationMs, entry.encrypted],
      ['ready', 'opus', `${DAY}/r1.opus`, 6000, true],
    )
    assert.equal(entry.keepUntilAt, START + 8003 + 180 * 86_400_000)
    assert.equal(existsSync(spool('r1')), false)
    const raw = readFileSync(join(data, 'recordings', entry.file!))
    assert.equal(isSealed(raw), true)
    assert.equal(raw.includes('OpusHead'), false)
    const bytes = await plain(entry.file!, 'r1')
    assert.equal(bytes.length, entry.sizeBytes)
    const [left, right] = decodeStereo(bytes)
    assert.equal(left.length, 6 * 48_000)
    assert.ok(Math.abs(level(left, 440, 0.5, 2.5) - -12) < 2)
    assert.ok(Math.abs(level(right, 1000, 3.5, 5.5) - -12) < 2)
    for (const leak of [level(left, 1000, 0.5, 5.5), level(right, 440, 0.5, 5.5), level(left, 440, 3.5, 5.5), level(right, 1000, 0.5, 1.5)])
      assert.ok(leak < -50, `${leak} dB`)
  })

  test('REC-02 a recording shorter than its rule asks is not kept, and its entry says why', async () => {
    writeTestSpool(spool('short'), {
      recording: 'short',
      startedAt: START,
      durationMs: 2000,
      left: { hz: 440, fromMs: 0, toMs: 2000 },
      right: { hz: 700, fromMs: 0, toMs: 2000 },
    })
    const logged = samples
      .call('c-short', START, answeredCall('+77272500000', 'short'))
      .map(l =>
        l.event.type === 'recording.started' && l.event.decision
          ? { ...l, event: { ...l.event, decision: { ...l.event.decision, onlyIfLongerMs: 60_000 } } }
          : l,
      )
    log.append(logged)
    await finishAll()
    const entry = entryOf('short')
    assert.deepEqual([entry.state, entry.file, existsSync(spool('short'))], ['empty', null, false])
    assert.match(entry.problem ?? '', /longer than 60 s/)
    assert.equal(existsSync(join(data, 'recordings', DAY, 'short.opus')), false)
  })

  test('REC-04 both channels are judged: speech, level, and a channel on which nobody was heard', async () => {
    const checks = entryOf('r1').checks!
    assert.deepEqual([checks.left.verdict, checks.right?.verdict], ['fine', 'fine'])
    assert.ok(Math.abs(checks.left.speechS - 3) < 0.2)
    assert.ok(Math.abs(checks.left.levelDb! - -12) < 1)
    writeTestSpool(spool('r2'), {
      recording: 'r2',
      startedAt: START,
      durationMs: 2000,
      left: { hz: 440, fromMs: 0, toMs: 2000 },
      right: { hz: 1, fromMs: 0, toMs: 0 },
    })
    log.append(samples.call('c2', START + 1000, answeredCall('+77272500000', 'r2')))
    await finishAll()
    const dead = entryOf('r2').checks!
    assert.deepEqual([dead.left.verdict, dead.right?.verdict, dead.right?.levelDb], ['fine', 'silent', null])
  })

  test('REC-03 a gap is marked in the index where it is, once, and what follows stays in its place', async () => {
    writeTestSpool(spool('r3'), {
      recording: 'r3',
      startedAt: START,
      durationMs: 5000,
      left: { hz: 440, fromMs: 0, toMs: 5000 },
      right: { hz: 1000, fromMs: 4000, toMs: 5000 },
      away: { fromMs: 2000, toMs: 2600 },
    })
    const steps = answeredCall('+77272500000', 'r3')
    log.append(
      samples.call('c3', START, [
        ...steps.slice(0, -1),
        [10_600, { type: 'recording.gap', v: 1, recording: 'r3', fromMs: 2010, forMs: 590, cause: 'the media process was away' }],
        ...steps.slice(-1),
      ]),
    )
    await finishAll()
    const entry = entryOf('r3')
    assert.equal(entry.gaps.length, 1)
    const gap = entry.gaps[0]!
    assert.ok(Math.abs(gap.fromMs - 2000) <= 40 && Math.abs(gap.forMs - 600) <= 40, JSON.stringify(gap))
    assert.ok(entry.checks!.left.lossShare > 0.1)
    const [left, right] = decodeStereo(await plain(entry.file!, 'r3'))
    assert.ok(level(left, 440, 2.1, 2.5) < -50)
    assert.ok(level(left, 440, 3, 4.9) > -14)
    assert.ok(level(right, 1000, 3, 3.9) < -50)
    assert.ok(level(right, 1000, 4.1, 4.9) > -14)
  })

  test('CALL-02 a voicemail message has one channel; WAV by choice', async () => {
    writeTestSpool(spool('v1'), {
      recording: 'v1',
      startedAt: START,
      durationMs: 9000,
      left: { hz: 440, fromMs: 0, toMs: 9000 },
      right: null,
    })
    log.append(
      samples.call('c4', START, [
        [0, fromOutside('+77272500010')],
        [10, recordingStarted('v1', { kind: 'voicemail', box: 'sales', right: null, left: CALLER })],
        [9000, recordingStopped('v1')],
        [9002, ended('voicemail')],
      ]),
    )
    await finishAll({ ...PLAN, recordingFormat: 'wav' })
    const entry = entryOf('v1')
    assert.equal(entry.file, `${DAY}/v1.wav`)
    const bytes = await plain(entry.file!, 'v1')
    const wav = parseWav(bytes)
    assert.ok(wav.ok)
    // Longer than one encrypted chunk: the header was mended after the rest had been written.
    assert.deepEqual([wav.value.channels, wav.value.clockHz, wav.value.dataBytes, bytes.length > 65_536], [1, 8000, 9 * 16_000, true])
    assert.equal(bytes.readUInt32LE(40), 9 * 16_000)
  })

  test('RES-07 a crash at any step is mended by the next start, with the same result', async () => {
    const copy = join(data, 'copy.tap')
    writeTestSpool(copy, {
      recording: 'r5',
      startedAt: START,
      durationMs: 1000,
      left: { hz: 440, fromMs: 0, toMs: 1000 },
      right: { hz: 1000, fromMs: 0, toMs: 1000 },
      ended: true,
    })
    log.append(samples.call('c5', START, answeredCall('+77272500000', 'r5')))
    copyFileSync(copy, spool('r5'))
    // Died while writing: a part is left over.
    writeFileSync(join(data, 'recordings', DAY, 'r5.opus.part'), 'torn')
    await finishAll()
    assert.equal(entryOf('r5').state, 'ready')
    const before = decodeStereo(await plain(entryOf('r5').file!, 'r5'))
    // Died after the file had its name but before the index knew.
    const store = new OfficeStore(dataPaths(data).officeDb)
    store.recordings.put({ ...store.recordings.raw('r5')!, state: 'waiting', file: null, format: null, checks: null, sizeBytes: 0 })
    store.close()
    copyFileSync(copy, spool('r5'))
    await finishAll()
    assert.deepEqual(decodeStereo(await plain(entryOf('r5').file!, 'r5')), before)
    // Died before the spool was removed.
    copyFileSync(copy, spool('r5'))
    await finishAll()
    assert.equal(existsSync(spool('r5')), false)
    assert.deepEqual(
      readdirSync(join(data, 'recordings', DAY)).filter(name => name.includes('r5')),
      ['r5.opus'],
    )
  })

  test('REC-06 a recording whose spool is missing or unreadable is marked as failed, and its spool is kept', async () => {
    log.append(samples.call('c6', START, answeredCall('+77272500000', 'r6')))
    await finishAll()
    assert.deepEqual([entryOf('r6').state, entryOf('r6').problem?.includes('missing')], ['failed', true])
  })
})

/** Of one tone between two moments, dBFS. */
function level(channel: Int16Array, hz: number, fromS: number, toS: number): number {
  return toneLevelDbfs(channel, Math.round(fromS * 48_000), Math.round(toS * 48_000), 48_000, hz)
}

/** Both channels at 48 kHz, without pre-skip and padding. */
function decodeStereo(bytes: Uint8Array): [Int16Array, Int16Array] {
  const read = readOggOpus(bytes)
  assert.ok(read.ok)
  assert.deepEqual([read.value.complete, read.value.lostPackets, read.value.head.channels], [true, 0, 2])
  const decoder = new Decoder({ channels: 2, sample_rate: 48_000 })
  const parts = read.value.packets.map(packet => Buffer.from(decoder.decode(packet)))
  const all = Buffer.concat(parts)
  const left = new Int16Array(read.value.samples)
  const right = new Int16Array(read.value.samples)
  for (let i = 0; i < read.value.samples; i++) {
    left[i] = all.readInt16LE(4 * (i + read.value.head.preSkip))
    right[i] = all.readInt16LE(4 * (i + read.value.head.preSkip) + 2)
  }
  return [left, right]
}
