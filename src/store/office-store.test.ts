import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type AccessPlan, filterFor, type Grant, permits, type Right, type Subject, type Viewer } from '../access/rights.ts'
import { answeredCall, CALLER, ended, recordingStarted, recordingStopped, SampleLog, started } from '../operations/sample-calls.ts'
import type { RecordingEntry } from '../recording/recording-entry.ts'
import { LogReader, LogSource } from './log-reader.ts'
import { LogStore } from './log-store.ts'
import { OfficeStore } from './office-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-store-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const fresh = (name: string) => join(folder, `${files++}-${name}`)
const START = Date.UTC(2026, 10, 22, 9, 0, 0)

function readerOf(store: OfficeStore, source: LogSource, failAt?: { left: number }): LogReader {
  return new LogReader(source, store.db, 'office', {
    apply(events) {
      store.calls.apply(events)
      store.recordings.apply(events, call => {
        const progress = store.calls.progressOf(call)
        return progress && { ...progress.record, people: progress.people }
      })
      if (failAt && failAt.left-- === 0) throw new Error('the disk is full')
    },
    settle: () => void store.calls.settle(),
    forget: () => store.calls.forget(),
  })
}

function write(path: string, samples: SampleLog): LogStore {
  const log = new LogStore(path)
  for (const { at, call, event } of samples.events) log.append(at, call, event)
  log.commit()
  return log
}

describe('reading the log', () => {
  const samples = new SampleLog()
  for (let i = 0; i < 5; i++) samples.call(`c${i}`, START + i * 1000, answeredCall('+77272500000', `r${i}`))
  samples.call('open', START + 9000, [[0, started()]])

  test('CRM-04 each call is logged exactly once, wherever reading is interrupted and whatever fails in between', () => {
    const logPath = fresh('switch.db')
    const log = write(logPath, samples)
    const source = new LogSource(logPath)
    const path = fresh('office.db')
    const failAt = { left: 3 }
    let failures = 0
    for (let round = 0; round < 100; round++) {
      // A new process each time: nothing is remembered but the database.
      const store = new OfficeStore(path)
      const reader = readerOf(store, source, failAt)
      try {
        if (reader.read(7) === 0 && failAt.left < 0) {
          const { calls } = store.calls.list({ limit: 50 }, [EVERYTHING])
          assert.deepEqual(
            calls.map(call => `${call.id} ${call.outcome} ${call.talkMs}`),
            ['open null 0', ...[4, 3, 2, 1, 0].map(i => `c${i} answered 60000`)],
          )
          assert.deepEqual(
            store.calls.live().map(call => call.record.id),
            ['open'],
          )
          assert.deepEqual(store.recordings.waiting(10), ['r0', 'r1', 'r2', 'r3', 'r4'])
          store.close()
          break
        }
      } catch (error) {
        failures++
        assert.match(String(error), /disk is full/)
      }
      store.close()
    }
    assert.equal(failures, 1)
    source.close()
    log.close()
  })

  test('a log that is not there yet has no events; one that was replaced is read anew without doubles', () => {
    const logPath = fresh('switch.db')
    const source = new LogSource(logPath)
    const store = new OfficeStore(fresh('office.db'))
    const reader = readerOf(store, source)
    assert.deepEqual([reader.read(), source.head()], [0, 0])
    const log = write(logPath, samples)
    while (reader.read() > 0);
    assert.equal(reader.behind(), 0)
    reader.restart()
    while (reader.read() > 0);
    assert.equal(store.calls.list({ limit: 50 }, [EVERYTHING]).calls.length, 6)
    source.close()
    log.close()
    store.close()
  })

  test('what the log says of a recording after its call is over still counts, and belongs to the story', () => {
    const late = new SampleLog()
    late.call('c', START, [
      [0, started()],
      [10, recordingStarted('r')],
      [5000, ended('answered')],
      [5100, { type: 'recording.gap', v: 1, recording: 'r', fromMs: 100, forMs: 200, cause: 'away' }],
      [5200, recordingStopped('r')],
    ])
    const logPath = fresh('switch.db')
    const log = write(logPath, late)
    const source = new LogSource(logPath)
    const store = new OfficeStore(fresh('office.db'))
    const reader = readerOf(store, source)
    while (reader.read(2) > 0);
    assert.deepEqual(store.recordings.raw('r')?.gaps, [{ fromMs: 100, forMs: 200, cause: 'away' }])
    const found = store.calls.find('c', [EVERYTHING])!
    assert.equal(source.ofCall('c', found.firstSeq, found.lastSeq).length, 5)
    source.close()
    log.close()
    store.close()
  })
})

const EVERYTHING = { grant: '', everything: true, people: [], queues: [], groups: [], boxes: [], notBeforeAt: null, narrowedByRule: false }
const DAY_MS = 86_400_000
const NOW = START + 200 * DAY_MS

