/** Unpredictable numbers from the operating system, drawn in blocks because tags, branches and SSRCs are asked for thousands of times a second. */
import { randomFillSync } from 'node:crypto'
import type { Random } from '../kernel/clock.ts'

const BLOCK_BYTES = 8192
const block = Buffer.allocUnsafe(BLOCK_BYTES)
let used = BLOCK_BYTES

function take(n: number): number {
  if (used + n > BLOCK_BYTES) {
    randomFillSync(block)
    used = 0
  }
  const at = used
  used += n
  return at
}

export const systemRandom: Random = {
  hex(n) {
    if (n > BLOCK_BYTES) return randomFillSync(Buffer.alloc(n)).toString('hex')
    const at = take(n)
    const out = block.toString('hex', at, at + n)
    // What was given out stays secret: it is not left in memory for a later reader.
    block.fill(0, at, at + n)
    return out
  },
  fraction() {
    const at = take(6)
    return block.readUIntBE(at, 6) / 2 ** 48
  },
}
