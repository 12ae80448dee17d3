/** A name server for tests, on a port of its own: one zone, written as 'TYPE name' → records. */
import { createSocket } from 'node:dgram'

type Rdata = Buffer
const TYPES: Readonly<Record<string, number>> = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 }

function name(text: string): Buffer {
  return Buffer.concat([
    ...text
      .split('.')
      .filter(l => l !== '')
      .map(l => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])),
    Buffer.from([0]),
  ])
}
function u16(...values: number[]): Buffer {
  const b = Buffer.alloc(values.length * 2)
  for (const [i, v] of values.entries()) b.writeUInt16BE(v, i * 2)
  return b
}
const text = (s: string): Buffer => Buffer.concat([Buffer.from([s.length]), Buffer.from(s)])
export const addressRecord = (ip: string): Rdata => Buffer.from(ip.split('.').map(Number))
export const srvRecord = (priority: number, weight: number, port: number, target: string): Rdata =>
  Buffer.concat([u16(priority, weight, port), name(target)])
export const naptrRecord = (order: number, preference: number, service: string, replacement: string): Rdata =>
  Buffer.concat([u16(order, preference), text('s'), text(service), text(''), name(replacement)])

/** A name server with one zone, which counts what it is asked. */
export function nameServer(zone: Readonly<Record<string, readonly Rdata[]>>) {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, from) => {
    const labels: string[] = []
    let at = 12
    while (query[at] !== 0) {
      labels.push(query.subarray(at + 1, at + 1 + query[at]!).toString())
      at += query[at]! + 1
    }
    const type = query.readUInt16BE(at + 1)
    const key = `${Object.keys(TYPES).find(t => TYPES[t] === type) ?? type} ${labels.join('.').toLowerCase()}`
    asked.push(key)
    const records = zone[key] ?? []
    const exists = Object.keys(zone).some(k => k.endsWith(' ' + labels.join('.').toLowerCase()))
    const head = Buffer.concat([query.subarray(0, 2), u16(exists ? 0x8180 : 0x8183, 1, records.length, 0, 0)])
    const rows = records.map(r => Buffer.concat([u16(0xc00c, type, 1, 0, 60, r.length), r]))
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...rows]), from.port, from.address)
  })
  return { asked, socket, start: () => new Promise<number>(r => socket.bind(0, '127.0.0.1', () => r(socket.address().port))) }
}
