/** A spool file's frames without holding the file in memory: an hour of a recorded call is some 70 MB. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Result } from '../kernel/result.ts'
import { FRAME_BYTES, type SpoolFrame, type SpoolHeader } from '../media/spool-format.ts'
import { readFrame, readSpoolHead } from '../media/spool-reader.ts'

const BUFFER_BYTES = 1 << 20
const LONGEST_FRAME = FRAME_BYTES + 65_535
const LONGEST_HEAD = (1 << 20) + 12

export function readSpoolFileHead(path: string): Result<{ readonly header: SpoolHeader; readonly framesAt: number }> {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(LONGEST_HEAD)
    return readSpoolHead(bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)))
  } finally {
    closeSync(file)
  }
}

/** All whole frames up to the first that is torn. A frame's payload is valid until the next frame is asked for. */
export function* spoolFileFrames(path: string, framesAt: number): Generator<SpoolFrame> {
  const file = openSync(path, 'r')
  try {
    const buffer = new Uint8Array(BUFFER_BYTES)
    let from = 0
    let filled = 0
    let at = framesAt
    let atEnd = false
    for (;;) {
      if (filled - from < LONGEST_FRAME && !atEnd) {
        buffer.copyWithin(0, from, filled)
        filled -= from
        from = 0
        const read = readSync(file, buffer, filled, buffer.length - filled, at)
        at += read
        filled += read
        atEnd = read === 0
        continue
      }
      const found = readFrame(buffer.subarray(0, filled), from)
      if (found === null) return
      yield found.frame
      from = found.next
    }
  } finally {
    closeSync(file)
  }
}
