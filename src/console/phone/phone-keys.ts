/** Keys for a receptionist's hands. Function keys only: single letters would collide with typing and assistive software (WCAG 2.1.4). */
import { useEffect } from 'react'
import { softphone } from './page-phone.ts'
import { callInHand, type PhoneInput, type PhoneState } from './softphone-state.ts'

export const phoneKeys = [
  { key: 'F2', does: 'answer' },
  { key: 'F4', does: 'hangUp' },
  { key: 'F8', does: 'hold' },
  { key: 'F9', does: 'mute' },
] as const

export type PhoneDeed = (typeof phoneKeys)[number]['does']

export function keyFor(deed: PhoneDeed): string {
  return phoneKeys.find(one => one.does === deed)?.key ?? ''
}

/** What a deed means for the call in hand; null: nothing to do. */
function inputFor(deed: PhoneDeed, state: PhoneState, at: number): PhoneInput | null {
  const call = callInHand(state)
  if (!call) return null
  switch (deed) {
    case 'answer':
      return call.phase === 'incoming' ? { was: 'answer', id: call.id, at } : null
    case 'hangUp':
      return { was: 'hang-up', id: call.id, at }
    case 'hold':
      return call.phase === 'up' ? { was: call.held ? 'resume' : 'hold', id: call.id, at } : null
    case 'mute':
      return { was: call.muted ? 'unmute' : 'mute', id: call.id, at }
  }
}

export function usePhoneKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
      if (event.key === '/' && !isTyping(event.target)) return focusSearch(event)
      const deed = phoneKeys.find(one => one.key === event.key)?.does
      const input = deed && inputFor(deed, softphone.state(), Date.now())
      if (!input) return
      event.preventDefault()
      softphone.send(input)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('input[data-search="true"]')
  if (!field) return
  event.preventDefault()
  field.focus()
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
