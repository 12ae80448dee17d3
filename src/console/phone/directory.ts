/** Searching the directory and reading its lamps. */
import type { DirectoryEntry } from '../../office/api/schemas.ts'

export type Lamp = 'free' | 'busy' | 'away' | 'unknown'

/** Null: a thing without a telephone of its own has no lamp. */
export function lampOf(entry: DirectoryEntry): Lamp | null {
  if (entry.inCall) return 'busy'
  if (entry.kind === 'group' || entry.kind === 'service') return null
  if (entry.registered === null) return entry.kind === 'person' ? 'unknown' : null
  return entry.registered ? 'free' : 'away'
}

/** Every word typed must begin a word of the name or department, or stand in the number. Accents and case do not matter. */
export function matching(entries: readonly DirectoryEntry[], typed: string): readonly DirectoryEntry[] {
  const words = fold(typed)
    .split(/\s+/)
    .filter(word => word !== '')
  if (words.length === 0) return entries
  const digits = typed.replace(/\D/g, '')
  return entries.filter(entry => {
    if (digits !== '' && /^[\d\s()+*#-]+$/.test(typed)) return entry.number.replace(/\D/g, '').includes(digits)
    const names = fold(`${entry.name} ${entry.department ?? ''}`).split(/[\s-]+/)
    return words.every(word => entry.number.includes(word) || names.some(name => name.startsWith(word)))
  })
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase().trim()
}
