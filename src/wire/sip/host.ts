/** Hosts and ports as URIs and Via write them (RFC 3261 §25.1, RFC 5954, RFC 4291 §2.2). */
import { all, DIGIT, decimal, HEX, HOST } from './chars.ts'

export interface Host {
  /** Without brackets. */
  readonly host: string
  readonly port: number | null
}

/** Reads `host[:port]`; an IPv6 reference must stand in brackets. Null when it is none. */
export function parseHost(text: string): Host | null {
  let host: string
  let portAt: number
  if (text.charCodeAt(0) === 91) {
    const close = text.indexOf(']')
    if (close < 0) return null
    host = text.slice(1, close)
    // RFC 5118 §4.10: the old grammar's third colon before an IPv4 part must be tolerated.
    if (host.indexOf(':::') >= 0) host = host.replace(/:::(?=\d+\.[\d.]+$)/, '::')
    if (!isIpv6(host)) return null
    portAt = close + 1
  } else {
    portAt = text.indexOf(':')
    if (portAt < 0) portAt = text.length
    host = text.slice(0, portAt)
    if (!all(host, HOST)) return null
  }
  if (portAt === text.length) return { host, port: null }
  if (text.charCodeAt(portAt) !== 58) return null
  const port = decimal(text.slice(portAt + 1), 65535)
  return port < 0 ? null : { host, port }
}

export function printHost(host: string, port: number | null): string {
  const h = host.indexOf(':') >= 0 ? `[${host}]` : host
  return port === null ? h : `${h}:${port}`
}

export function isIpv4(text: string): boolean {
  let parts = 0
  let start = 0
  while (true) {
    let end = text.indexOf('.', start)
    if (end < 0) end = text.length
    if (end - start > 3 || decimal(text.slice(start, end), 255) < 0) return false
    parts++
    if (end === text.length) return parts === 4
    start = end + 1
  }
}

/** Textual IPv6 without brackets and without zone. */
export function isIpv6(text: string): boolean {
  return ipv6Groups(text) !== null
}

/** The eight 16-bit groups, or null. */
function ipv6Groups(text: string): number[] | null {
  if (text.length < 2 || text.length > 45) return null
  const gap = text.indexOf('::')
  if (gap >= 0 && text.indexOf('::', gap + 1) >= 0) return null
  if (gap < 0) {
    const whole = groups(text)
    return whole !== null && whole.length === 8 ? whole : null
  }
  const before = gap === 0 ? [] : groups(text.slice(0, gap))
  const after = gap + 2 === text.length ? [] : groups(text.slice(gap + 2))
  if (before === null || after === null || before.length + after.length > 7) return null
  if (text.slice(0, gap).indexOf('.') >= 0) return null
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function groups(text: string): number[] | null {
  const parts = text.split(':')
  const out: number[] = []
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (i === parts.length - 1 && part.indexOf('.') >= 0) {
      if (!isIpv4(part)) return null
      const [a, b, c, d] = part.split('.').map(Number) as [number, number, number, number]
      out.push(a * 256 + b, c * 256 + d)
    } else {
      if (part.length > 4 || !all(part, HEX)) return null
      out.push(Number.parseInt(part, 16))
    }
  }
  return out
}

/** The same host: names without regard to case, IPv6 by value (RFC 3261 §19.1.4, RFC 5118 §4.4). */
export function sameHost(a: string, b: string): boolean {
  if (a === b) return true
  if (a.indexOf(':') < 0 || b.indexOf(':') < 0) return a.toLowerCase() === b.toLowerCase()
  const x = ipv6Groups(a)
  const y = ipv6Groups(b)
  return x !== null && y !== null && x.every((g, i) => g === y[i])
}

/** Whether a host is written as an address, so that no DNS is asked (RFC 3263 §4.1). */
export function isAddress(host: string): boolean {
  return host.indexOf(':') >= 0 || (all(host.slice(-1), DIGIT) && isIpv4(host))
}
