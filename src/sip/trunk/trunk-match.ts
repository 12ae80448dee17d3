/**
 * Which trunk an incoming request comes from: by where its packets come from and what password it proves, never by what it says in
 * From (SEC-02). The port is ignored: providers send from any.
 */
import { NetworkTable } from '../guard/address-set.ts'

export interface TrunkSource {
  readonly trunk: string
  /** Addresses and networks of the provider. */
  readonly networks: readonly string[]
  /** The provider proves itself by digest with this name; with `networks` both are needed. */
  readonly username?: string
}

export type TrunkMatch =
  /** `also`: other trunks of the same provider's addresses; the dialled line tells which one it was. */
  | { readonly is: 'trunk'; readonly trunk: string; readonly also: readonly string[] }
  /** From a trunk's network, but it must also prove a password: challenge. */
  | { readonly is: 'prove'; readonly trunk: string }
  | { readonly is: 'stranger' }

const STRANGER: TrunkMatch = { is: 'stranger' }

export class TrunkTable {
  private readonly networks: NetworkTable<TrunkSource>
  private readonly byUser = new Map<string, TrunkSource>()

  constructor(sources: readonly TrunkSource[]) {
    this.networks = new NetworkTable(sources.flatMap(s => s.networks.map(n => [n, s] as const)))
    for (const s of sources) if (s.username !== undefined) this.byUser.set(s.username, s)
  }

  /** `proven`: the user name a digest proved, if one did. */
  match(address: string, proven?: string): TrunkMatch {
    const there = this.networks.findAll(address)
    const named = proven === undefined ? undefined : this.byUser.get(proven)
    if (named !== undefined)
      return named.networks.length === 0 || there.includes(named) ? { is: 'trunk', trunk: named.trunk, also: [] } : STRANGER
    const open = there.filter(s => s.username === undefined)
    if (open.length > 0) return { is: 'trunk', trunk: open[0]!.trunk, also: open.slice(1).map(s => s.trunk) }
    return there.length > 0 ? { is: 'prove', trunk: there[0]!.trunk } : STRANGER
  }
}
