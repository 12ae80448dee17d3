/**
 * Measures what the overload gate wants to know: how long a message waits before we read it. A small datagram of our own is sent to
 * the SIP socket and stands in the same queue as everybody's, the kernel's included, which no look at the event loop would show.
 */
import { createSocket, type Socket } from 'node:dgram'
import type { HostPort } from '../sip/flow.ts'

export interface QueueDelayProbe {
  /** The facade's first look: true when the datagram was a probe (and is done with). */
  arrived(bytes: Uint8Array, remote: HostPort): boolean
  stop(): void
}

/** Starts with a zero byte and is shorter than any STUN or SIP message. */
const PROBE_BYTES = 12

/** `measured` is called about every `everyMs` with the delay; a probe that is overdue counts with its age as soon as that says something new. */
export function startQueueDelayProbe(
  target: HostPort,
  everyMs: number,
  measured: (delayMs: number, nowMs: number) => void,
): Promise<QueueDelayProbe> {
  const v6 = target.host.includes(':')
  const socket: Socket = createSocket(v6 ? 'udp6' : 'udp4')
  const host = target.host === '0.0.0.0' ? '127.0.0.1' : target.host === '::' ? '::1' : target.host
  const packet = Buffer.alloc(PROBE_BYTES)
  let serial = 0
  let sentAt = 0
  let waiting = false
  let last = 0
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: host, port: 0 }, () => {
      socket.removeListener('error', reject)
      socket.on('error', () => {})
      socket.unref()
      const ownPort = socket.address().port
      const tick = setInterval(() => {
        const now = performance.now()
        if (waiting) {
          // Its age is only the least that the wait will be: news when it exceeds the wait before, misleading when it does not.
          if (now - sentAt > last) measured((last = now - sentAt), Date.now())
          // A full socket buffer loses probes: after a second this one is taken for lost and another is sent.
          if (now - sentAt < 1000) return
        }
        waiting = true
        sentAt = now
        packet.writeUInt32BE(++serial >>> 0, 8)
        socket.send(Buffer.from(packet), target.port, host)
      }, everyMs)
      tick.unref()
      resolve({
        arrived(bytes, remote) {
          if (bytes.length !== PROBE_BYTES || bytes[0] !== 0 || remote.port !== ownPort || remote.host !== host) return false
          const at = ((bytes[8]! << 24) | (bytes[9]! << 16) | (bytes[10]! << 8) | bytes[11]!) >>> 0
          if (waiting && at === serial >>> 0) {
            waiting = false
            last = performance.now() - sentAt
            measured(last, Date.now())
          }
          return true
        },
        stop() {
          clearInterval(tick)
          socket.close()
        },
      })
    })
  })
}
