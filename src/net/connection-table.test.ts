import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Flow } from '../sip/flow.ts'
import { ConnectionTable, STREAM_LIMITS, type StreamLimits } from './connection-table.ts'
import type { Pipe, PipeHandlers } from './pipe.ts'

const MESSAGE = Buffer.from('OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n')

interface FakePipe extends Pipe {
  handlers: PipeHandlers
  readonly written: string[]
  pings: number
  backlogBytes: number
  open: boolean
}

function fakePipe(host = '192.0.2.1', port = 1000, whole = false): FakePipe {
  const pipe: FakePipe = {
    transport: whole ? 'ws' : 'tcp',
    local: { host: '198.51.100.1', port: 5060 },
    remote: { host, port },
    whole,
    backlogBytes: 0,
    written: [],
    pings: 0,
    open: true,
    handlers: { data: () => {}, pong: () => {}, closed: () => {} },
    start: h => (pipe.handlers = h),
    write: b => void pipe.written.push(Buffer.from(b).toString('latin1')),
    end: () => pipe.destroy(),
    destroy() {
      if (!pipe.open) return
      pipe.open = false
      pipe.handlers.closed('')
    },
    ...(whole && { ping: () => void pipe.pings++ }),
  }
  return pipe
}

/** A table with a clock that is moved by hand and swept every second of it. */
function rig(limits: Partial<StreamLimits> = {}) {
  const r = {
    now: 0,
    messages: 0,
    closed: [] as string[],
    pongs: 0,
    run(seconds: number, each: () => void = () => {}) {
      for (let i = 0; i < seconds; i++) {
        r.now += 1000
        each()
        r.table.sweep()
      }
    },
    table: undefined as unknown as ConnectionTable,
  }
  r.table = new ConnectionTable({ ...STREAM_LIMITS, ...limits }, 'p-', () => r.now, {
    onMessage: () => r.messages++,
    onClosed: (_flow, why) => r.closed.push(why),
    onGarbage: () => {},
    onPong: () => r.pongs++,
  })
  return r
}

describe('connections in virtual time', () => {
  test('a silent newcomer has ten seconds for its first message', () => {
    const r = rig()
    const quick = fakePipe()
    r.table.add(quick, false)
    r.table.add(fakePipe('192.0.2.2'), false)
    quick.handlers.data(MESSAGE)
    r.run(10)
    assert.deepEqual(r.closed, [])
    r.run(1)
    assert.deepEqual([r.closed, r.table.size, r.messages], [['slow'], 1, 1])
  })

  test('SEC-01 a message that drips in byte by byte is cut off', () => {
    const r = rig()
    const pipe = fakePipe()
    r.table.add(pipe, false)
    pipe.handlers.data(MESSAGE)
    let i = 0
    r.run(60, () => pipe.open && pipe.handlers.data(MESSAGE.subarray(i, ++i)))
    assert.deepEqual(r.closed, ['slow'])
    assert.ok(i < 15)
  })

  test('a registered telephone may be quiet for two hours, not for three', () => {
    const r = rig()
    const pipe = fakePipe()
    r.table.add(pipe, false)
    pipe.handlers.data(MESSAGE)
    r.run(7200)
    assert.deepEqual(r.closed, [])
    r.run(3600)
    assert.deepEqual(r.closed, ['idle'])
  })

  test('WebSocket flows are pinged every half minute; one that stops answering is closed', () => {
    const r = rig()
    const pipe = fakePipe('192.0.2.1', 1, true)
    r.table.add(pipe, false)
    pipe.handlers.data(MESSAGE)
    r.run(120, () => pipe.pings > 0 && r.now % 30_000 === 1000 && pipe.handlers.pong())
    assert.ok(pipe.pings >= 3)
    assert.deepEqual([r.closed, r.pongs > 0], [[], true])
    r.run(60)
    assert.deepEqual(r.closed, ['idle'])
  })

  test('CRLF over WebSocket is a ping, too', () => {
    const r = rig()
    const pipe = fakePipe('192.0.2.1', 1, true)
    r.table.add(pipe, false)
    pipe.handlers.data(Buffer.from('\r\n\r\n'))
    assert.deepEqual([pipe.written, r.messages], [['\r\n'], 0])
  })

  test('a peer that does not read is dropped before it fills our memory', () => {
    const r = rig()
    const pipe = fakePipe()
    const flow = r.table.add(pipe, true)!
    assert.equal(r.table.write(flow, MESSAGE), 'sent')
    pipe.backlogBytes = 2 * 1024 * 1024
    assert.equal(r.table.write(flow, MESSAGE), 'backlog')
    assert.equal(r.table.write(flow, MESSAGE), 'closed')
    assert.deepEqual(r.closed, ['slow'])
  })

  test('limits count per source and in all; what we dialled ourselves is not limited', () => {
    const r = rig({ connections: 3, connectionsPerSource: 2 })
    const add = (host: string, dialled = false) => r.table.add(fakePipe(host, r.table.size + 1), dialled) !== undefined
    assert.deepEqual([add('a'), add('a'), add('a'), add('b'), add('c'), add('a', true)], [true, true, false, true, false, true])
  })

  test('a connection is found by its flow and by its peer, until it is gone', () => {
    const r = rig()
    const pipe = fakePipe('192.0.2.1', 5060)
    const flow = r.table.add(pipe, false)!
    assert.equal(r.table.find({ transport: 'tcp', host: '192.0.2.1', port: 5060 }), flow)
    assert.equal(r.table.find({ transport: 'tls', host: '192.0.2.1', port: 5060 }), undefined)
    const copy = JSON.parse(JSON.stringify(flow)) as Flow
    assert.equal(r.table.find(copy), flow, 'a flow from the store is as good')
    pipe.destroy()
    assert.equal(r.table.find(copy), undefined)
    assert.deepEqual(r.closed, ['peer'])
  })

  test('whatever comes in whatever pieces, every connection that was opened is closed exactly once', () => {
    const piece = fc.constantFrom(
      MESSAGE,
      MESSAGE.subarray(0, 9),
      Buffer.from('\r\n\r\n'),
      Buffer.from('\r\n'),
      Buffer.from('x'),
      Buffer.from([0]),
    )
    const step = fc.oneof(
      fc.record({ data: piece, to: fc.nat(4) }),
      fc.record({ close: fc.nat(4) }),
      fc.record({ seconds: fc.nat(40) }),
      fc.record({ open: fc.boolean() }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const r = rig()
        const pipes: FakePipe[] = []
        for (const s of steps) {
          if ('open' in s) {
            const pipe = fakePipe('192.0.2.1', pipes.length, s.open)
            pipes.push(pipe)
            r.table.add(pipe, false)
          } else if ('data' in s) pipes[s.to]?.open && pipes[s.to]!.handlers.data(s.data)
          else if ('close' in s) pipes[s.close]?.destroy()
          else r.run(s.seconds)
          assert.equal(r.table.size, pipes.filter(p => p.open).length)
        }
        r.table.closeAll()
        assert.deepEqual([r.table.size, r.closed.length], [0, pipes.length])
      }),
      { numRuns: 150 },
    )
  })
})
