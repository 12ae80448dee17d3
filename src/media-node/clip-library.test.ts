import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { encodeWavFrames, wavHeader } from '../wire/audio/wav.ts'
import { ClipLibrary } from './clip-library.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-clips-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const [uploaded, spoken, supplied] = ['uploaded', 'spoken', 'supplied'].map(name => join(folder, name)) as [string, string, string]
const library = new ClipLibrary([uploaded, spoken, supplied])

/** A sound that is known by its length. */
function put(path: string, samples: number): void {
  const format = { encoding: 'a-law', clockHz: 8000, channels: 1 } as const
  const header = wavHeader(format, samples)
  const file = new Uint8Array(header.length + samples + 1)
  file.set(header)
  encodeWavFrames(format, [new Int16Array(samples)], samples, file, header.length)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path + '.new', file)
  renameSync(path + '.new', path)
}

function lengths(language: string, ...names: string[]): Promise<readonly number[] | null> {
  return new Promise(done =>
    library.load({ kind: 'prompts', language, names }, clips => done(clips === null ? null : clips.map(c => c.pcm.length))),
  )
}

test('IN-02 what the office uploaded goes before the machine’s voice, and that before what is supplied; each is heard as soon as it is there', async () => {
  put(join(supplied, 'ru/goodbye.wav'), 100)
  assert.deepEqual(await lengths('ru', 'goodbye'), [100])
  put(join(spoken, 'ru/goodbye.wav'), 200)
  assert.deepEqual(await lengths('ru', 'goodbye'), [200])
  put(join(uploaded, 'ru/goodbye.wav'), 300)
  assert.deepEqual(await lengths('ru', 'goodbye'), [300])
  put(join(uploaded, 'ru/goodbye.wav'), 320)
  assert.deepEqual(await lengths('ru', 'goodbye'), [320])
  rmSync(join(uploaded, 'ru/goodbye.wav'))
  assert.deepEqual(await lengths('ru', 'goodbye'), [200])
})

test('IN-02 words of the plan are found under their names; where the language has none, another has', async () => {
  put(join(spoken, 'kk/menus/welcome.wav'), 400)
  assert.deepEqual(await lengths('kk', 'menus/welcome'), [400])
  assert.deepEqual(await lengths('en', 'menus/welcome', 'menus/welcome'), [400, 400])
})

test('IN-02 a menu that nobody has spoken welcomes callers all the same, in their language; a mailbox asks for a message', async () => {
  put(join(supplied, 'en/office-welcome.wav'), 500)
  put(join(supplied, 'kk/office-welcome.wav'), 510)
  put(join(supplied, 'en/voicemail-greeting.wav'), 520)
  put(join(supplied, 'en/beep.wav'), 50)
  assert.deepEqual(await lengths('kk', 'menus/unspoken'), [510])
  assert.deepEqual(await lengths('ru', 'voicemail/sales', 'beep'), [520, 50])
  assert.equal(await lengths('ru', 'services/unspoken'), null)
})

test('SEC-05 a name never leads out of the folders', async () => {
  put(join(folder, 'secret.wav'), 600)
  for (const name of ['../../secret', '..', 'menus/../../../secret', '/etc/passwd', 'menus//welcome', 'a/b/c/d', '', 'menus/'])
    assert.equal(await lengths('en', name), null, name)
  assert.deepEqual(await lengths('../..', 'menus/welcome'), [400])
})
