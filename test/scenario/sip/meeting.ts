/** What most scenarios begin and end with. */
import assert from 'node:assert/strict'
import { FakeNetwork } from './fake-network.ts'
import { ladder } from './ladder.ts'
import { Party, type PartyOptions } from './party.ts'

export const A = '192.0.2.1'
export const B = '192.0.2.2'
export const C = '192.0.2.3'
export const NAMES: Readonly<Record<string, string>> = { [A]: 'alice', [B]: 'bob', [C]: 'carol' }
/** Bob's leg of the first call that he gets. */
export const IN = `${B}-in-1`

export interface Meeting {
  readonly net: FakeNetwork
  readonly a: Party
  readonly b: Party
  flow(): string
}

export function meeting(bob: PartyOptions = {}, alice: PartyOptions = {}, net = new FakeNetwork()): Meeting {
  const a = new Party(net, A, alice)
  const b = new Party(net, B, bob)
  return { net, a, b, flow: () => ladder(net.sent, NAMES) }
}

/** After long enough nothing may be left: no timer, no leg, no transaction. */
export function quiet(net: FakeNetwork, ...parties: Party[]): void {
  net.run(200_000)
  for (const p of parties) {
    assert.equal(p.legs.size, 0, `${p.host}: legs left`)
    assert.equal(p.legs.lingering, 0, `${p.host}: lingering legs left`)
    assert.equal(p.endpoint.size, 0, `${p.host}: transactions left`)
  }
  assert.equal(net.pending, 0, 'timers left')
}
