/** The receiver's replay list (RFC 3711 §3.3.2) as a ring of bits. Indices are whole numbers below 2^53. */

const WORDS = 16
/** How far back an index may lie behind the highest; the RFC asks for 64 at least. */
export const REPLAY_WINDOW = (WORDS - 1) * 32

export class ReplayWindow {
  private readonly bits = new Int32Array(WORDS)
  private highestIndex = -1

  /** -1 before the first packet. */
  get highest(): number {
    return this.highestIndex
  }

  /** Whether this index is neither known nor too old. */
  isNew(index: number): boolean {
    if (index > this.highestIndex) return true
    if (index < 0 || this.highestIndex - index >= REPLAY_WINDOW) return false
    return (this.bits[Math.floor(index / 32) % WORDS]! & (1 << (index % 32))) === 0
  }

  /** Notes an index that proved authentic. */
  accept(index: number): void {
    const word = Math.floor(index / 32)
    if (index > this.highestIndex) {
      const last = Math.floor(this.highestIndex / 32)
      if (word - last >= WORDS) this.bits.fill(0)
      else for (let w = last + 1; w <= word; w++) this.bits[w % WORDS] = 0
      this.highestIndex = index
    }
    this.bits[word % WORDS] = this.bits[word % WORDS]! | (1 << (index % 32))
  }
}
