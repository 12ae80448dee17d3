import { readNumber, splitWords } from './words.ts'

/** `a=candidate:` (RFC 8839 §5.1). */
export interface Candidate {
  readonly foundation: string
  /** 1 is RTP, 2 is RTCP. */
  readonly component: number
  /** Lower case: 'udp' or 'tcp'. */
  readonly transport: string
  readonly priority: number
  /** An IP address, or an mDNS name ending in `.local` from a browser. */
  readonly address: string
  readonly port: number
  /** 'host', 'srflx', 'prflx', 'relay'. */
  readonly type: string
  readonly relatedAddress: string | null
  readonly relatedPort: number | null
  /** `tcptype`, `generation`, `network-id` … as name and value. */
  readonly extensions: readonly (readonly [string, string])[]
}

/** The value after `a=candidate:`; null when it is not one. */
export function parseCandidate(value: string): Candidate | null {
  const parts = splitWords(value)
  if (parts.length < 8 || parts[6] !== 'typ') return null
  const component = readNumber(parts[1]!, 256)
  const priority = readNumber(parts[3]!, 0xffffffff)
  const port = readNumber(parts[5]!, 65535)
  if (component < 1 || priority < 0 || port < 0) return null
  let relatedAddress: string | null = null
  let relatedPort: number | null = null
  const extensions: (readonly [string, string])[] = []
  for (let i = 8; i + 1 < parts.length; i += 2) {
    const name = parts[i]!
    const text = parts[i + 1]!
    const asPort = name === 'rport' ? readNumber(text, 65535) : -1
    if (name === 'raddr' && relatedAddress === null) relatedAddress = text
    else if (asPort >= 0 && relatedPort === null) relatedPort = asPort
    else extensions.push([name, text])
  }
  return {
    foundation: parts[0]!,
    component,
    transport: parts[2]!.toLowerCase(),
    priority,
    address: parts[4]!,
    port,
    type: parts[7]!,
    relatedAddress,
    relatedPort,
    extensions,
  }
}

export function printCandidate(c: Candidate): string {
  let out = `${c.foundation} ${c.component} ${c.transport} ${c.priority} ${c.address} ${c.port} typ ${c.type}`
  if (c.relatedAddress !== null) out += ' raddr ' + c.relatedAddress
  if (c.relatedPort !== null) out += ' rport ' + c.relatedPort
  for (const [name, value] of c.extensions) out += ' ' + name + ' ' + value
  return out
}

/** RFC 8445 §5.1.2.1: the recommended formula; `typePreference` 126 for host, 0 for relay. */
export function candidatePriority(typePreference: number, localPreference: number, component: number): number {
  return typePreference * 2 ** 24 + localPreference * 2 ** 8 + (256 - component)
}
