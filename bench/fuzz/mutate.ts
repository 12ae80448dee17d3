/** Makes hostile bytes: noise, and well-formed seeds hurt in the ways that find bugs. */

/** mulberry32; any single input can be made again from the run's seed and the input's number. */
export class Dice {
  #state = 0

  /** Starts the sequence that belongs to one input. */
  throwFor(seed: number, target: number, input: number): void {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(target + 1, 0x85ebca6b) ^ Math.imul(input + 1, 0xc2b2ae35)) >>> 0
  }

  /** From 0 to below `n`. */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    const a = this.#state
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n)
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

/** Pieces that parsers branch on. */
const PIECES: readonly Uint8Array[] = [
  ...[
    '\r\n',
    '\r\n\r\n',
    '\r\n ',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ',',
    ';',
    ':',
    '=',
    '"',
    '\\"',
    '<',
    '>',
    '@',
    '?',
    '&',
    '%',
    '%00',
    '%2',
    '/',
    '*',
    '[',
    ']',
    '(',
    ')',
  ],
  ...[
    '0',
    '-1',
    '4294967296',
    '99999999999999999999',
    '65536',
    '1e9',
    '::',
    '[::1]',
    'SIP/2.0',
    'sip:',
    'v=0',
    'm=',
    'a=',
    'é',
    '\u{1f4de}',
    '__proto__',
    'constructor',
  ],
].map(s => Buffer.from(s, 'utf8'))
const BYTES: readonly number[] = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 13, 10, 32, 34, 44, 58, 59, 60, 62, 92]

/** The next input, in a buffer of its own. One in eight is noise; the rest are seeds with one to six injuries. */
export function hostile(dice: Dice, seeds: readonly Uint8Array[], maxBytes: number): Uint8Array {
  if (seeds.length === 0 || dice.below(8) === 0) return noise(dice, dice.below(Math.min(maxBytes, 300)))
  let out: Uint8Array = Uint8Array.from(dice.of(seeds))
  for (let injuries = 1 + dice.below(1 + dice.below(6)); injuries > 0; injuries--) out = injure(dice, out, seeds)
  return out.length > maxBytes ? out.slice(0, maxBytes) : out
}

function noise(dice: Dice, length: number): Uint8Array {
  const out = new Uint8Array(length)
  for (let i = 0; i < length; i++) out[i] = dice.below(256)
  return out
}

function injure(dice: Dice, from: Uint8Array, seeds: readonly Uint8Array[]): Uint8Array {
  const at = dice.below(from.length + 1)
  const span = dice.below(Math.min(from.length - at, 40) + 1)
  switch (dice.below(9)) {
    case 0:
      if (at < from.length) from[at] = from[at]! ^ (1 << dice.below(8))
      return from
    case 1:
      if (at < from.length) from[at] = dice.of(BYTES)
      return from
    case 2:
      if (at < from.length) from[at] = dice.below(256)
      return from
    case 3:
      return from.slice(0, at)
    case 4:
      return joined(from.subarray(0, at), from.subarray(at + span))
    case 5:
      return joined(from.subarray(0, at), dice.of(PIECES), from.subarray(at))
    case 6:
      return joined(from.subarray(0, at), dice.of(PIECES), from.subarray(at + span))
    case 7: {
      // A piece said again and again finds what grows faster than its input.
      const piece = from.subarray(at, at + span)
      const times = 1 + dice.below(dice.below(20) === 0 ? 400 : 4)
      return joined(from.subarray(0, at), ...new Array<Uint8Array>(times).fill(piece), from.subarray(at))
    }
    default: {
      const other = dice.of(seeds)
      return joined(from.subarray(0, at), other.subarray(dice.below(other.length + 1)))
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const p of parts) length += p.length
  const out = new Uint8Array(length)
  let at = 0
  for (const p of parts) {
    out.set(p, at)
    at += p.length
  }
  return out
}
