/** People who may sign in, and their sessions. */
import type { Database } from './sqlite.ts'

export interface User {
  readonly user: string
  readonly name: string
  readonly person: string | null
  readonly administrator: boolean
  readonly hash: string
  readonly mustChange: boolean
  readonly disabled: boolean
  readonly otpSecret: string | null
}

export interface Session {
  readonly idHash: string
  readonly user: string
  readonly createdAt: number
  readonly seenAt: number
  readonly expiresAt: number
  readonly address: string
  readonly agent: string
}

interface UserRow {
  user: string
  name: string
  person: string | null
  administrator: number
  hash: string
  must_change: number
  disabled: number
  otp_secret: string | null
}

interface SessionRow {
  id_hash: string
  user: string
  created_at: number
  seen_at: number
  expires_at: number
  address: string
  agent: string
}

export class OfficeUsers {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  count(): number {
    return this.db.get<{ n: number }>('SELECT count(*) AS n FROM user')!.n
  }

  find(user: string): User | null {
    const row = this.db.get<UserRow>('SELECT * FROM user WHERE user = ?', user)
    return row ? userOf(row) : null
  }

  list(): User[] {
    return this.db.all<UserRow>('SELECT * FROM user ORDER BY user').map(userOf)
  }

  setFlags(user: string, flags: { readonly administrator: boolean; readonly disabled: boolean }): void {
    this.db.run('UPDATE user SET administrator = ?, disabled = ? WHERE user = ?', flags.administrator ? 1 : 0, flags.disabled ? 1 : 0, user)
  }

  add(user: Omit<User, 'disabled' | 'otpSecret'>, nowMs: number): void {
    this.db.run(
      'INSERT INTO user (user, name, person, administrator, hash, must_change, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      user.user,
      user.name,
      user.person,
      user.administrator ? 1 : 0,
      user.hash,
      user.mustChange ? 1 : 0,
      nowMs,
      nowMs,
    )
  }

  setPassword(user: string, hash: string, mustChange: boolean, nowMs: number): void {
    this.db.run('UPDATE user SET hash = ?, must_change = ?, changed_at = ? WHERE user = ?', hash, mustChange ? 1 : 0, nowMs, user)
  }

  /** The second factor's secret and, to refuse a code's second use, the time step of the last one that was accepted. */
  setOtp(user: string, secret: string | null): void {
    this.db.run('UPDATE user SET otp_secret = ?, otp_last = NULL WHERE user = ?', secret, user)
  }

  /** False when this time step or a later one was used before. */
  acceptOtpStep(user: string, step: number): boolean {
    return this.db.run('UPDATE user SET otp_last = ? WHERE user = ? AND (otp_last IS NULL OR otp_last < ?)', step, user, step) === 1
  }

  openSession(session: Session): void {
    this.db.run(
      'INSERT INTO session (id_hash, user, created_at, seen_at, expires_at, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?)',
      session.idHash,
      session.user,
      session.createdAt,
      session.seenAt,
      session.expiresAt,
      session.address,
      session.agent,
    )
  }

  session(idHash: string): Session | null {
    const row = this.db.get<SessionRow>('SELECT * FROM session WHERE id_hash = ?', idHash)
    if (!row) return null
    return {
      idHash: row.id_hash,
      user: row.user,
      createdAt: row.created_at,
      seenAt: row.seen_at,
      expiresAt: row.expires_at,
      address: row.address,
      agent: row.agent,
    }
  }

  sessionSeen(idHash: string, nowMs: number): void {
    this.db.run('UPDATE session SET seen_at = ? WHERE id_hash = ?', nowMs, idHash)
  }

  endSession(idHash: string): void {
    this.db.run('DELETE FROM session WHERE id_hash = ?', idHash)
  }

  /** All sessions of a person, but perhaps the one in which it is asked for. */
  endSessionsOf(user: string, exceptIdHash: string): number {
    return this.db.run('DELETE FROM session WHERE user = ? AND id_hash <> ?', user, exceptIdHash)
  }

  forgetSessions(idleBeforeAt: number, nowMs: number): number {
    return this.db.run('DELETE FROM session WHERE seen_at < ? OR expires_at < ?', idleBeforeAt, nowMs)
  }
}

function userOf(row: UserRow): User {
  return {
    user: row.user,
    name: row.name,
    person: row.person,
    administrator: row.administrator === 1,
    hash: row.hash,
    mustChange: row.must_change === 1,
    disabled: row.disabled === 1,
    otpSecret: row.otp_secret,
  }
}
