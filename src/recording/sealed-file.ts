/**
 * Recordings at rest (STO-06): AES-256-GCM in chunks, so that any range can be read without the rest, with a data key of the
 * file's own, wrapped by the master key. Chunks carry their number and whether they are the last in their nonce (the STREAM
 * construction of Hoang, Reyhanitabar, Rogaway and Vizár): swapping, repeating or cutting off chunks is noticed.
 *
 *     0         8         16            28                  60         76
 *     ┌─────────┬─────────┬─────────────┬───────────────────┬──────────┬ chunk 0 ┬ chunk 1 ┬ …
 *     │ SWRSEAL1│ key id  │ wrap nonce  │ wrapped data key  │ its tag  │ 65,536 bytes + tag of 16 each; the last is shorter
 *     └─────────┴─────────┴─────────────┴───────────────────┴──────────┴─────────┴─────────┴ …
 *
 * Only the header changes when the master key does. The wrapped key is bound to the recording's id: a file cannot stand in
 * for another.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { fault, ok, type Result } from '../kernel/result.ts'

export const HEADER_BYTES = 76
export const CHUNK_BYTES = 65_536
const TAG_BYTES = 16
const MAGIC = Buffer.from('SWRSEAL1', 'latin1')

/** Which master key wrapped a file: the first 8 bytes of its hash. */
function keyId(master: Uint8Array): Buffer {
  return createHash('sha256').update('switchroom master key').update(master).digest().subarray(0, 8)
}

export function isSealed(start: Uint8Array): boolean {
  return start.length >= MAGIC.length && MAGIC.equals(start.subarray(0, MAGIC.length))
}

/** A fresh data key and the header that holds it wrapped. */
export function seal(master: Uint8Array, id: string): { readonly header: Buffer; readonly dataKey: Buffer } {
  const dataKey = randomBytes(32)
  return { header: header(master, id, dataKey), dataKey }
}

/** The same data key under another master key. */
export function reseal(oldHeader: Uint8Array, oldMaster: Uint8Array, master: Uint8Array, id: string): Result<Buffer> {
  const opened = unseal(oldHeader, oldMaster, id)
  return opened.ok ? ok(header(master, id, opened.value)) : opened
}

export function unseal(bytes: Uint8Array, master: Uint8Array, id: string): Result<Buffer> {
  if (bytes.length < HEADER_BYTES || !isSealed(bytes)) return fault('not-sealed', 'this is not an encrypted recording', 0)
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  if (!view.subarray(8, 16).equals(keyId(master)))
    return fault('other-master-key', 'the recording was encrypted under another master key: bring that one back', 8)
  const decipher = createDecipheriv('aes-256-gcm', master, view.subarray(16, 28))
  decipher.setAAD(Buffer.from(id))
  decipher.setAuthTag(view.subarray(60, 76))
  try {
    return ok(Buffer.concat([decipher.update(view.subarray(28, 60)), decipher.final()]))
  } catch {
    return fault('seal-broken', 'the header of the encrypted recording was changed, or it belongs to another recording', 16)
  }
}

export function sealChunk(dataKey: Uint8Array, index: number, last: boolean, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', dataKey, chunkNonce(index, last))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

export function openChunk(dataKey: Uint8Array, index: number, last: boolean, sealed: Uint8Array): Result<Buffer> {
  if (sealed.length < TAG_BYTES) return fault('seal-broken', `chunk ${index} of the encrypted recording is too short`)
  const decipher = createDecipheriv('aes-256-gcm', dataKey, chunkNonce(index, last))
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  try {
    return ok(Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]))
  } catch {
    return fault('seal-broken', `chunk ${index} of the encrypted recording was changed`)
  }
}

/** How long the plain content of a sealed file is. */
export function plainSize(sealedBytes: number): number {
  const body = Math.max(0, sealedBytes - HEADER_BYTES)
  return body - TAG_BYTES * chunkCount(sealedBytes)
}

export function chunkCount(sealedBytes: number): number {
  return Math.ceil(Math.max(0, sealedBytes - HEADER_BYTES) / (CHUNK_BYTES + TAG_BYTES))
}

/** Where chunk `index` lies in the file: first byte, and length. */
export function chunkPlace(index: number, sealedBytes: number): { readonly at: number; readonly length: number } {
  const at = HEADER_BYTES + index * (CHUNK_BYTES + TAG_BYTES)
  return { at, length: Math.min(CHUNK_BYTES + TAG_BYTES, sealedBytes - at) }
}

function header(master: Uint8Array, id: string, dataKey: Uint8Array): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', master, nonce)
  cipher.setAAD(Buffer.from(id))
  return Buffer.concat([MAGIC, keyId(master), nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()])
}

function chunkNonce(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(index, 7)
  nonce[11] = last ? 1 : 0
  return nonce
}
