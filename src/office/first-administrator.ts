/**
 * The very first user. On an empty store an administrator is made with a random one-time password, which is left in
 * DATA/first-password.txt (0600) until it has been changed; signing in with it leads to choosing another.
 */
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { hashPassword } from '../access/password-hash.ts'
import { readablePassword } from '../access/password-policy.ts'
import type { OfficeStore } from '../store/office-store.ts'
import { firstAdministrator, type OfficePlan } from './office-plan.ts'

export const FIRST_USER = 'admin'

export interface FirstAdministrator {
  readonly user: string
  readonly password: string
  readonly person: string | null
}

/** Null when somebody can sign in already. */
export async function ensureAdministrator(store: OfficeStore, plan: OfficePlan, passwordFile: string): Promise<FirstAdministrator | null> {
  if (store.users.count() > 0) return null
  const password = readablePassword(randomBytes(24).toString('hex'))
  const hash = await hashPassword(password)
  const person = firstAdministrator(plan)
  // The file first: a password that nobody can read would lock everybody out after a crash in between.
  writeFileSync(passwordFile, `${FIRST_USER} ${password}\n`, { mode: 0o600 })
  store.db.transaction(() => {
    const at = Date.now()
    store.users.add(
      { user: FIRST_USER, name: person?.name ?? 'Administrator', person: person?.id ?? null, administrator: true, hash, mustChange: true },
      at,
    )
    store.audit.append({
      at,
      who: 'system',
      action: 'user.created',
      object: `user:${FIRST_USER}`,
      address: '',
      details: { administrator: true },
    })
  })
  return { user: FIRST_USER, password, person: person?.id ?? null }
}

/** The password was changed: nothing secret stays on the disk. */
export function forgetFirstPassword(passwordFile: string): void {
  rmSync(passwordFile, { force: true })
}
