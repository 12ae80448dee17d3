/** Finished recordings on disk: opened for reading at any place, decrypted on the way where they are encrypted. */
import { type FileHandle, open } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { Readable } from 'node:stream'
import type { RecordingEntry } from '../recording/recording-entry.ts'
import { CHUNK_BYTES, chunkCount, chunkPlace, HEADER_BYTES, isSealed, openChunk, plainSize, unseal } from '../recording/sealed-file.ts'

export interface OpenRecording {
  /** Of the audio file itself, before encryption. */
  readonly sizeBytes: number
  /** Bytes `from` to `to`, both included. Closes the file at its end. */
  stream(from: number, to: number): Readable
  close(): Promise<void>
}

export interface RecordingFiles {
  /** Null when the file is not there. Throws when it is but cannot be read. */
  open(entry: Pick<RecordingEntry, 'id' | 'file'>): Promise<OpenRecording | null>
}

export function recordingFiles(folder: string, master: () => Buffer): RecordingFiles {
  return {
    async open(entry) {
      if (entry.file === null || normalize(entry.file).startsWith('..')) return null
      return openRecording(join(folder, entry.file), entry.id, master)
    },
  }
}

export async function openRecording(path: string, id: string, master: () => Buffer): Promise<OpenRecording | null> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (!file) return null
  try {
    const { size } = await file.stat()
    const header = await readAt(file, 0, HEADER_BYTES)
    if (!isSealed(header))
      return {
        sizeBytes: size,
        close: () => file.close(),
        stream: (from, to) => file.createReadStream({ start: from, end: to, highWaterMark: CHUNK_BYTES }),
      }
    const key = unseal(header, master(), id)
    if (!key.ok) throw new Error(`${path}: ${key.error.message}`)
    const sizeBytes = plainSize(size)
    return {
      sizeBytes,
      close: () => file.close(),
      stream: (from, to) => Readable.from(plain(file, size, key.value, from, to), { objectMode: false }),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* plain(file: FileHandle, size: number, key: Buffer, from: number, to: number): AsyncGenerator<Buffer> {
  try {
    const count = chunkCount(size)
    for (let index = Math.floor(from / CHUNK_BYTES); index <= Math.floor(to / CHUNK_BYTES) && index < count; index++) {
      const { at, length } = chunkPlace(index, size)
      const chunk = openChunk(key, index, index === count - 1, await readAt(file, at, length))
      if (!chunk.ok) throw new Error(chunk.error.message)
      const start = index * CHUNK_BYTES
      yield chunk.value.subarray(Math.max(0, from - start), to - start + 1)
    }
  } finally {
    await file.close()
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, at)
  return buffer.subarray(0, bytesRead)
}
