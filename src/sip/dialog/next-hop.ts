/**
 * Where a request inside a dialog is sent. RFC 3261 §8.1.2 says: to the topmost Route or else the remote target. Peers behind
 * a NAT write addresses there that nobody can reach, so those are met where they were last heard.
 */
import { isAddress } from '../../wire/sip/host.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { param } from '../../wire/sip/params.ts'
import { parseSipUri, type SipUri } from '../../wire/sip/uri.ts'
import type { Hop, Transport } from '../flow.ts'
import type { Dialog } from './dialog.ts'

/** `resolve` finds hops for host names (from a cache); null means: stay with the learned one. */
export function nextHop(dialog: Dialog, resolve?: (uri: string) => Hop | null): Hop {
  const { hop } = dialog
  if (dialog.behindNat) return hop
  const text = firstUri(dialog)
  const parsed = parseSipUri(text)
  if (!parsed.ok) return hop
  const uri = parsed.value
  const host = param(uri.params, 'maddr') ?? uri.host
  if (!isAddress(host)) return resolve?.(text) ?? hop
  // An inside address in the Contact of a peer that we meet outside: its NAT has not been mended.
  if (isPrivate(host) && !isPrivate(hop.host)) return hop
  const transport = transportOf(uri)
  const port = uri.port ?? (transport === 'tls' || transport === 'wss' ? 5061 : 5060)
  // An open connection to the right host beats a new one to the port in its Contact.
  if (transport === hop.transport && host === hop.host && (port === hop.port || (transport !== 'udp' && hop.flow))) return hop
  // The flow keeps its local end: the same socket of ours goes on talking to the peer.
  if (transport === 'udp' && hop.flow && hop.transport === 'udp')
    return { transport, host, port, flow: { ...hop.flow, remote: { host, port } } }
  return { transport, host, port }
}

/** RFC 1918, and unique local IPv6 (RFC 4193). */
function isPrivate(host: string): boolean {
  if (host.startsWith('10.') || host.startsWith('192.168.') || /^f[cd]/i.test(host)) return true
  const second = host.startsWith('172.') ? Number.parseInt(host.slice(4), 10) : 0
  return second >= 16 && second <= 31
}

function firstUri(dialog: Dialog): string {
  const first = dialog.routeSet[0]
  if (first === undefined) return dialog.remoteTarget
  const address = parseNameAddr(first)
  return address.ok ? address.value.uri : dialog.remoteTarget
}

function transportOf(uri: SipUri): Transport {
  const named = param(uri.params, 'transport')?.toLowerCase()
  if (uri.scheme === 'sips') return named === 'ws' || named === 'wss' ? 'wss' : 'tls'
  return named === 'tcp' || named === 'tls' || named === 'ws' || named === 'wss' ? named : 'udp'
}
