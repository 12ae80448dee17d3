/** Menus and a queue at real telephones: the machine's voice speaks, keys are taken while it does, music plays until an agent answers. */
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sineTone, ToneGenerator } from '../../src/wire/audio/tone.ts'
import { encodeWavFrames, wavHeader } from '../../src/wire/audio/wav.ts'
import type { Phone } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { ladder, presence, readSound } from './listen.ts'
import { PhoneRoom } from './phone-room.ts'
import { needs } from './programs.ts'

const port = 24000
const LINE = '+77272500000'
const plan = `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering:
  ranges:
    "200-299": { for: people, purpose: Office, owner: ann }
    "600-619": { for: queues, owner: ann }
people:
  ann: { name: Ann, extension: "201" }
  bob: { name: Bob, extension: "202" }
  cid: { name: Cid, extension: "203" }
  dee: { name: Dee, extension: "204" }
menus:
  welcome:
    say: { en: "Test office. For Bob press one, for support press two, or dial an extension." }
    keys: { "1": bob, "2": support }
    extensions: dial-through
    on-silence: { after: 1s, to: dee }
    on-wrong-key: { again: 1, to: cid }
queues:
  support: { number: "600", agents: [ann], music: calm, on-waited: { after: 30s, to: cid }, on-nobody: { to: cid } }
lines:
  "${LINE}": { name: Main, to: welcome, owner: ann }
trunks:
  telecom: { host: "127.0.0.2:${port + 50}", by-address: ["127.0.0.2"], channels: 4, check-every: 0s }
access: { admin: { who: [ann], may: [configure] } }
`

const TONES = { caller: 620, ann: 900, bob: 1100, cid: 1500, dee: 2000 } as const
/** As `heard` writes them. */
const INITIALS = 'cabid'
const options = needs('baresip', 'espeak-ng', 'ffmpeg', 'ffprobe')
let x: TestExchange
let room: PhoneRoom
let caller: Phone
let ann: Phone
let bob: Phone
let cid: Phone
let dee: Phone

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port, rtp: '24060-24159', tag: 'menus-' })
  room = new PhoneRoom(x, { sip: port + 20, rtp: 24160 })
  ;[caller, ann, bob, cid, dee] = await Promise.all([
    room.phone('+77272511111', TONES.caller, { secret: 'ann', address: '127.0.0.2', registers: false, sipPort: port + 50 }),
    room.phone('201', TONES.ann, { secret: 'ann', answers: 'manual' }),
    room.phone('202', TONES.bob, { secret: 'bob' }),
    room.phone('203', TONES.cid, { secret: 'cid' }),
    room.phone('204', TONES.dee, { secret: 'dee' }),
  ])
  await x.until(() => existsSync(join(x.data, 'prompts/spoken/en/menus/welcome.wav')), 'the words of the menu to be spoken')
})

after(async () => {
  await room?.close()
  await x?.stop()
})

/** The line is called; `inMenu` says what the caller does there; the one who answers and the caller speak for a moment. */
async function call(inMenu: () => Promise<void>, answers: Phone): Promise<{ readonly caller: string; readonly other: string }> {
  const before = [caller, answers].map(p => [p.count('CALL_ESTABLISHED'), p.count('CALL_CLOSED')] as const)
  await caller.dial(LINE)
  await caller.event('CALL_ESTABLISHED', before[0]![0] + 1)
  await inMenu()
  await answers.event('CALL_ESTABLISHED', before[1]![0] + 1)
  await sleep(1200)
  await caller.hangUp()
  await Promise.all([caller.event('CALL_CLOSED', before[0]![1] + 1), answers.event('CALL_CLOSED', before[1]![1] + 1)])
  await sleep(150)
  return { caller: heard(caller), other: heard(answers) }
}

/** What it heard in its last call, tenth by tenth: the initial of who speaks, `?` for the voice of the machine or music. */
function heard(p: Phone): string {
  const { channels, clockHz } = readSound(p.heard().at(-1)!.path)
  return ladder(channels[0]!, clockHz, ...Object.values(TONES)).replace(/\d/g, n => INITIALS[Number(n)]!)
}

/** Length of the longest stretch in which the machine speaks; within words it takes breath. */
function spokenFor(heardByCaller: string): number {
  return Math.max(0, ...(heardByCaller.match(/\?(\.{0,3}\?)*/g) ?? []).map(s => s.length)) / 10
}

