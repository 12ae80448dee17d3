/**
 * The master key of recordings: DATA/secrets/recordings.key (0600), made when first needed. Keep a copy elsewhere: without it
 * no recording can be heard again.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export function masterKey(path: string): Buffer {
  if (!existsSync(path)) make(path)
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== 32) throw new Error(`${path} holds no master key of 32 bytes in base64: bring back the copy that you keep elsewhere`)
  return key
}

/** Complete or not there at all, and never over an existing one. */
function make(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = `${path}.${process.pid}`
  const file = openSync(fresh, 'w', 0o600)
  writeSync(file, `${randomBytes(32).toString('base64')}\n`)
  fsyncSync(file)
  closeSync(file)
  try {
    linkSync(fresh, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh, { force: true })
  }
}
