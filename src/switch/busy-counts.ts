/** How many calls each account and trunk is in, and what became of calls over trunks: told from the changes of call states. */
import type { CallState, Leg } from '../call/call-state.ts'

export interface BusyEvents {
  /** The account entered or left a call, or its call changed: lamps want to know. */
  account(account: string): void
  /** A trunk gave this first sign or failure for a call: 180, 200, or the failure's status. */
  trunk(trunk: string, status: number): void
}

export class BusyCounts {
  private readonly accounts = new Map<string, Leg[]>()
  private readonly trunks = new Map<string, number>()
  private readonly events: BusyEvents

  constructor(events: BusyEvents) {
    this.events = events
  }

  ofAccount(account: string): number {
    return this.accounts.get(account)?.length ?? 0
  }

  ofTrunk(trunk: string): number {
    return this.trunks.get(trunk) ?? 0
  }

  /** The legs by which an account is in calls now. */
  legsOf(account: string): readonly Leg[] {
    return this.accounts.get(account) ?? []
  }

  changed(before: CallState | null, after: CallState): void {
    if (before?.legs === after.legs) return
    for (const id in after.legs) {
      const now = after.legs[id]!
      const was = before?.legs[id]
      if (was === now) continue
      if (now.account !== null) this.keep(now.account, was, now)
      if (now.trunk !== null) this.count(now.trunk, was, now)
    }
  }

  private keep(account: string, was: Leg | undefined, now: Leg): void {
    if (was?.phase === now.phase && was?.held === now.held) return
    const rest = (this.accounts.get(account) ?? []).filter(l => l.id !== now.id)
    if (now.phase !== 'over') rest.push(now)
    if (rest.length > 0) this.accounts.set(account, rest)
    else this.accounts.delete(account)
    this.events.account(account)
  }

  private count(trunk: string, was: Leg | undefined, now: Leg): void {
    const counted = was !== undefined && was.phase !== 'over'
    const counts = now.phase !== 'over'
    if (counted !== counts) {
      const n = this.ofTrunk(trunk) + (counts ? 1 : -1)
      if (n > 0) this.trunks.set(trunk, n)
      else this.trunks.delete(trunk)
    }
    if (now.role !== 'called' || was === undefined || was.phase !== 'calling' || now.phase === 'calling') return
    if (now.phase === 'over') {
      if (now.outcome !== null && now.outcome !== 'cancelled' && now.outcome !== 'no-answer') this.events.trunk(trunk, now.status)
    } else this.events.trunk(trunk, now.phase === 'up' ? 200 : 180)
  }
}
