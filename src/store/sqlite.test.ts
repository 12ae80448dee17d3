import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Database } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-sqlite-'))
after(() => rmSync(folder, { recursive: true }))

test('each migration runs once, and a newer schema is refused', () => {
  const path = join(folder, 'a.db')
  new Database(path, { migrations: ['CREATE TABLE a(x)'] }).close()
  const two = new Database(path, { migrations: ['CREATE TABLE a(x)', 'CREATE TABLE b(y)'] })
  assert.equal(two.hasTable('b'), true)
  two.close()
  assert.throws(() => new Database(path, { migrations: ['CREATE TABLE a(x)'] }), /newer version/)
})

test('a transaction is all or nothing, a nested one joins the outer', () => {
  const db = new Database(join(folder, 'b.db'), { migrations: ['CREATE TABLE a(x INTEGER)'] })
  assert.throws(() =>
    db.transaction(() => {
      db.run('INSERT INTO a VALUES (1)')
      db.transaction(() => db.run('INSERT INTO a VALUES (2)'))
      throw new Error('no')
    }),
  )
  assert.deepEqual(db.all('SELECT * FROM a'), [])
  assert.equal(
    db.transaction(() => db.run('INSERT INTO a VALUES (3)')),
    1,
  )
  assert.equal(db.get<{ x: number }>('SELECT x FROM a')?.x, 3)
  db.close()
})

test('a read-only connection sees what the writer commits', () => {
  const path = join(folder, 'c.db')
  const writer = new Database(path, { migrations: ['CREATE TABLE a(x INTEGER)'], autocheckpointPages: 0 })
  const reader = new Database(path, { readOnly: true })
  writer.run('INSERT INTO a VALUES (7)')
  assert.equal(reader.get<{ x: number }>('SELECT x FROM a')?.x, 7)
  assert.throws(() => reader.run('INSERT INTO a VALUES (8)'), /readonly/)
  reader.close()
  writer.close()
})
