import { createContext, useContext } from 'react'

/** Whether the live board is current (the web socket is open). */
export const LiveFreshness = createContext(true)

export function useLiveFreshness(): boolean {
  return useContext(LiveFreshness)
}
