import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { MediaSession } from '../media/protocol.ts'
import { SpoolMixer } from '../media/spool-mix.ts'
import { readSpoolHead, spoolFrames } from '../media/spool-reader.ts'
import { voiceCodecs } from '../media/voice-codecs.ts'
import { legOf, nextPort, removeFolder, sleep, startMedia, TonePeer, toneShare } from './testing/media-client.ts'

test('RES-07 REC-03 the media process is killed in mid-recording: the file goes on, the gap is told, marked and measured', async () => {
  let media = await startMedia()
  const { folder } = media
  const a = await TonePeer.open()
  const b = await TonePeer.open('a')
  const pa = nextPort()
  const pb = nextPort()
  const path = join(folder, 'spool', 'r1.tap')
  const session: MediaSession = {
    id: 's1',
    legs: [legOf('a', pa, a.port), legOf('b', pb, b.port, 'PCMA')],
    paths: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ],
    plays: [],
    recordings: [{ id: 'r1', path, left: ['a'], right: ['b'], paused: false }],
  }
  try {
    media.line.send({ op: 'put', session })
    await media.line.wait('recording', n => n.state === 'started')
    await Promise.all([a.say(440, 40, pa), b.say(1000, 40, pb)])
    await sleep(300)
    await media.kill('SIGKILL')
    media = await startMedia(folder)
    media.line.send({ op: 'put', session })
    await media.line.wait('recording', n => n.state === 'gap')
    await Promise.all([a.say(440, 40, pa), b.say(1000, 40, pb)])
    media.line.send({ op: 'drop', id: 's1' })
    await media.line.wait('recording', n => n.state === 'stopped')
    const bytes = readFileSync(path)
    const head = readSpoolHead(bytes)
    assert.ok(head.ok)
    const frames = [...spoolFrames(bytes, head.value.framesAt)]
    assert.equal(frames.filter(f => f.kind === 'audio').length, 160)
    assert.deepEqual([...new Set(frames.filter(f => f.kind !== 'audio').map(f => f.kind))], ['leg', 'gap', 'end'])
    const codecs = voiceCodecs(null)
    const mixer = new SpoolMixer({
      hz: 8000,
      decoder: (name, clockHz) => codecs.decoder({ name, clockHz, sendType: 0, receiveType: 0, channels: 1, ptimeMs: 20 }),
    })
    const left: number[] = []
    const right: number[] = []
    for (const f of frames)
      for (const block of mixer.take(f, head.value.header.startedAt)) {
        left.push(...block.left)
        right.push(...block.right)
      }
    for (const block of mixer.finish()) {
      left.push(...block.left)
      right.push(...block.right)
    }
    const gap = mixer.gaps.find(g => g.why === 'not-recorded')
    assert.ok(gap !== undefined && gap.toMs - gap.fromMs > 50)
    assert.ok(toneShare(left.slice(gap.toMs * 8 + 800), 440) > 0.9)
    assert.ok(toneShare(right.slice(gap.toMs * 8 + 800), 1000) > 0.9)
    assert.equal(Math.max(...left.slice(gap.fromMs * 8 + 400, gap.toMs * 8 - 400)), 0)
  } finally {
    a.close()
    b.close()
    media.line.close()
    await media.kill('SIGTERM')
    removeFolder(folder)
  }
})

test('REC-06 a spool that cannot be written is told as failed, with the reason, and the call goes on', async () => {
  const media = await startMedia()
  const a = await TonePeer.open()
  const port = nextPort()
  try {
    media.line.send({
      op: 'put',
      session: {
        id: 's2',
        legs: [legOf('a', port, a.port)],
        paths: [],
        plays: [{ leg: 'a', token: 't', source: { kind: 'echo' }, repeat: false }],
        recordings: [{ id: 'r2', path: '/dev/full', left: ['a'], right: [], paused: false }],
      },
    })
    await sleep(50)
    await a.say(440, 20, port)
    const failed = await media.line.wait('recording', n => n.state === 'failed')
    assert.match(failed.detail!, /spool cannot be written \(E/)
    assert.ok(toneShare(a.heard, 440) > 0.9)
  } finally {
    a.close()
    media.line.close()
    await media.kill('SIGTERM')
    removeFolder(media.folder)
  }
})

test('the supplied prompts and music play in three languages, and are told when over', async () => {
  const media = await startMedia()
  const a = await TonePeer.open()
  const port = nextPort()
  try {
    for (const language of ['en', 'ru', 'kk']) {
      a.heard.length = 0
      media.line.send({
        op: 'put',
        session: {
          id: 's3',
          legs: [legOf('a', port, a.port)],
          paths: [],
          plays: [{ leg: 'a', token: language, source: { kind: 'prompts', language, names: ['7', 'goodbye'] }, repeat: false }],
          recordings: [],
        },
      })
      await media.line.wait('played', n => n.token === language)
      await sleep(50)
      assert.ok(a.heard.length > 8000, `${language}: ${a.heard.length} samples`)
      assert.ok(Math.max(...a.heard) > 1500, 'it is not silent')
    }
    assert.deepEqual(
      media.line.notices.filter(n => n.is === 'refused'),
      [],
    )
  } finally {
    a.close()
    media.line.close()
    await media.kill('SIGTERM')
    removeFolder(media.folder)
  }
})
