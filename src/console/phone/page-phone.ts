/** The telephone of this page, and whether its owner wants it on. */
import { useSyncExternalStore } from 'react'
import { ApiError, api } from '../api/api.ts'
import { createSoftphone } from './softphone.ts'
import type { PhoneState } from './softphone-state.ts'

const wantedKey = 'switchroom.telephone.wanted'

export const softphone = createSoftphone({
  fetchCredentials: api.softphone,
  whyRefused: error => {
    const status = error instanceof ApiError ? error.problem.status : -1
    if (status === 404 || status === 409 || status === 422) return 'no-extension'
    return status === 401 || status === 403 ? 'no-credentials' : null
  },
})

export function usePhone(): PhoneState {
  return useSyncExternalStore(softphone.subscribe, softphone.state)
}

/** Null: never decided. */
export function phoneWanted(): boolean | null {
  const kept = localStorage.getItem(wantedKey)
  return kept === null ? null : kept === 'yes'
}

export function switchPhone(on: boolean): void {
  localStorage.setItem(wantedKey, on ? 'yes' : 'no')
  softphone.send({ was: on ? 'switch-on' : 'switch-off' })
}
