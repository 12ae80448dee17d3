/** The sound of the plan's words: followed, uploaded, missing; at the desk, over HTTP and by command. The voice is the test's. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run as prompts } from '../../cli/prompts.ts'
import { ok } from '../../kernel/result.ts'
import type { PromptsState } from '../../operations/prompts-state.ts'
import type { PromptText } from '../../plan/compiled.ts'
import { dataPaths } from '../../store/exchange-config.ts'
import type { OneTimePassword, Problem } from '../api/schemas.ts'
import { PLAN, startTestOffice, TestBrowser, temporaryData } from '../office-fixture.ts'
import { PromptDesk } from './prompt-desk.ts'
import type { Voice } from './voice.ts'

const { data, remove } = temporaryData()
after(remove)
const supplied = readFileSync(new URL('../../../assets/prompts/en/goodbye.wav', import.meta.url))
const welcome: PromptText = { id: 'menus/welcome', texts: { ru: 'Здравствуйте', en: 'Hello' } }

/** Says "goodbye" whatever it is told, and keeps in mind what it was told. */
function talker(name = 'test'): Voice & { readonly said: string[] } {
  const said: string[] = []
  return {
    name,
    said,
    async speak(text, language) {
      said.push(`${language}: ${text}`)
      return ok(supplied)
    },
  }
}

function desk(folder: string, voice: () => Voice | null): PromptDesk {
  mkdirSync(join(data, folder), { recursive: true })
  return new PromptDesk({
    folder: join(data, folder, 'prompts'),
    statePath: join(data, folder, 'prompts.json'),
    problem: error => assert.fail(String(error)),
    voice,
  })
}

const state = (folder: string): PromptsState => JSON.parse(readFileSync(join(data, folder, 'prompts.json'), 'utf8')) as PromptsState
const from = (d: PromptDesk, id: string): string[] =>
  d
    .list()
    .filter(p => p.id === id)
    .map(p => `${p.language} ${p.from}`)

test('IN-02 words of the plan are spoken once, again when they change, and go when the plan does not want them', async () => {
  const voice = talker()
  const d = desk('follow', () => voice)
  await d.follow({ revision: 1, prompts: [welcome] })
  assert.deepEqual(voice.said.splice(0), ['ru: Здравствуйте', 'en: Hello'])
  assert.deepEqual(from(d, 'menus/welcome'), ['ru spoken', 'en spoken'])
  assert.deepEqual(state('follow'), { revision: 1, voice: true, missing: [] })
  await desk('follow', () => voice).follow({ revision: 1, prompts: [welcome] })
  assert.deepEqual(voice.said, [], 'a restart speaks nothing again')
  await d.follow({ revision: 2, prompts: [{ ...welcome, texts: { ru: 'Добрый день', en: 'Hello' } }] })
  assert.deepEqual(voice.said.splice(0), ['ru: Добрый день'])
  await d.follow({ revision: 3, prompts: [] })
  assert.ok(!existsSync(join(data, 'follow/prompts/spoken/ru/menus/welcome.wav')))
})

test('IN-02 without a voice the missing words are known by name; old words are not kept for new ones; a voice that comes speaks them', async () => {
  let voice: Voice | null = talker()
  const d = desk('silent', () => voice)
  await d.follow({ revision: 1, prompts: [welcome] })
  voice = null
  await d.follow({ revision: 2, prompts: [{ ...welcome, texts: { ru: 'Здравствуйте', en: 'Good morning' } }] })
  assert.deepEqual(from(d, 'menus/welcome'), ['ru spoken', 'en missing'])
  assert.deepEqual(state('silent'), { revision: 2, voice: false, missing: [{ id: 'menus/welcome', language: 'en' }] })
  voice = talker()
  await d.speak()
  assert.deepEqual(state('silent'), { revision: 2, voice: true, missing: [] })
})

test('IN-02 an upload beats the voice and survives changes of the plan; that the words are others now is told', async () => {
  const d = desk('upload', () => talker())
  const name = { id: 'menus/welcome', language: 'ru' } as const
  await d.follow({ revision: 1, prompts: [welcome] })
  assert.ok(d.set(name, supplied, 'aida').ok)
  assert.deepEqual(from(d, 'menus/welcome'), ['ru uploaded', 'en spoken'])
  await d.follow({ revision: 2, prompts: [{ ...welcome, texts: { ru: 'Добрый день' } }] })
  const [row] = d.list()
  assert.deepEqual([row?.from, row?.uploaded?.by, row?.uploaded?.outdated], ['uploaded', 'aida', true])
  await d.follow({ revision: 3, prompts: [] })
  assert.deepEqual(
    d.list().flatMap(p => (p.id === 'menus/welcome' ? [[p.from, p.needed]] : [])),
    [['uploaded', false]],
  )
  await d.follow({ revision: 4, prompts: [welcome] })
  assert.equal(d.remove(name), true)
  assert.equal(d.remove(name), false)
  assert.deepEqual(from(d, 'menus/welcome'), ['ru spoken', 'en spoken'])
})

