/** Makes an incoming call noticed when the console is not in front: title of the tab, and a notification where allowed. */
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { usePartyWords } from '../parts/party.tsx'
import { usePhone } from './page-phone.ts'
import { liveCalls } from './softphone-state.ts'

/** The words of the call that rings now, '' when none does. */
export function useIncomingAlert(): string {
  const { t } = useTranslation()
  const words = usePartyWords()
  const incoming = liveCalls(usePhone()).find(call => call.phase === 'incoming')
  const text = incoming ? t('phone.incomingFrom', { who: words(incoming.party) }) : ''
  useEffect(() => {
    if (text === '') return
    const title = document.title
    document.title = `☎ ${text}`
    const shown =
      document.hidden && 'Notification' in window && Notification.permission === 'granted'
        ? new Notification(text, { tag: 'switchroom-incoming', requireInteraction: true })
        : null
    if (shown) shown.onclick = () => window.focus()
    return () => {
      document.title = title
      shown?.close()
    }
  }, [text])
  return text
}
