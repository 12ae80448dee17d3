import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Attempts } from './attempts.ts'
import { type AuditEntry, CHAIN_START, entryHash, verifyChain } from './audit-chain.ts'
import { hashPassword, outdated, verifyPassword } from './password-hash.ts'
import { passwordFault, readablePassword } from './password-policy.ts'

const cheap = { memoryKiB: 64, passes: 1, lanes: 1 }

test('ACC-04 passwords are hashed with argon2id, each with its own salt, and only the right one fits', async () => {
  const [one, two] = await Promise.all([hashPassword('four words are good', cheap), hashPassword('four words are good', cheap)])
  assert.match(one, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
  assert.notEqual(one, two)
  assert.equal(await verifyPassword('four words are good', one), true)
  assert.equal(await verifyPassword('four words are goOd', one), false)
  for (const broken of ['', 'x', '$argon2id$v=19$m=64,t=1,p=1$$', one.slice(0, 40)]) assert.equal(await verifyPassword('x', broken), false)
  assert.equal(outdated(one), true)
  assert.equal(outdated(one, cheap), false)
})

test('ACC-04 short, plain and own-name passwords are refused, long ones of any kind are not', () => {
  const about = { user: 'aida', name: 'Aida Sadykova' }
  const verdicts: [string, string | null][] = [
    ['short', 'password-too-short'],
    ['x'.repeat(300), 'password-too-long'],
    ['aaaaaaaaaaaaaaaa', 'password-too-plain'],
    ['abababababababab', 'password-too-plain'],
    ['abcdefghijklmnop', 'password-too-plain'],
    ['123456789012345', 'password-too-plain'],
    ['Password-Admin-1', 'password-too-plain'],
    ['Aida.Sadykova.42', 'password-too-plain'],
    ['correct horse battery', null],
    ['тихий снег над степью', null],
    ['zu8r2-kd9wq-pp3x', null],
  ]
  for (const [password, code] of verdicts) assert.equal(passwordFault(password, about)?.code ?? null, code, password)
})

test('a one-time password reads well and passes the policy', () => {
  const password = readablePassword('00112233445566778899aabbccddeeff0123456789abcdef')
  assert.match(password, /^[a-km-z2-9]{5}(-[a-km-z2-9]{5}){3}$/)
})

test('SEC-01 after a few failures every further attempt waits, twice as long each time, until a success', () => {
  const attempts = new Attempts({ freePerUser: 3, freePerAddress: 100, firstWaitMs: 1000, longestWaitMs: 5000, forgetMs: 60_000 })
  const waits: number[] = []
  for (let i = 0; i < 7; i++) {
    waits.push(attempts.waitMs('Aida', 'a', 0))
    attempts.failed('aida', 'a', 0)
  }
  assert.deepEqual(waits, [0, 0, 0, 1000, 2000, 4000, 5000])
  assert.equal(attempts.waitMs('marat', 'a', 0), 0)
  assert.equal(attempts.waitMs('aida', 'b', 0), 5000)
  assert.equal(attempts.waitMs('aida', 'b', 5000), 0)
  attempts.succeeded('aida', 'c')
  assert.equal(attempts.waitMs('aida', 'a', 0), 0)
})

test('SEC-01 an address that tries many names is slowed down as a whole, and forgotten after a while', () => {
  const attempts = new Attempts({ freePerUser: 3, freePerAddress: 4, firstWaitMs: 1000, longestWaitMs: 5000, forgetMs: 60_000 })
  for (const user of ['a', 'b', 'c', 'd']) attempts.failed(user, 'x', 0)
  attempts.failed('d', 'x', 0)
  attempts.succeeded('d', 'x')
  assert.equal(attempts.waitMs('e', 'x', 0), 1000)
  assert.equal(attempts.waitMs('e', 'y', 0), 0)
  assert.equal(attempts.waitMs('e', 'x', 60_001), 0)
})

function chain(actions: readonly string[]): AuditEntry[] {
  let previous = CHAIN_START
  return actions.map((action, i) => {
    const entry = {
      seq: i + 1,
      at: 1000 + i,
      who: 'aida',
      action,
      object: `recording:${i}`,
      address: '',
      details: { b: 1, a: { d: 2, c: 3 } },
    }
    previous = entryHash(previous, entry)
    return { ...entry, hash: previous }
  })
}

test('ACC-03 a changed, removed, inserted or reordered entry breaks the chain at its place', () => {
  const entries = chain(['sign-in', 'listen', 'listen', 'download'])
  assert.deepEqual(verifyChain(entries), { ok: true, entries: 4, brokenAt: null, head: entries[3]!.hash })
  assert.equal(verifyChain(entries.with(1, { ...entries[1]!, who: 'dana' })).brokenAt, 2)
  assert.equal(verifyChain(entries.toSpliced(1, 1)).brokenAt, 3)
  assert.equal(verifyChain(entries.toSpliced(1, 0, entries[1]!)).brokenAt, 2)
  assert.equal(verifyChain([entries[1]!, entries[0]!]).brokenAt, 2)
  assert.notEqual(verifyChain(entries.slice(0, 3)).head, entries[3]!.hash)
})

test('ACC-03 the order in which details were written does not matter', () => {
  const base = { seq: 1, at: 1, who: '', action: '', object: '', address: '' }
  assert.equal(entryHash(CHAIN_START, { ...base, details: { a: 1, b: 2 } }), entryHash(CHAIN_START, { ...base, details: { b: 2, a: 1 } }))
})
