/** Where the time comes from. The edge gives the real one, tests a virtual one. Epoch milliseconds. */
export interface Clock {
  nowMs(): number
}

/** Where randomness comes from. The edge gives `crypto`, tests a seeded one. */
export interface Random {
  /** `n` random bytes as lower-case hex (so 2n characters). */
  hex(n: number): string
  /** A number in [0, 1). */
  fraction(): number
}

/** A seeded generator (mulberry32) for tests and simulations: the same seed gives the same run. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0
  const fraction = (): number => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    fraction,
    hex(n) {
      let out = ''
      for (let i = 0; i < n; i++)
        out += Math.floor(fraction() * 256)
          .toString(16)
          .padStart(2, '0')
      return out
    },
  }
}
