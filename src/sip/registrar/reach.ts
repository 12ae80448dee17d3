/** From a binding to a way there: Request-URI, route set and hops (RFC 3261 §16.5, RFC 3327 §5.3, RFC 5626 §5.3). */
import { isAddress } from '../../wire/sip/host.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { param } from '../../wire/sip/params.ts'
import { parseUri } from '../../wire/sip/uri.ts'
import type { Flow, Hop, Transport } from '../flow.ts'
import type { Binding } from './binding.ts'

export interface ReachableContact {
  readonly binding: Binding
  readonly requestUri: string
  /** Route header values, topmost first. */
  readonly routes: readonly string[]
  readonly hops: readonly Hop[]
}

export function isStream(transport: Transport): boolean {
  return transport !== 'udp'
}

/** `open`: the connection that it registered by still stands. */
export function reach(binding: Binding, open = true): ReachableContact {
  const hop = (open ? undefined : listener(binding)) ?? hopOf(binding)
  return { binding, requestUri: binding.contact, routes: binding.path, hops: [hop] }
}

/**
 * Where a telephone itself takes TCP connections: it named the very address that it came from. After our restart it is called there until
 * it has registered again; one behind a NAT has to come back first.
 */
export function listener(binding: Binding): Hop | undefined {
  const { flow } = binding
  if (flow.transport !== 'tcp' || binding.path.length > 0) return undefined
  const uri = parseUri(binding.contact)
  if (!uri.ok || uri.value.scheme !== 'sip' || uri.value.host !== flow.remote.host) return undefined
  return { transport: 'tcp', host: uri.value.host, port: uri.value.port ?? 5060 }
}

/**
 * A telephone is reached by the flow its REGISTER came from: that is the only address a NAT lets through. Behind a proxy that put
 * itself on the Path, the proxy's own address counts when it is written as one; the flow is the fallback.
 */
function hopOf(binding: Binding): Hop {
  const top = binding.path[0]
  if (top !== undefined && !isStream(binding.flow.transport)) {
    const named = numericHop(top)
    if (named !== undefined) return named
  }
  return flowHop(binding.flow)
}

function flowHop(flow: Flow): Hop {
  return { transport: flow.transport, host: flow.remote.host, port: flow.remote.port, flow }
}

function numericHop(route: string): Hop | undefined {
  const address = parseNameAddr(route)
  if (!address.ok) return undefined
  const uri = parseUri(address.value.uri)
  if (!uri.ok || uri.value.scheme !== 'sip' || !isAddress(uri.value.host)) return undefined
  const transport = param(uri.value.params, 'transport')
  if (transport !== undefined && transport.toLowerCase() !== 'udp') return undefined
  return { transport: 'udp', host: uri.value.host, port: uri.value.port ?? 5060 }
}
