/** IP addresses as numbers, and sets of networks ("198.51.100.0/24", "2001:db8::/32", single addresses). */
export interface ParsedAddress {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** Reads dotted IPv4, any IPv6 form incl. `[…]`, zone ids and IPv4-mapped addresses (which count as IPv4). */
export function parseAddress(text: string): ParsedAddress | undefined {
  const v4 = parseV4(text)
  if (v4 !== undefined) return { bits: 32, value: BigInt(v4) }
  let s = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  const zone = s.indexOf('%')
  if (zone >= 0) s = s.slice(0, zone)
  return parseV6(s)
}

/** A dotted quad as a 32-bit number; leading zeros are refused because some readers take them for octal. */
function parseV4(text: string): number | undefined {
  let value = 0
  let octet = -1
  let digits = 0
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 46) {
      if (octet < 0 || ++dots > 3) return undefined
      value = value * 256 + octet
      octet = -1
      digits = 0
    } else if (c >= 48 && c <= 57) {
      if (digits > 0 && octet === 0) return undefined
      octet = Math.max(octet, 0) * 10 + c - 48
      if (++digits > 3 || octet > 255) return undefined
    } else return undefined
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined
}

function parseV6(text: string): ParsedAddress | undefined {
  if (text.length < 2 || text.length > 45) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0]!)
  const tail = halves.length === 2 ? groups(halves[1]!) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  let value = 0n
  for (const g of [...head, ...new Array<number>(Math.max(missing, 0)).fill(0), ...tail]) value = (value << 16n) | BigInt(g)
  if (value >> 32n === 0xffffn) return { bits: 32, value: value & 0xffffffffn }
  return { bits: 128, value }
}

function groups(text: string): number[] | undefined {
  if (text === '') return []
  const out: number[] = []
  const parts = text.split(':')
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (i === parts.length - 1 && part.includes('.')) {
      const v4 = parseV4(part)
      if (v4 === undefined) return undefined
      out.push(v4 >>> 16, v4 & 0xffff)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16))
    else return undefined
  }
  return out
}

interface Network {
  readonly bits: 32 | 128
  readonly length: number
  readonly prefix: bigint
}

function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  const length = slash < 0 ? address.bits : /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1
  if (length < 0 || length > address.bits) return undefined
  return { bits: address.bits, length, prefix: address.value >> BigInt(address.bits - length) }
}

/** Networks mapped to what they mean; the longest prefix comes first. Answers are cached, boundedly: a source speaks more than once. */
export class NetworkTable<T> {
  private readonly networks: readonly { readonly network: Network; readonly means: T }[]
  private readonly cache = new Map<string, readonly T[]>()

  constructor(entries: Iterable<readonly [string, T]>) {
    const networks: { network: Network; means: T }[] = []
    for (const [text, means] of entries) {
      const network = parseNetwork(text)
      if (network === undefined) throw new Error(`"${text}" is neither an IP address nor a network such as 198.51.100.0/24`)
      networks.push({ network, means })
    }
    this.networks = networks.sort((a, b) => b.network.length - a.network.length)
  }

  find(address: string): T | undefined {
    return this.networks.length === 0 ? undefined : this.findAll(address)[0]
  }

  findAll(address: string): readonly T[] {
    const before = this.cache.get(address)
    if (before !== undefined) return before
    const parsed = parseAddress(address)
    const hits = parsed === undefined ? [] : this.networks.filter(n => holds(n.network, parsed)).map(n => n.means)
    if (this.cache.size >= 4096) this.cache.clear()
    this.cache.set(address, hits)
    return hits
  }
}

function holds(network: Network, address: ParsedAddress): boolean {
  return network.bits === address.bits && address.value >> BigInt(address.bits - network.length) === network.prefix
}

/** What one customer or attacker holds: an IPv4 address, or an IPv6 /64. */
export function sourceKey(address: string): string {
  if (!address.includes(':')) return address
  const parsed = parseAddress(address)
  if (parsed === undefined) return address
  if (parsed.bits === 32)
    return `${Number(parsed.value >> 24n)}.${Number((parsed.value >> 16n) & 255n)}.${Number((parsed.value >> 8n) & 255n)}.${Number(parsed.value & 255n)}`
  return (parsed.value >> 64n).toString(16) + '::/64'
}
