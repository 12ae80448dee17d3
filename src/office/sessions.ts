/**
 * Signing in and staying so. The cookie holds a random 256-bit id; the store knows only its hash. A session ends by idleness,
 * at its absolute end, when it is revoked, and with a change of the password.
 */
import { createHash, randomBytes } from 'node:crypto'
import { Attempts } from '../access/attempts.ts'
import { hashPassword, outdated, verifyPassword } from '../access/password-hash.ts'
import { passwordFault } from '../access/password-policy.ts'
import type { OfficeStore } from '../store/office-store.ts'
import type { Session, User } from '../store/office-store-users.ts'
import { ApiProblem } from './api/problems.ts'
import { checkOtp } from './second-factor.ts'

export const IDLE_MS = 12 * 3_600_000
export const ABSOLUTE_MS = 7 * 86_400_000
/** `seen_at` is written at most this often: reading a page must not mean writing to disk each time. */
const SEEN_EVERY_MS = 60_000

export interface SignedIn {
  readonly user: User
  readonly session: Session
}

export interface Asker {
  readonly address: string
  readonly agent: string
}

export class Sessions {
  private readonly store: OfficeStore
  private readonly attempts = new Attempts()
  /** What is verified for names that do not exist, so that they take as long as those that do. */
  private decoy: Promise<string> | null = null

  constructor(store: OfficeStore) {
    this.store = store
  }

  /** Returns the cookie's value. */
  async signIn(name: string, password: string, code: string | undefined, asker: Asker): Promise<SignedIn & { readonly id: string }> {
    const now = Date.now()
    const waitMs = this.attempts.waitMs(name, asker.address, now)
    if (waitMs > 0) {
      this.audit('sign-in.delayed', name, asker, {})
      const seconds = Math.ceil(waitMs / 1000)
      throw new ApiProblem('too-many-attempts', `wait ${seconds} s before the next attempt`, { retryAfterS: seconds })
    }
    // Counted before the slow part: many attempts at once are as many attempts.
    this.attempts.failed(name, asker.address, now)
    const user = this.store.users.find(name)
    const right = await verifyPassword(password, user?.hash ?? (await this.decoyHash()))
    if (!user || !right || user.disabled) {
      this.audit('sign-in.failed', name, asker, {})
      throw new ApiProblem('sign-in-failed', 'check the name and the password and try again')
    }
    if (user.otpSecret !== null) {
      if (!code) throw new ApiProblem('second-factor-required', 'enter the six digits that your authenticator shows')
      const step = await checkOtp(user.otpSecret, code, now)
      if (step === null || !this.store.users.acceptOtpStep(user.user, step)) {
        this.audit('sign-in.failed', user.user, asker, { factor: 'code' })
        throw new ApiProblem('sign-in-failed', 'the code is wrong or was used before; wait for the next one')
      }
    }
    this.attempts.succeeded(name, asker.address)
    if (outdated(user.hash)) this.store.users.setPassword(user.user, await hashPassword(password), user.mustChange, now)
    const id = randomBytes(32).toString('base64url')
    const session: Session = {
      idHash: hashId(id),
      user: user.user,
      createdAt: now,
      seenAt: now,
      expiresAt: now + ABSOLUTE_MS,
      address: asker.address,
      agent: asker.agent.slice(0, 200),
    }
    this.store.db.transaction(() => {
      this.store.users.forgetSessions(now - IDLE_MS, now)
      this.store.users.openSession(session)
      this.audit('sign-in', user.user, asker, {})
    })
    return { id, user, session }
  }

  /** Who holds this cookie; null for none, an ended one, or nonsense. `active`: it counts as something the person did. */
  resume(id: string | undefined, active = true): SignedIn | null {
    if (!id || id.length > 100) return null
    const session = this.store.users.session(hashId(id))
    if (!session) return null
    const now = Date.now()
    if (now > session.expiresAt || now - session.seenAt > IDLE_MS) {
      this.store.users.endSession(session.idHash)
      return null
    }
    const user = this.store.users.find(session.user)
    if (!user || user.disabled) return null
    if (!active || now - session.seenAt < SEEN_EVERY_MS) return { user, session }
    this.store.users.sessionSeen(session.idHash, now)
    return { user, session: { ...session, seenAt: now } }
  }

  signOut(signedIn: SignedIn, asker: Asker): void {
    this.store.users.endSession(signedIn.session.idHash)
    this.audit('sign-out', signedIn.user.user, asker, {})
  }

  /** All other sessions of the person end. */
  async changePassword(signedIn: SignedIn, old: string, fresh: string, asker: Asker): Promise<void> {
    const { user } = signedIn
    const now = Date.now()
    const waitMs = this.attempts.waitMs(user.user, asker.address, now)
    if (waitMs > 0)
      throw new ApiProblem('too-many-attempts', 'too many wrong passwords; wait a while', { retryAfterS: Math.ceil(waitMs / 1000) })
    if (!(await verifyPassword(old, user.hash))) {
      this.attempts.failed(user.user, asker.address, now)
      this.audit('password.refused', user.user, asker, {})
      throw new ApiProblem('password-refused', 'the old password is wrong', {
        errors: [{ path: 'old', message: 'the old password is wrong' }],
      })
    }
    const fault = old === fresh ? { message: 'the new password is the old one: choose another' } : passwordFault(fresh, user)
    if (fault) throw new ApiProblem('password-refused', fault.message, { errors: [{ path: 'new', message: fault.message }] })
    const hash = await hashPassword(fresh)
    this.store.db.transaction(() => {
      this.store.users.setPassword(user.user, hash, false, now)
      const ended = this.store.users.endSessionsOf(user.user, signedIn.session.idHash)
      this.audit('password.changed', user.user, asker, { otherSessionsEnded: ended })
    })
  }

  private audit(action: string, user: string, asker: Asker, details: Record<string, unknown>): void {
    this.store.audit.append({
      at: Date.now(),
      who: user.slice(0, 100),
      action,
      object: `user:${user.slice(0, 100)}`,
      address: asker.address,
      details,
    })
  }

  private decoyHash(): Promise<string> {
    this.decoy ??= hashPassword(randomBytes(16).toString('hex'))
    return this.decoy
  }
}

function hashId(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
