/** struct sockaddr_in and sockaddr_in6 as Linux lays them out. */

/** Writes 16 or 28 bytes at `at`; returns how many, 0 when the address is not numeric. */
export function writeSocketAddress(memory: Uint8Array, at: number, address: string, port: number): number {
  memory[at + 1] = 0
  memory[at + 2] = port >>> 8
  memory[at + 3] = port & 0xff
  if (!address.includes(':')) {
    memory[at] = 2
    let octet = -1
    let index = 0
    for (let i = 0; i <= address.length; i++) {
      const c = i === address.length ? 46 : address.charCodeAt(i)
      if (c === 46) {
        if (octet < 0 || octet > 255 || index > 3) return 0
        memory[at + 4 + index++] = octet
        octet = -1
      } else if (c >= 48 && c <= 57) octet = (octet < 0 ? 0 : octet * 10) + c - 48
      else return 0
    }
    if (index !== 4) return 0
    memory.fill(0, at + 8, at + 16)
    return 16
  }
  const groups = ipv6Groups(address)
  if (groups === null) return 0
  memory[at] = 10
  memory.fill(0, at + 4, at + 28)
  for (let i = 0; i < 8; i++) {
    memory[at + 8 + 2 * i] = groups[i]! >>> 8
    memory[at + 9 + 2 * i] = groups[i]! & 0xff
  }
  return 28
}

export function readSocketAddress(memory: Uint8Array, at: number): string {
  if (memory[at] === 2) return `${memory[at + 4]}.${memory[at + 5]}.${memory[at + 6]}.${memory[at + 7]}`
  const groups: string[] = []
  for (let i = 0; i < 8; i++) groups.push((((memory[at + 8 + 2 * i]! << 8) | memory[at + 9 + 2 * i]!) >>> 0).toString(16))
  return compressed(groups)
}

/** RFC 5952 §4.2: the longest run of zeros, of two or more, becomes '::'. */
function compressed(groups: readonly string[]): string {
  let best = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let n = 0
    while (i + n < 8 && groups[i + n] === '0') n++
    if (n > bestLength) {
      best = i
      bestLength = n
    }
    i += n
  }
  if (best < 0) return groups.join(':')
  return groups.slice(0, best).join(':') + '::' + groups.slice(best + bestLength).join(':')
}

function ipv6Groups(address: string): number[] | null {
  const halves = address.split('::')
  if (halves.length > 2) return null
  const read = (text: string): number[] =>
    text === '' ? [] : text.split(':').map(g => (/^[0-9a-fA-F]{1,4}$/.test(g) ? Number.parseInt(g, 16) : Number.NaN))
  const head = read(halves[0]!)
  const tail = halves.length === 2 ? read(halves[1]!) : []
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail]
  return groups.some(g => Number.isNaN(g)) ? null : groups
}
