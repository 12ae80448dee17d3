import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const library = new URL('opus-library.ts', import.meta.url).href
const thread = `
  import { parentPort } from 'node:worker_threads'
  import { loadOpusLibrary } from '${library}'
  const opus = await loadOpusLibrary()
  const coder = opus.fileEncoder(8000, 2)
  for (let i = 0; i < 20; i++) opus.decoder(8000).decode(coder.encode(new Int16Array(320)), 0, 10, new Int16Array(160))
  parentPort.postMessage('coded')`
const office = `
  import { Worker } from 'node:worker_threads'
  import { holdOpusLibrary } from '${library}'
  await holdOpusLibrary()
  for (let i = 0; i < 3; i++) {
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(thread)})))
    await new Promise((done, fail) => worker.once('message', done).once('error', fail))
    await worker.terminate()
  }
  console.log('alive')`

test('the end of a thread that coded Opus does not take the process along', () => {
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', office], { encoding: 'utf8' })
  assert.deepEqual([done.status, done.signal, done.stdout.trim()], [0, null, 'alive'], done.stderr)
})
