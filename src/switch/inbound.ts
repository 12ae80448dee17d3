/**
 * Requests that belong to no call yet: who is it, is it allowed, what then. A caller is a trunk by its address or an account by
 * its password, never by what From says (SEC-02).
 */
import type { Party } from '../call/events.ts'
import type { Clock, Random } from '../kernel/clock.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import type { Origin } from '../plan/decision.ts'
import type { DigestServer } from '../sip/digest/digest-server.ts'
import type { ServerTransaction } from '../sip/endpoint/contract.ts'
import type { Registrar } from '../sip/registrar/registrar.ts'
import type { HeaderField } from '../wire/sip/message.ts'
import type { Lookout } from './lookout.ts'
import { OldTelephones } from './old-telephones.ts'
import type { Trunks } from './trunks.ts'

export interface InboundDeps {
  readonly clock: Clock
  readonly random: Random
  readonly digest: DigestServer
  readonly registrar: Registrar
  readonly lookout: Pick<Lookout, 'offend' | 'proven'>
  readonly trunks: Trunks
  readonly plan: () => CompiledPlan
  /** Username proved by digest → the plan's account (they differ for a browser's temporary credentials). */
  readonly accountOf: (username: string) => string | undefined
  /** A new call from an established origin. */
  readonly invite: (transaction: ServerTransaction, origin: Origin, from: Party) => void
  readonly subscribe: (transaction: ServerTransaction, account: string) => void
  /** What the media profile needs to know later. */
  readonly allow: string
}

export class Inbound {
  private readonly d: InboundDeps
  private readonly old = new OldTelephones()

  constructor(deps: InboundDeps) {
    this.d = deps
  }

  request(tx: ServerTransaction): void {
    const { d } = this
    switch (tx.request.method) {
      case 'REGISTER':
        this.register(tx)
        return
      case 'OPTIONS':
        tx.respond(200, {
          headers: [
            { name: 'Accept', value: 'application/sdp' },
            { name: 'Allow', value: d.allow },
          ],
        })
        return
      case 'INVITE':
        this.invite(tx)
        return
      case 'SUBSCRIBE': {
        const account = this.prove(tx)
        if (account !== null) d.subscribe(tx, account)
        return
      }
      case 'PUBLISH':
      case 'MESSAGE':
        if (this.prove(tx) !== null) tx.respond(405, { headers: [{ name: 'Allow', value: d.allow }] })
        return
      case 'NOTIFY':
        // Unsolicited NOTIFYs of telephones (keep-alive of a sort): answered, so that they do not retransmit.
        tx.respond(481)
        return
      default:
        tx.respond(481)
    }
  }

  private register(tx: ServerTransaction): void {
    const account = this.prove(tx)
    if (account === null) return
    const { status, reason, headers } = this.d.registrar.register(tx.request, tx.flow, account, this.d.clock.nowMs())
    tx.respond(status, { reason, headers })
  }

  private invite(tx: ServerTransaction): void {
    const { d } = this
    const known = d.trunks.match(tx)
    const name = known === null ? this.proveName(tx) : ''
    if (name === null) return
    const trunk = known ?? d.trunks.match(tx, name)
    if (trunk !== null) {
      const caller = d.trunks.callerOf(tx, trunk)
      d.invite(
        tx,
        { kind: 'trunk', trunk, number: caller.number, ...(caller.display ? { display: caller.display } : {}) },
        {
          number: caller.number ?? '',
          ...(caller.display ? { name: caller.display } : {}),
          who: trunk,
        },
      )
      return
    }
    const account = this.accountOf(tx, name)
    if (account === null) return
    const { extension, displayName, owner } = d.plan().accounts.get(account)!
    d.invite(tx, { kind: 'device', account }, { number: extension, name: displayName, who: owner.slice(owner.indexOf(':') + 1) })
  }

  /** The account that the request proves, or null after the challenge or refusal has been sent. */
  private prove(tx: ServerTransaction): string | null {
    const name = this.proveName(tx)
    return name === null ? null : this.accountOf(tx, name)
  }

  private accountOf(tx: ServerTransaction, username: string): string | null {
    const account = this.d.accountOf(username)
    if (account !== undefined && this.d.plan().accounts.has(account)) return account
    tx.respond(403)
    return null
  }

  /** The user name that the request proves, or null after the challenge or refusal has been sent. */
  private proveName(tx: ServerTransaction): string | null {
    const { d } = this
    const now = d.clock.nowMs()
    const verdict = d.digest.verify(tx.request, 'www', now)
    if (verdict.is !== 'absent' && verdict.is !== 'malformed') this.old.answered(tx.request, tx.flow.remote.host)
    switch (verdict.is) {
      case 'proven':
        d.lookout.proven(tx.flow)
        return verdict.username
      case 'malformed':
        d.lookout.offend(tx.flow, 'garbage')
        tx.respond(400, { reason: 'Bad Authorization' })
        return null
      case 'wrong':
        d.lookout.offend(tx.flow, 'wrong-password')
        this.challenge(tx, d.digest.challenge('www', now))
        return null
      case 'stale':
        this.challenge(tx, d.digest.challenge('www', now, true))
        return null
      case 'absent':
        this.challenge(tx, d.digest.challenge('www', now))
        return null
    }
  }

  private challenge(tx: ServerTransaction, headers: readonly HeaderField[]): void {
    tx.respond(401, { headers: this.old.fit(tx.request, tx.flow.remote.host, headers) })
  }
}
