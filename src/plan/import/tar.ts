/** Tar archives (POSIX ustar, GNU long names, pax paths) as a list of files. Never throws; says when the archive ends too early. */

export interface TarFile {
  readonly name: string
  /** A view of the archive, not a copy. */
  readonly bytes: Uint8Array
}

export interface Tar {
  readonly files: readonly TarFile[]
  /** The archive ends in the middle of a file, or goes on with something that is no header. */
  readonly damagedAt: number | null
}

const BLOCK = 512

/** Whether this begins like a tar archive: a header whose checksum is right. */
export function looksLikeTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && checksumHolds(bytes.subarray(0, BLOCK))
}

export function readTar(bytes: Uint8Array): Tar {
  const files: TarFile[] = []
  let longName: string | null = null
  let at = 0
  while (at + BLOCK <= bytes.length) {
    const header = bytes.subarray(at, at + BLOCK)
    if (header.every(b => b === 0)) return { files, damagedAt: null }
    const size = sizeOf(header)
    if (!checksumHolds(header) || size === null) return { files, damagedAt: at }
    const start = at + BLOCK
    const end = start + size
    if (end > bytes.length) return { files, damagedAt: at }
    const content = bytes.subarray(start, end)
    const type = String.fromCharCode(header[156]!)
    if (type === 'L') longName = text(content)
    else if (type === 'x') longName = paxPath(content) ?? longName
    else {
      if (type === '0' || type === '\0' || type === '7')
        files.push({ name: (longName ?? nameOf(header)).replace(/^\.?\/+/, ''), bytes: content })
      if (type !== 'g' && type !== 'K') longName = null
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  // Archives written to a pipe may lack the two empty blocks at their end.
  return { files, damagedAt: at === bytes.length ? null : at }
}

function nameOf(header: Uint8Array): string {
  const name = text(header.subarray(0, 100))
  const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Octal, or binary where the first bit is set (GNU, above 8 GiB). */
function sizeOf(header: Uint8Array): number | null {
  const field = header.subarray(124, 136)
  if ((field[0]! & 0x80) !== 0) {
    let size = 0
    for (const b of field.subarray(1)) size = size * 256 + b
    return Number.isSafeInteger(size) ? size : null
  }
  const octal = text(field).trim()
  return /^[0-7]*$/.test(octal) ? Number.parseInt(octal || '0', 8) : null
}

function checksumHolds(header: Uint8Array): boolean {
  const written = Number.parseInt(text(header.subarray(148, 156)).trim(), 8)
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!
  return written === sum
}

/** '27 path=etc/asterisk/long\n' */
function paxPath(content: Uint8Array): string | null {
  for (const line of new TextDecoder().decode(content).split('\n')) {
    const m = /^\d+ path=(.+)$/.exec(line)
    if (m !== null) return m[1]!
  }
  return null
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}
