/**
 * How long voice stops when the media process is killed: kill -9 at random moments of a recorded call, start again at once, restate the session.
 *
 *   node bench/media-kill.ts [--times 20]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { MediaSession } from '../src/media/protocol.ts'
import { readSpoolHead, spoolFrames } from '../src/media/spool-reader.ts'
import { legOf, nextPort, removeFolder, sleep, startMedia, TonePeer } from '../src/media-node/testing/media-client.ts'

const { values } = parseArgs({ options: { times: { type: 'string', default: '20' } } })
let media = await startMedia()
const { folder } = media
process.env['NODE_COMPILE_CACHE'] = join(folder, 'code-cache')
const [a, b] = [await TonePeer.open(), await TonePeer.open()]
const [pa, pb] = [nextPort(), nextPort()]
const path = join(folder, 'r.tap')
const session: MediaSession = {
  id: 's',
  legs: [legOf('a', pa, a.port), legOf('b', pb, b.port)],
  paths: [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a' },
  ],
  plays: [],
  recordings: [{ id: 'r', path, left: ['a'], right: ['b'], paused: false }],
}
media.line.send({ op: 'put', session })
let speaking = true
const speech = (async () => {
  for (const start = performance.now(), n = { i: 0 }; speaking; n.i++) {
    a.sayOnce(440, pa)
    b.sayOnce(1000, pb)
    await sleep(Math.max(0, start + (n.i + 1) * 20 - performance.now()))
  }
})()
const gaps: number[] = []
for (let i = 0; i < Number(values.times); i++) {
  await sleep(500 + Math.random() * 500)
  const killedAt = performance.now()
  await media.kill('SIGKILL')
  media = await startMedia(folder)
  media.line.send({ op: 'put', session })
  const before = b.packets.length
  while (b.packets.length === before) await sleep(2)
  gaps.push(performance.now() - killedAt)
}
speaking = false
await speech
media.line.send({ op: 'drop', id: 's' })
await media.line.wait('recording', n => n.state === 'stopped')
gaps.sort((x, y) => x - y)
const bytes = readFileSync(path)
const head = readSpoolHead(bytes)
const marks = head.ok ? [...spoolFrames(bytes, head.value.framesAt)].filter(f => f.kind === 'gap').length : 0
const at = (q: number): number => Math.round(gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * q))]!)
console.log(
  `${gaps.length} kills, the call went on after each: voice stopped for ${at(0)} / ${at(0.5)} / ${at(0.95)} ms (least, median, p95); ${marks} gaps marked in the recording`,
)
a.close()
b.close()
media.line.close()
await media.kill('SIGTERM')
removeFolder(folder)
