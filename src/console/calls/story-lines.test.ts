import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoryLine } from '../../office/api/schemas.ts'
import { storySteps } from './story-lines.ts'

const line = (kind: StoryLine['kind'], text: string): StoryLine => ({ at: 0, afterMs: 0, kind, text, code: text, values: {}, place: null })
const shape = (lines: readonly StoryLine[], everything = true) =>
  storySteps(lines, everything).map(step => [step.line.text, ...step.reasons.map(reason => reason.text)])

test('IN-10 reasons stand with the action they led to', () => {
  assert.deepEqual(
    shape([
      line('start', 'began'),
      line('reason', 'open hours'),
      line('reason', 'main line'),
      line('action', 'ring reception'),
      line('ring', 'rings'),
    ]),
    [['began'], ['ring reception', 'open hours', 'main line'], ['rings']],
  )
})

test('reasons without an action are not lost', () => {
  assert.deepEqual(shape([line('reason', 'busy'), line('end', 'ended'), line('reason', 'late')]), [['busy'], ['ended'], ['late']])
})

test('the short view leaves out the machinery', () => {
  assert.deepEqual(
    shape([line('start', 'began'), line('media', 'codec agreed'), line('recording', 'started'), line('end', 'ended')], false),
    [['began'], ['ended']],
  )
})
