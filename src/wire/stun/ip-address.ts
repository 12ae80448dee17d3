/** IP addresses as text and as bytes: 4 or 16, network order. IPv6 is written as RFC 5952 §4 wants it. */

/** Null when it is no address. `::ffff:192.0.2.1`, which a dual-stack socket reports, counts as IPv4; a zone (`%eth0`) is dropped. */
export function addressBytes(text: string): Uint8Array | null {
  if (text.length > 64) return null
  if (!text.includes(':')) return ipv4Bytes(text)
  const zone = text.indexOf('%')
  const bytes = ipv6Bytes(zone < 0 ? text : text.slice(0, zone))
  return bytes !== null && isMapped(bytes) ? bytes.subarray(12) : bytes
}

/** 4 or 16 bytes of `from` beginning at `at`. */
export function addressText(from: Uint8Array, at: number, bytes: 4 | 16): string {
  if (bytes === 4) return from[at]! + '.' + from[at + 1]! + '.' + from[at + 2]! + '.' + from[at + 3]!
  const groups: number[] = []
  for (let i = 0; i < 8; i++) groups.push((from[at + 2 * i]! << 8) | from[at + 2 * i + 1]!)
  let longest = -1
  let longestLength = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > longestLength) {
      longest = i
      longestLength = end - i
    }
    if (end > i) i = end
  }
  const words = groups.map(g => g.toString(16))
  if (longest < 0) return words.join(':')
  return words.slice(0, longest).join(':') + '::' + words.slice(longest + longestLength).join(':')
}

function ipv4Bytes(text: string): Uint8Array | null {
  const m = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (m === null) return null
  const bytes = new Uint8Array(4)
  for (let i = 0; i < 4; i++) {
    const n = Number(m[i + 1])
    if (n > 255) return null
    bytes[i] = n
  }
  return bytes
}

function ipv6Bytes(text: string): Uint8Array | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const left = groupBytes(halves[0]!)
  const right = halves.length === 2 ? groupBytes(halves[1]!) : []
  if (left === null || right === null) return null
  const known = left.length + right.length
  if (halves.length === 1 ? known !== 16 : known > 14) return null
  const bytes = new Uint8Array(16)
  bytes.set(left)
  bytes.set(right, 16 - right.length)
  return bytes
}

function groupBytes(text: string): number[] | null {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!
    if (i === groups.length - 1 && group.includes('.')) {
      const v4 = ipv4Bytes(group)
      if (v4 === null) return null
      bytes.push(...v4)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null
      const n = Number.parseInt(group, 16)
      bytes.push(n >>> 8, n & 0xff)
    }
  }
  return bytes
}

function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false
  return bytes[10] === 0xff && bytes[11] === 0xff
}
