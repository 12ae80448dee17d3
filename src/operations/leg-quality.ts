/** What was measured on each leg over the whole call (QOS-01): the last figures of the last session, joined with who it was. */
import type { LoggedEvent, Party } from '../call/events.ts'
import type { LegFigures } from '../media/protocol.ts'

export interface LegQuality {
  readonly leg: string
  readonly party: Party | null
  readonly codec: string
  readonly packetsIn: number
  readonly packetsOut: number
  readonly lost: number
  /** In [0,1]; null when no packet was expected: unknown is not the same as none. */
  readonly lossShare: number | null
  readonly jitterMs: number
  readonly maxJitterMs: number
  readonly rttMs: number | null
  readonly farLoss: number | null
}

export function legQuality(events: readonly LoggedEvent[]): LegQuality[] {
  const parties = new Map<string, Party>()
  const latest = new Map<string, LegFigures>()
  for (const { event } of events) {
    if (event.type === 'call.started') parties.set(event.leg, event.from)
    else if (event.type === 'leg.started') parties.set(event.leg, event.party)
    else if (event.type === 'quality.measured') for (const figures of event.legs) latest.set(figures.leg, figures)
  }
  return [...latest.values()].map(figures => {
    const expected = figures.packetsIn + figures.lost
    return {
      leg: figures.leg,
      party: parties.get(figures.leg) ?? null,
      codec: figures.codec,
      packetsIn: figures.packetsIn,
      packetsOut: figures.packetsOut,
      lost: figures.lost,
      lossShare: expected > 0 ? Math.max(0, figures.lost) / expected : null,
      jitterMs: figures.jitterMs,
      maxJitterMs: figures.maxJitterMs,
      rttMs: figures.rttMs,
      farLoss: figures.farLoss,
    }
  })
}
