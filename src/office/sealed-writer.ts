/**
 * Writes a recording's file, encrypted on the way (`recording/sealed-file.ts`). Under another name until it is complete and on
 * the disk. The first chunk is written last, so that a header that depends on the end (WAV) can still be mended.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { CHUNK_BYTES, chunkPlace, seal, sealChunk } from '../recording/sealed-file.ts'

export class SealedWriter {
  /** Where it is written before it gets its name. */
  readonly partPath: string
  private readonly path: string
  private readonly file: number
  private readonly dataKey: Buffer
  private readonly chunk = Buffer.alloc(CHUNK_BYTES)
  private filled = 0
  private index = 0
  private first: Buffer | null = null
  private open = true
  sizeBytes = 0

  constructor(path: string, id: string, master: Uint8Array) {
    this.path = path
    this.partPath = `${path}.part`
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    this.file = openSync(this.partPath, 'w', 0o600)
    const { header, dataKey } = seal(master, id)
    this.dataKey = dataKey
    writeSync(this.file, header, 0, header.length, 0)
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.filled === CHUNK_BYTES) this.flush(false)
      const count = Math.min(bytes.length - at, CHUNK_BYTES - this.filled)
      this.chunk.set(bytes.subarray(at, at + count), this.filled)
      this.filled += count
      at += count
    }
    this.sizeBytes += bytes.length
  }

  /** Everything is on the disk afterwards, still under the other name. `head` replaces the beginning. */
  finish(head: Uint8Array | null): void {
    if (this.index === 0) {
      if (head) this.chunk.set(head)
      this.flush(true)
    } else {
      this.flush(true)
      if (head) this.first!.set(head)
      this.put(0, false, this.first!)
    }
    fsyncSync(this.file)
    this.close()
  }

  /** Gives the file its name, for good. */
  publish(): void {
    renameSync(this.partPath, this.path)
    const folder = openSync(dirname(this.path), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  }

  abandon(): void {
    this.close()
    rmSync(this.partPath, { force: true })
  }

  private flush(last: boolean): void {
    const plain = this.chunk.subarray(0, this.filled)
    if (this.index === 0 && !last) this.first = Buffer.from(plain)
    else this.put(this.index, last, plain)
    this.index++
    this.filled = 0
  }

  private put(index: number, last: boolean, plain: Uint8Array): void {
    const sealed = sealChunk(this.dataKey, index, last, plain)
    const { at } = chunkPlace(index, Number.MAX_SAFE_INTEGER)
    let done = 0
    while (done < sealed.length) done += writeSync(this.file, sealed, done, sealed.length - done, at + done)
  }

  private close(): void {
    if (this.open) closeSync(this.file)
    this.open = false
  }
}
