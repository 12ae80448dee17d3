import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { legOf, nextPort, removeFolder, startMedia } from './testing/media-client.ts'

/** Node cannot read what a packet was marked with; Python can. */
const listener = `
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1], flush=True)
data, marks, flags, peer = s.recvmsg(2048, 64)
print([m[2][0] for m in marks if m[1] == socket.IP_TOS][0], flush=True)
`
const missing = spawnSync('python3', ['-c', '']).status === 0 || process.env['CI'] === 'true' ? false : 'python3 is not installed'

test('QOS-03 sound leaves marked as expedited forwarding (DSCP 46)', { skip: missing, timeout: 20_000 }, async () => {
  const telephone = spawn('python3', ['-c', listener], { stdio: ['ignore', 'pipe', 'inherit'] })
  const media = await startMedia()
  try {
    const [port] = (await once(telephone.stdout, 'data')) as [Buffer]
    media.line.send({
      op: 'put',
      session: {
        id: 'marked',
        legs: [legOf('phone', nextPort(), Number(port.toString()))],
        paths: [],
        plays: [{ leg: 'phone', token: 't', source: { kind: 'tone', tone: 'ringback' }, repeat: true }],
        recordings: [],
      },
    })
    const [mark] = (await once(telephone.stdout, 'data')) as [Buffer]
    assert.equal(Number(mark.toString()) >> 2, 46)
  } finally {
    telephone.kill()
    media.line.close()
    await media.kill('SIGTERM')
    removeFolder(media.folder)
  }
})
