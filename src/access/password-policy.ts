/**
 * What a password must be. Length is what counts (NIST SP 800-63B §3.1.1.2): no rules about kinds of characters, no expiry,
 * but neither the obvious ones nor the person's own name.
 */
import type { Fault } from '../kernel/result.ts'

export const MIN_PASSWORD_LENGTH = 12
const MAX_PASSWORD_LENGTH = 256

const OBVIOUS = [
  'password',
  'passw0rd',
  'qwerty',
  'letmein',
  'welcome',
  'admin',
  'switchroom',
  'telephone',
  'changeme',
  'iloveyou',
  '123456',
  'abcdef',
  'йцукен',
  'пароль',
]

/** Null when the password will do. */
export function passwordFault(password: string, about: { readonly user: string; readonly name: string }): Fault | null {
  const characters = [...password.normalize('NFKC')]
  const fault = (code: string, message: string): Fault => ({ code, message })
  if (characters.length < MIN_PASSWORD_LENGTH)
    return fault(
      'password-too-short',
      `the password has ${characters.length} characters: take at least ${MIN_PASSWORD_LENGTH}, for example four words`,
    )
  if (characters.length > MAX_PASSWORD_LENGTH)
    return fault('password-too-long', `the password is longer than ${MAX_PASSWORD_LENGTH} characters: take a shorter one`)
  if (new Set(characters).size < 5) return fault('password-too-plain', 'the password repeats very few characters: take a more varied one')
  if (isRun(characters)) return fault('password-too-plain', 'the password is a run of neighbouring characters: take something less obvious')
  const bare = password.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  const taken = [...OBVIOUS, about.user.toLowerCase(), ...about.name.toLowerCase().split(/\s+/)].filter(word => word.length >= 4)
  let rest = bare
  for (const word of taken) rest = rest.replaceAll(word, '')
  if ([...rest].length < MIN_PASSWORD_LENGTH / 2)
    return fault(
      'password-too-plain',
      'the password is little more than a name or a very common word: add words that have nothing to do with you',
    )
  return null
}

function isRun(characters: readonly string[]): boolean {
  let steps = 0
  for (let i = 1; i < characters.length; i++) {
    const step = characters[i]!.codePointAt(0)! - characters[i - 1]!.codePointAt(0)!
    if (Math.abs(step) <= 1) steps++
  }
  return steps >= characters.length - 3
}

/** A password that people can read aloud and type: 20 characters of 32, 100 bits. `hex` holds at least 40 hex digits. */
export function readablePassword(hex: string): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const letters = Array.from({ length: 20 }, (_, i) => alphabet[Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16) & 31])
  return [0, 5, 10, 15].map(from => letters.slice(from, from + 5).join('')).join('-')
}