test('IN-02 SEC-01 over HTTP and by command: whoever may configure uploads, lists and takes away, in the audit log; others may not; a bad file is refused', async () => {
  const office = await startTestOffice(data, { ...PLAN, prompts: [welcome] })
  after(() => office.close())
  const [user, password] = readFileSync(dataPaths(data).firstPassword, 'utf8').trim().split(/\s+/) as [string, string]
  const aida = new TestBrowser(office.url)
  await aida.signIn(user, password)
  await aida.ask('POST', '/api/me/password', { old: password, new: 'copper lantern drifts northward' })
  const made = await aida.ask('POST', '/api/users', { user: 'marat', person: 'marat', administrator: false })
  const marat = new TestBrowser(office.url)
  const { oneTimePassword } = made.body as OneTimePassword
  await marat.signIn('marat', oneTimePassword)
  await marat.ask('POST', '/api/me/password', { old: oneTimePassword, new: 'copper lantern drifts southward' })

  const put = async (path: string, body: Uint8Array, who = aida, type = 'audio/wav'): Promise<[number, Problem]> => {
    const headers = { 'x-switchroom': 'test', 'content-type': type, cookie: who.cookie }
    const reply = await fetch(office.url + path, { method: 'PUT', headers, body: Buffer.from(body) })
    return [reply.status, (await reply.json()) as Problem]
  }
  const path = '/api/prompts/menus%2Fwelcome/ru'
  const [status, done] = await put(path, supplied)
  assert.deepEqual([status, (done as unknown as { from: string }).from], [200, 'uploaded'])
  const refused = async (code: string, ...args: Parameters<typeof put>): Promise<void> => {
    const [, problem] = await put(...args)
    assert.equal(problem.code, code, JSON.stringify(problem))
  }
  await refused('sound-refused', path, new TextEncoder().encode('not a sound at all'))
  await refused('too-large', path, new Uint8Array(5 * 1024 * 1024 + 1))
  await refused('wrong-media-type', path, supplied, aida, 'audio/mpeg')
  await refused('not-found', '/api/prompts/menus%2Fno-such/ru', supplied)
  await refused('bad-request', '/api/prompts/menus%2Fwelcome/fr', supplied)
  await refused('bad-request', '/api/prompts/..%2F..%2Fsecrets/ru', supplied)
  await refused('not-allowed', path, supplied, marat)
  assert.equal((await marat.ask('GET', '/api/prompts')).status, 403)
  assert.equal((await marat.ask('DELETE', path)).status, 403)

  const wav = join(data, 'mine.wav')
  writeFileSync(wav, supplied)
  assert.equal(await prompts(['set', 'menus/welcome', 'en', wav, '--as', 'aida', '--data', data]), 0)
  await assert.rejects(prompts(['set', 'menus/welcome', 'en', join(data, 'no.wav'), '--as', 'aida', '--data', data]), /there is no file/)
  const { body } = await aida.ask('GET', '/api/prompts')
  const rows = (body as { prompts: { id: string; language: string; from: string }[] }).prompts
  assert.deepEqual(
    rows.filter(r => r.id === 'menus/welcome').map(r => [r.language, r.from]),
    [
      ['ru', 'uploaded'],
      ['en', 'uploaded'],
    ],
  )
  assert.ok(rows.some(r => r.id === 'office-welcome' && r.language === 'kk' && r.from === 'supplied'))
  assert.equal((await aida.ask('DELETE', path)).status, 204)
  assert.equal((await aida.ask('DELETE', path)).status, 404)
  const audit = (await aida.ask('GET', '/api/audit')).body as { entries: { action: string; object: string; who: string }[] }
  assert.deepEqual(
    audit.entries
      .filter(e => e.action.startsWith('prompt.'))
      .map(e => `${e.action} ${e.object}`)
      .reverse(),
    ['prompt.uploaded prompt:menus/welcome/ru', 'prompt.uploaded prompt:menus/welcome/en', 'prompt.removed prompt:menus/welcome/ru'],
  )
})