const decisions = (what: string): number => x.events().filter(e => e.event.type === 'call.decided' && e.event.action.do === what).length
const pressedKeys = (): string[] => x.events().flatMap(e => (e.event.type === 'menu.pressed' ? [e.event.keys] : []))

describe('a caller in a menu', options, () => {
  test('IN-02 a key pressed while it speaks stops it: the right person rings, and both hear each other', async () => {
    const { caller: c, other } = await call(async () => {
      await sleep(1300)
      await caller.digits('1')
    }, bob)
    assert.match(c, /^[.?]*\?[.?]{6,}b{9,}[.b]*$/, c)
    assert.ok(spokenFor(c) > 0.6 && spokenFor(c) < 2.2, `it spoke, and was cut short: ${c}`)
    assert.match(other, /c{9,}/)
    assert.deepEqual(pressedKeys(), ['1'])
  })

  test('IN-02 an extension dialled in the menu rings that telephone', async () => {
    const { caller: c, other } = await call(async () => {
      await sleep(700)
      await caller.digits('204')
    }, dee)
    assert.match(c, /d{9,}[.d]*$/)
    assert.match(other, /c{9,}/)
    assert.deepEqual(pressedKeys().slice(1), ['2', '20', '204'], 'no key of the menu was taken for the beginning of the extension')
  })

  test('IN-02 whoever presses nothing hears it to its end, and is served where the plan says', async () => {
    const { caller: c, other } = await call(async () => {}, dee)
    assert.ok(spokenFor(c) > 3, `all of it was said: ${c}`)
    assert.match(c, /\?\.?d{9,}[.d]*$/)
    assert.equal(x.events().filter(e => e.event.type === 'menu.heard').length, 1, 'only here was it heard to its end')
    assert.match(other, /c{9,}/)
  })

  test('IN-02 after a wrong key it is said again, after a second one the operator comes', async () => {
    const before = decisions('menu')
    const { caller: c, other } = await call(async () => {
      await sleep(1000)
      await caller.digits('7')
      await sleep(1200)
      await caller.digits('7')
    }, cid)
    assert.equal(decisions('menu') - before, 2)
    assert.match(c, /(\?.*){15}i{9,}[.i]*$/)
    assert.match(other, /c{9,}/)
  })
})

describe('a caller in a queue', options, () => {
  test('Q-01 hears music until an agent answers; then both hear each other', async () => {
    const { caller: c, other } = await call(async () => {
      await sleep(500)
      const rung = ann.count('CALL_INCOMING')
      await caller.digits('2#')
      await ann.event('CALL_INCOMING', rung + 1)
      await sleep(2500)
      await ann.accept()
    }, ann)
    assert.match(c, /\?[.?]{20,}a{9,}[.a]*$/)
    assert.match(other, /^[.?]*c{9,}/)
  })
})

describe('the sound of a menu', options, () => {
  test("IN-02 is the office's own as soon as it is uploaded, and the machine's again when that is taken away", async () => {
    const file = join(x.folder, 'own.wav')
    const format = { encoding: 'pcm16', clockHz: 44_100, channels: 1 } as const
    const sound = new Int16Array(format.clockHz * 2)
    new ToneGenerator(sineTone(2600, -20), format.clockHz).fill(sound, 0, sound.length)
    const bytes = new Uint8Array(sound.length * 2)
    encodeWavFrames(format, [sound], sound.length, bytes)
    writeFileSync(file, Buffer.concat([wavHeader(format, bytes.length), bytes]))
    const as = ['--as', 'ann'] as const
    assert.match(x.command('prompts', ...as), /menus\/welcome +en +the machine's voice +Test office/)
    x.command('prompts', 'set', 'menus/welcome', 'en', file, ...as)
    assert.match(x.command('prompts', ...as), /menus\/welcome +en +uploaded +by ann/)
    await call(async () => {
      await sleep(1500)
      await caller.digits('1')
    }, bob)
    const { channels, clockHz } = readSound(caller.heard().at(-1)!.path)
    assert.ok(presence(channels[0]!.subarray(0, 1.5 * clockHz), clockHz, 2600) > 0.5)
    x.command('prompts', 'remove', 'menus/welcome', 'en', ...as)
    assert.match(x.command('prompts', ...as), /the machine's voice/)
    assert.doesNotMatch(x.command('status'), /Prompts:/)
  })
})
