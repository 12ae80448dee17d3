import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { spokenKk, storyKk } from '../i18n/story-kk.ts'
import { spokenRu, storyRu } from '../i18n/story-ru.ts'
import { storyWords } from './story-words.ts'

const russian = { sentences: storyRu, words: spokenRu }
const line = (code: string, values: Record<string, string>, text = 'as the office wrote it') => ({ code, values, text })

test('a line is told in the reader’s language, with lengths and numbers made readable', () => {
  assert.equal(storyWords(line('do.ring', { targets: 'Aida, Dana', forMs: '25000' }), russian), 'Итак: звоним Aida, Dana, 25 с.')
  assert.equal(storyWords(line('leg.ringing', { party: '+77011112233' }), russian), '+7 701 111 22 33: звонит.')
  assert.equal(storyWords(line('recording.gap', { forMs: '65400', cause: 'x' }), russian), 'В записи пропуск 1 мин 5 с: x.')
  assert.equal(storyWords(line('call.bridged', { a: 'the caller', b: 'Dana' }), russian), 'Разговаривают звонящий и Dana.')
})

test('what the language cannot say is said in English rather than wrongly', () => {
  assert.equal(storyWords(line('never.seen', {}), russian), 'As the office wrote it')
  assert.equal(storyWords(line('do.ring', { targets: 'Aida' }), russian), 'As the office wrote it')
  assert.equal(storyWords(line('do.ring', {}, 'calls +77272500000'), null), 'Calls +7 727 250 00 00')
})

test('both languages tell the same stories with the same values', () => {
  assert.deepEqual(Object.keys(storyRu).sort(), Object.keys(storyKk).sort())
  const holes = (text = '') => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]))].sort()
  for (const code of Object.keys(storyRu)) assert.deepEqual(holes(storyRu[code]), holes(storyKk[code]), code)
  assert.deepEqual(Object.keys(spokenRu).sort(), Object.keys(spokenKk).sort())
})

test('IN-10 every line that the office can tell has a sentence in Russian and Kazakh', () => {
  const source = readFileSync(new URL('../../operations/call-story.ts', import.meta.url), 'utf8')
  const codes = [...source.matchAll(/'((?:do|call|leg|media|recording|announcement|voicemail|transfer)\.[\w.-]+)'/g)].map(
    match => match[1] ?? '',
  )
  const events =
    /^(call\.(started|decided|ended|recovered)|leg\.(failed|snapshot)|media\.offered|announcement\.played|recording\.stopped|transfer\.ended)$/
  const missing = [...new Set(codes)].filter(code => !events.test(code) && !Object.hasOwn(storyRu, code))
  assert.deepEqual(missing, [])
})
