/** The Range header (RFC 9110 §14.1.2), as far as players use it: one range of bytes. */
export interface ByteRange {
  /** First and last byte, both included. */
  readonly from: number
  readonly to: number
}

/** Null: send everything (no header, another unit, several ranges, or nonsense: RFC 9110 §14.2 lets us ignore those). */
export function byteRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (!match) return null
  const [, first, last] = match
  if (first === '' && last === '') return null
  if (first === '') {
    const suffix = Number(last)
    return suffix === 0 || sizeBytes === 0 ? 'unsatisfiable' : { from: Math.max(0, sizeBytes - suffix), to: sizeBytes - 1 }
  }
  const from = Number(first)
  const to = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (last !== '' && Number(last) < from) return null
  return from >= sizeBytes ? 'unsatisfiable' : { from, to }
}