describe('the rights table', () => {
  const grant = (name: string, who: string, may: Right[], of: Grant['of'], newerThanDays?: number): Grant => ({
    name,
    who: [who],
    may,
    of,
    newerThanMs: newerThanDays === undefined ? null : newerThanDays * DAY_MS,
  })
  const plan: AccessPlan = {
    grants: [
      grant('lead-sales', 'marat', ['search', 'listen'], { kind: 'department', name: 'sales' }, 90),
      grant('lead-support', 'aida', ['search', 'listen'], { kind: 'queue', name: 'support' }),
      grant('reception', 'dana', ['listen'], { kind: 'group', name: 'reception-desk' }),
      grant('quality', 'olga', ['search', 'listen', 'download'], { kind: 'everything' }),
      grant('coach', 'erlan', ['listen'], { kind: 'person', name: 'asel' }),
      grant('box', 'erlan', ['listen'], { kind: 'box', name: 'support' }),
    ],
    administrators: ['aida'],
    departmentMembers: department => (department === 'sales' ? ['marat', 'asel'] : []),
    namesOf: person => [person, `account:${person}-desk`],
    boxesOf: person => (person === 'marat' ? ['sales'] : []),
  }
  const subject = (more: Partial<Subject>): Subject => ({
    at: NOW - DAY_MS,
    people: [],
    queue: null,
    group: null,
    box: null,
    heardBy: [],
    ...more,
  })
  const subjects: Record<string, Subject> = {
    'of marat': subject({ people: ['marat'] }),
    'of asel’s telephone': subject({ people: ['account:asel-desk'] }),
    'of asel, 100 days ago': subject({ people: ['asel'], at: NOW - 100 * DAY_MS }),
    'in queue support': subject({ queue: 'support', people: ['olga'] }),
    'in queue support, for quality': subject({ queue: 'support', heardBy: ['quality'] }),
    'of the reception desk': subject({ group: 'reception-desk', heardBy: ['reception', 'quality'] }),
    'in box sales': subject({ box: 'sales' }),
    'in box support': subject({ box: 'support' }),
    'of nobody': subject({}),
  }
  const viewers: Record<string, Viewer> = Object.fromEntries(
    ['aida', 'dana', 'marat', 'asel', 'olga', 'erlan', 'stranger'].map(person => [person, { user: person, person, administrator: false }]),
  )
  viewers['admin'] = { user: 'admin', person: null, administrator: true }

  test('ACC-01 the same question gets the same answer in memory and from the database', () => {
    const store = new OfficeStore(fresh('office.db'))
    for (const [id, about] of Object.entries(subjects)) store.recordings.put(entryOf(id, about))
    let permitted = 0
    for (const viewer of Object.values(viewers))
      for (const right of ['see-calls', 'search', 'listen', 'download', 'end-calls', 'hold', 'delete'] as const) {
        const filter = filterFor(plan, viewer, right, NOW)
        const listed = new Set(store.recordings.list({ limit: 100 }, filter).recordings.map(({ entry }) => entry.id))
        for (const [id, about] of Object.entries(subjects)) {
          assert.equal(listed.has(id), permits(filter, about), `${viewer.user} ${right} ${id}`)
          assert.equal(store.recordings.find(id, filter) !== null, permits(filter, about))
          if (permits(filter, about)) permitted++
        }
      }
    assert.ok(permitted > 50)
    store.close()
  })

  const heardBy = (who: string, right: Right = 'listen') =>
    Object.entries(subjects)
      .filter(([, about]) => permits(filterFor(plan, viewers[who]!, right, NOW), about))
      .map(([id]) => id)

  test('ACC-01 rights are scoped by department, queue, group, person, box and age', () => {
    assert.deepEqual(heardBy('marat'), ['of marat', 'of asel’s telephone', 'in box sales'])
    assert.deepEqual(heardBy('aida'), ['in queue support'])
    assert.deepEqual(heardBy('dana'), ['of the reception desk'])
    assert.deepEqual(heardBy('erlan'), ['of asel’s telephone', 'of asel, 100 days ago', 'in box support'])
    assert.deepEqual(heardBy('olga').length, Object.keys(subjects).length)
  })

  test('ACC-02 without a grant one sees one’s own calls and hears nothing; an administrator sees all and hears nothing', () => {
    assert.deepEqual([heardBy('asel'), heardBy('stranger'), heardBy('admin')], [[], [], []])
    assert.deepEqual(heardBy('asel', 'see-calls'), ['of asel’s telephone', 'of asel, 100 days ago'])
    assert.equal(heardBy('admin', 'search').length, Object.keys(subjects).length)
    for (const who of Object.keys(viewers)) assert.deepEqual(heardBy(who, 'delete'), [], `${who} deletes`)
  })
})

test('STO-04 a number is found in any format, an extension only as a whole', () => {
  const store = new OfficeStore(fresh('office.db'))
  store.recordings.put({
    ...entryOf('r1', { at: START, people: [], queue: null, group: null, box: null, heardBy: [] }),
    left: CALLER,
    right: { number: '201', name: 'Айгерим Ёлкина' },
  })
  const found = (text: string) => store.recordings.list({ limit: 10, text }, [EVERYTHING]).recordings.length === 1
  for (const text of ['+7 701 123 45 67', '8 (701) 123-45-67', '7011234567', '1234567', '201', 'айгерим', 'ЁЛКИНА', 'r1'])
    assert.ok(found(text), text)
  for (const text of ['20', '01', '2011', '7779999999', '100%', '_']) assert.ok(!found(text), text)
  store.close()
})

function entryOf(id: string, about: Subject): RecordingEntry {
  return {
    id,
    call: `call-${id}`,
    kind: about.box === null ? 'call' : 'voicemail',
    spoolPath: '',
    startedAt: about.at,
    stoppedAt: null,
    state: 'ready',
    problem: null,
    durationMs: 1000,
    left: { number: '' },
    right: null,
    direction: 'in',
    line: null,
    box: about.box,
    people: about.people,
    queue: about.queue,
    group: about.group,
    rule: null,
    purpose: null,
    keepUntilAt: null,
    heardBy: about.heardBy,
    gaps: [],
    format: 'opus',
    file: null,
    sizeBytes: 0,
    encrypted: true,
    checks: null,
  }
}
