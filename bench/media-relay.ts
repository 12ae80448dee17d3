/**
 * What one relayed RTP packet costs: a media process on one core, calls with G.711 both ways from another, nothing else.
 *
 *   node --experimental-ffi --no-warnings bench/media-relay.ts [--calls 100,300] [--seconds 6] [--io auto|dgram] [--record] [--pin CORE]
 *
 * Prints CPU µs per packet, loss, and the time a packet spends in the process and on both loopback hops.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { LegMedia } from '../src/media/leg-media.ts'
import type { PacketOwner, PacketSocket } from '../src/media/packet-io.ts'
import { dgramIo } from '../src/media-node/dgram-io.ts'
import { ffiIo } from '../src/media-node/ffi-io.ts'
import { writeRtpHeader } from '../src/wire/rtp/header.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100,300' },
    seconds: { type: 'string', default: '6' },
    io: { type: 'string', default: 'auto' },
    record: { type: 'boolean', default: false },
    pin: { type: 'string' },
  },
})
const io = ffiIo() ?? dgramIo()
/** USER_HZ, which Linux keeps at 100 for programs. */
const TICKS_PER_S = 100

for (const calls of values.calls.split(',').map(Number)) await measure(calls)

async function measure(calls: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'media-bench-'))
  const socket = join(folder, 'media.sock')
  const main = join(import.meta.dirname, '..', 'src', 'media-node', 'main.ts')
  const node = [process.execPath, '--experimental-ffi', '--no-warnings', main, '--socket', socket, '--io', values.io]
  const command = values.pin === undefined ? node : ['taskset', '-c', values.pin, ...node]
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const about = await new Promise<string>(resolve => child.stdout.once('data', d => resolve(String(d))))
  const line = connect(socket)
  line.resume()
  let received = 0
  const delays: number[] = []
  const peers: { socket: PacketSocket; to: number; sequence: number; ssrc: number }[] = []
  const owner: PacketOwner = {
    packet(_s, packet) {
      if (packet[1]! >= 192 && packet[1]! <= 223) return
      received++
      if ((received & 15) !== 0) return
      const sentUs = ((packet[20]! << 24) | (packet[21]! << 16) | (packet[22]! << 8) | packet[23]!) >>> 0
      delays.push((Math.round(performance.now() * 1000) - sentUs) | 0)
    },
    failed: (_s, code) => console.error('cannot bind', code),
  }
  for (let i = 0; i < calls; i++) {
    const ports = [20_000 + 4 * i, 20_002 + 4 * i]
    const ours = [40_000 + 2 * i, 40_001 + 2 * i]
    const legs = ['a', 'b'].map((leg, k) => legOf(leg, ports[k]!, ours[k]!))
    const recordings = values.record ? [{ id: `r${i}`, path: join(folder, `r${i}.tap`), left: ['a'], right: ['b'], paused: false }] : []
    const paths = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ]
    line.write(JSON.stringify({ op: 'put', session: { id: `c${i}`, legs, paths, plays: [], recordings } }) + '\n')
    for (let k = 0; k < 2; k++) {
      const s = io.open('127.0.0.1', ours[k]!, owner)
      s.target('127.0.0.1', ports[k]!, true)
      peers.push({ socket: s, to: ports[k]!, sequence: 0, ssrc: i * 2 + k + 1 })
    }
  }
  await sleep(700)
  let sent = 0
  const packet = io.scratch
  packet.fill(0x55, 12, 172)
  const sayAll = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const p = peers[i]!
      writeRtpHeader(packet, 0, false, p.sequence & 0xffff, p.sequence * 160, p.ssrc)
      const us = Math.round(performance.now() * 1000) >>> 0
      packet[20] = us >>> 24
      packet[21] = us >>> 16
      packet[22] = us >>> 8
      packet[23] = us
      p.sequence++
      p.socket.send(packet, 172)
      sent++
    }
  }
  const run = async (seconds: number): Promise<void> => {
    const slots = 10
    const start = performance.now()
    for (let n = 0; n < seconds * 50 * slots; n++) {
      const slot = n % slots
      sayAll(Math.floor((slot * peers.length) / slots), Math.floor(((slot + 1) * peers.length) / slots))
      const left = start + (n + 1) * (20 / slots) - performance.now()
      if (left > 0.2) await sleep(left)
      else await new Promise(resolve => setImmediate(resolve))
    }
  }
  await run(2)
  await sleep(100)
  const lostBefore = sent - received
  sent = 0
  received = 0
  delays.length = 0
  const pid = values.pin === undefined ? child.pid! : child.pid!
  const cpu = cpuMs(pid)
  const t0 = performance.now()
  await run(Number(values.seconds))
  await sleep(100)
  const usedMs = cpuMs(pid) - cpu
  const tookMs = performance.now() - t0
  delays.sort((a, b) => a - b)
  const at = (q: number): string => ((delays[Math.floor(delays.length * q)] ?? 0) / 1000).toFixed(2)
  const kind = about.includes('"ffi"') ? 'ffi' : 'dgram'
  console.log(
    `${kind}${values.record ? ' recorded' : ''}: ${calls} calls, ${Math.round((received / tookMs) * 1000)} packets/s, ${((usedMs * 1000) / received).toFixed(1)} µs CPU a packet, ` +
      `${((100 * usedMs) / tookMs).toFixed(0)} % of a core, lost ${sent - received} of ${sent} (before: ${lostBefore}), p50/p99 ${at(0.5)}/${at(0.99)} ms, ${rssMb(pid)} MB`,
  )
  for (const p of peers) p.socket.close()
  line.destroy()
  child.kill('SIGTERM')
  await new Promise(resolve => child.once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
}

function legOf(leg: string, port: number, peer: number): LegMedia {
  return {
    leg,
    local: { address: '127.0.0.1', port },
    remote: { address: '127.0.0.1', port: peer, rtcpPort: peer + 1 },
    rtcpMux: true,
    direction: 'sendrecv',
    codec: { name: 'PCMU', sendType: 0, receiveType: 0, clockHz: 8000, channels: 1, ptimeMs: 20 },
    dtmf: { sendType: 101, receiveType: 101, clockHz: 8000 },
    comfortNoiseType: null,
    srtp: { kind: 'none' },
    ice: null,
    latch: true,
    inBandDtmf: false,
  }
}

/** User and system time of a process. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_S
}

function rssMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
