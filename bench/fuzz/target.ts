/** What can be fuzzed: a parser with seeds that it accepts, and what must hold of whatever it accepts. */
import assert from 'node:assert/strict'
import type { Result } from '../../src/kernel/result.ts'

export interface FuzzTarget {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  /** Inputs are cut to this. */
  readonly maxBytes: number
  /** Anything thrown is a finding. True when the input was accepted: the report counts them, for a run that accepts nothing tests little. */
  run(bytes: Uint8Array): boolean
}

/** A parser of bytes; only its totality is tested. */
export function bytesTarget(
  name: string,
  seeds: readonly Uint8Array[],
  run: (bytes: Uint8Array) => boolean,
  maxBytes: number = 2000,
): FuzzTarget {
  return { name, seeds, maxBytes, run }
}

/** A parser of text with its printer: what it accepts must print and read back as the same value. */
export function textTarget<T>(
  name: string,
  seeds: readonly string[],
  parse: (text: string) => Result<T>,
  print: (value: T) => string,
): FuzzTarget {
  return {
    name,
    seeds: seeds.map(s => Buffer.from(s, 'utf8')),
    maxBytes: 2000,
    run(bytes) {
      const read = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
      if (!read.ok) {
        assert.ok(read.error.code !== '' && read.error.message !== '')
        return false
      }
      const printed = print(read.value)
      // Comparing whole values costs ten times the parsing, so most of the time their printed forms must do.
      const again = parse(printed)
      assert.ok(again.ok, `printed form is refused: ${printed}`)
      assert.equal(print(again.value), printed)
      return true
    },
  }
}
