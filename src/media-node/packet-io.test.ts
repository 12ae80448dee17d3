import assert from 'node:assert/strict'
import { isIPv6, SocketAddress } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PacketOwner } from '../media/packet-io.ts'
import { dgramIo } from './dgram-io.ts'
import { ffiIo } from './ffi-io.ts'
import { readSocketAddress, writeSocketAddress } from './socket-address.ts'
import { nextPort, sleep } from './testing/media-client.ts'

/** The contract that both kinds of sockets keep. */
for (const make of [ffiIo, dgramIo])
  for (const address of ['127.0.0.1', '::1'])
    test(`${make.name} on ${address}: exclusive targets shut others out, open lets them in again, and a taken port is told`, async t => {
      const io = make()
      if (io === null) {
        t.skip('no FFI here')
        return
      }
      const heard: string[] = []
      const failures: string[] = []
      const owner = (name: string): PacketOwner => ({
        packet: (_s, packet, length, source) => heard.push(`${name} ${packet[0]} ${length} ${source === null ? '-' : source.address}`),
        failed: (_s, code) => failures.push(name + ' ' + code),
      })
      const ports = [nextPort(), nextPort(), nextPort()]
      const [a, b, c] = ports.map((p, i) => io.open(address, p, owner('abc'[i]!)))
      const again = io.open(address, ports[0]!, owner('again'))
      await sleep(30)
      assert.deepEqual(failures, ['again EADDRINUSE'])
      const packet = io.scratch
      packet[0] = 1
      b!.target(address, ports[0]!, false)
      c!.target(address, ports[0]!, false)
      b!.send(packet, 10)
      await sleep(30)
      a!.target(address, ports[1]!, true)
      await sleep(10)
      c!.send(packet, 11)
      b!.send(packet, 12)
      a!.send(packet, 13)
      await sleep(30)
      a!.open()
      c!.send(packet, 14)
      await sleep(30)
      a!.reset()
      a!.send(packet, 15)
      await sleep(30)
      assert.deepEqual(heard.sort(), [`a 1 10 ${address}`, 'a 1 12 -', `a 1 14 ${address}`, `b 1 13 ${address}`].sort())
      for (const s of [a, b, c, again]) s!.close()
    })

test('socket addresses are written and read back as they were; what is none is refused', () => {
  const memory = new Uint8Array(64)
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65535 }), (address, port) => {
      if (isIPv6(address) && address.includes('.')) return
      const bytes = writeSocketAddress(memory, 0, address, port)
      assert.equal(bytes, address.includes(':') ? 28 : 16)
      const family = address.includes(':') ? 'ipv6' : 'ipv4'
      const read = new SocketAddress({ address: readSocketAddress(memory, 0), port, family })
      assert.equal(read.address, new SocketAddress({ address, port, family }).address)
      assert.equal((memory[2]! << 8) | memory[3]!, port)
    }),
  )
  fc.assert(fc.property(fc.string(), s => [0, 16, 28].includes(writeSocketAddress(memory, 0, s, 1))))
  for (const wrong of ['', 'host.example', '1.2.3', '1.2.3.4.5', '256.1.1.1', ':::', '1::2::3', 'g::1'])
    assert.equal(writeSocketAddress(memory, 0, wrong, 1), 0, wrong)
})
