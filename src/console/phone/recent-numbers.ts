/** The numbers dialled last from this browser, newest first: for the redial list. Forgotten at sign-out. */
import type { OtherParty } from './softphone-state.ts'

export interface RecentNumber extends OtherParty {
  readonly at: number
}

const key = 'switchroom.telephone.recent'
const most = 8

export function withRecent(list: readonly RecentNumber[], dialled: RecentNumber): readonly RecentNumber[] {
  return [dialled, ...list.filter(one => one.number !== dialled.number)].slice(0, most)
}

/** What was stored by whatever version of the page, read with care. */
export function parseRecent(text: string | null): readonly RecentNumber[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(list)) return []
    return list
      .filter((one): one is RecentNumber => typeof one?.number === 'string' && typeof one?.name === 'string' && typeof one?.at === 'number')
      .slice(0, most)
  } catch {
    return []
  }
}

export function recentNumbers(): readonly RecentNumber[] {
  return parseRecent(localStorage.getItem(key))
}

export function rememberNumber(dialled: RecentNumber): void {
  localStorage.setItem(key, JSON.stringify(withRecent(recentNumbers(), dialled)))
}

export function forgetNumbers(): void {
  localStorage.removeItem(key)
}
