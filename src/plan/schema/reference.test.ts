import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { planFields, planJsonSchema, planReference } from './reference.ts'
import { FIELDS, SECTIONS } from './words.ts'

const docs = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')

test('every field of the plan language says what it means, in words of its own', () => {
  const fields = planFields()
  assert.ok(fields.length > 350)
  assert.deepEqual(
    fields
      .filter(f => f.says === '' || /^(A plain word|A duration with|An inside number, in|A telephone number, in)/.test(f.says))
      .map(f => f.path),
    [],
  )
  assert.deepEqual(
    fields.filter(f => f.value === '' || /undefined|\[object/.test(f.value + f.says + f.otherwise)).map(f => f.path),
    [],
  )
})

test('no words stand for fields that are not there', () => {
  const paths = new Set(planFields().map(f => f.path))
  assert.deepEqual(
    [...Object.keys(FIELDS), ...Object.keys(SECTIONS)].filter(path => !paths.has(path)),
    [],
  )
})

test('docs/plan-language.md and docs/plan.schema.json are what the schema says (`switchroom plan-schema`)', () => {
  assert.ok(docs('plan-language.md') === planReference(), 'run: switchroom plan-schema --reference > docs/plan-language.md')
  const schema = JSON.parse(JSON.stringify(planJsonSchema()))
  assert.ok(isDeepStrictEqual(JSON.parse(docs('plan.schema.json')), schema), 'run: switchroom plan-schema > docs/plan.schema.json')
})

test('editors are told the words of each section, and what they mean', () => {
  type Schema = { description: string; properties: Record<string, Schema>; additionalProperties: Schema }
  const schema = planJsonSchema() as Schema
  const person = schema.properties['people']!.additionalProperties
  assert.ok('extension' in person.properties && person.properties['mobile']!.description.includes('mobile'))
  assert.ok('moved' in schema.properties['hours']!.additionalProperties.properties)
})
