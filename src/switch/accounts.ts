/** Who may prove what: passwords of the plan's accounts, temporary credentials of signed-in browsers, and where they are registered. */
import type { Clock, Random } from '../kernel/clock.ts'
import type { ControlRequest } from '../operations/control-protocol.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { answerChallenge, type ChallengeState } from '../sip/digest/digest-client.ts'
import { type DigestSecret, DigestServer, secretFromPassword } from '../sip/digest/digest-server.ts'
import type { Credentials } from '../sip/leg.ts'
import type { Binding } from '../sip/registrar/binding.ts'
import { REGISTRAR, Registrar } from '../sip/registrar/registrar.ts'
import type { Admitted } from '../store/log-store.ts'
import type { HeaderField, SipRequest, SipResponse } from '../wire/sip/message.ts'
import type { SwitchLog } from './switch-log.ts'

/** The digest realm. One for every exchange: telephones keep it, and stored hashes depend on it. */
export const REALM = 'switchroom'

/** Secrets by reference, without the 'secret:' prefix (`store/secrets.ts`). */
export interface SecretValues {
  get(reference: string): string | undefined
}

/** What another plan, or other passwords, did to the telephones. */
export interface AccountChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly otherPassword: readonly string[]
  /** Contacts that were registered and are not any more. */
  readonly registrationsEnded: number
}

export class Accounts {
  private readonly secrets: SecretValues
  readonly digest: DigestServer
  readonly registrar: Registrar
  private plan: CompiledPlan
  private readonly log: SwitchLog
  private readonly clock: Clock
  private readonly random: Random
  /** Password → what digests are computed from; an entry serves only as long as the password is the same. */
  private readonly hashes = new Map<string, { readonly password: string; readonly secret: DigestSecret }>()
  private passwords: ReadonlyMap<string, string | undefined>
  /** Providers that prove themselves by digest, by user name. */
  private providers: ReadonlyMap<string, { readonly secret: string }>
  private readonly admitted = new Map<string, Admitted>()

  constructor(plan: CompiledPlan, secrets: SecretValues, log: SwitchLog, clock: Clock, random: Random) {
    this.plan = plan
    this.log = log
    this.clock = clock
    this.random = random
    this.secrets = secrets
    this.passwords = this.passwordsNow()
    this.providers = this.providersNow()
    for (const a of log.admitted(clock.nowMs())) this.admitted.set(a.username, a)
    // Kept across restarts: a telephone that was challenged just before one is not sent round again.
    this.digest = new DigestServer({
      realm: REALM,
      key: keptKey(log, random, 'digest-key'),
      secrets: { secretOf: username => this.secretOf(username) },
    })
    this.registrar = new Registrar(
      { ...REGISTRAR, domain: REALM, gruuKey: keptKey(log, random, 'gruu-key') },
      {
        loadAll: () => log.bindings() as Binding[],
        put: b => log.putBinding(`${b.aor} ${b.id}`, b),
        remove: (aor, id) => log.removeBinding(`${aor} ${id}`),
      },
      random,
      () => {},
    )
  }

  /** The plan's account behind a proved user name. */
  accountOf(username: string): string | undefined {
    return this.plan.accounts.has(username) ? username : this.fresh(username)?.account
  }

  /**
   * Another plan, or secrets that were read again. Whoever is not in the plan any more is registered nowhere, nor is a telephone that
   * proved a password which no longer holds: it has to come again with the new one. Calls that are up are not touched.
   */
  apply(plan: CompiledPlan): AccountChanges {
    const before = this.passwords
    this.plan = plan
    this.passwords = this.passwordsNow()
    this.providers = this.providersNow()
    const now = this.passwords
    const removed = [...before.keys()].filter(a => !now.has(a))
    const otherPassword = [...before]
      .filter(([a, password]) => now.has(a) && password !== undefined && now.get(a) !== password)
      .map(([a]) => a)
    for (const account of [...removed, ...otherPassword]) this.hashes.delete(account)
    return {
      added: [...now.keys()].filter(a => !before.has(a)),
      removed,
      otherPassword,
      registrationsEnded: this.registrar.forget(new Set([...removed, ...otherPassword])),
    }
  }

  private passwordsNow(): ReadonlyMap<string, string | undefined> {
    return new Map([...this.plan.accounts.values()].map(a => [a.username, this.secrets.get(a.secret)]))
  }

  admit(r: Extract<ControlRequest, { ask: 'admit' }>): boolean {
    if (!this.plan.accounts.has(r.account) || this.plan.accounts.has(r.username)) return false
    const admitted: Admitted = { account: r.account, username: r.username, password: r.password, expiresAt: r.expiresAt }
    this.admitted.set(r.username, admitted)
    this.log.admit(admitted)
    return true
  }

  /** Client side: answers a challenge to one of our requests. */
  answer(challenge: SipResponse, request: SipRequest, credentials: Credentials): readonly HeaderField[] | null {
    const before: ChallengeState[] = []
    if (request.headers.some(h => h.name === 'Authorization' || h.name === 'Proxy-Authorization')) return null
    const answer = answerChallenge(challenge, { method: request.method, uri: request.uri }, credentials, before, this.random)
    return answer.is === 'retry' ? answer.headers : null
  }

  private providersNow(): ReadonlyMap<string, { readonly secret: string }> {
    const trunks = [...this.plan.trunks.values()]
    return new Map(trunks.flatMap(t => (t.incoming === null ? [] : [[t.incoming.user, { secret: t.incoming.secret }] as const])))
  }

  private secretOf(username: string): DigestSecret | undefined {
    const account = this.plan.accounts.get(username) ?? this.providers.get(username)
    if (!account) {
      const fresh = this.fresh(username)
      return fresh ? { password: fresh.password } : undefined
    }
    const password = this.secrets.get(account.secret)
    if (password === undefined) return undefined
    const kept = this.hashes.get(username)
    if (kept?.password === password) return kept.secret
    const secret = secretFromPassword(username, REALM, password)
    this.hashes.set(username, { password, secret })
    return secret
  }

  private fresh(username: string): Admitted | undefined {
    const found = this.admitted.get(username)
    if (!found) return undefined
    if (found.expiresAt > this.clock.nowMs()) return found
    this.admitted.delete(username)
    return undefined
  }
}

function keptKey(log: SwitchLog, random: Random, name: string): string {
  const kept = log.fact(name)
  if (kept !== undefined) return kept
  const key = random.hex(32)
  log.setFact(name, key)
  return key
}
