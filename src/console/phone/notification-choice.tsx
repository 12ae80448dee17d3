/** Asks the browser, only when the person wants it, to show incoming calls while another window is in front. */
import { Anchor } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

export function NotificationChoice() {
  const { t } = useTranslation()
  const supported = 'Notification' in window
  const [permission, setPermission] = useState<NotificationPermission>(supported ? Notification.permission : 'denied')
  if (!supported || permission === 'granted') return null
  if (permission === 'denied') return <p className="soft">{t('phone.notificationsDenied')}</p>
  return (
    <p>
      <Anchor
        component="button"
        type="button"
        size="sm"
        onClick={() => void Notification.requestPermission().then(setPermission)}
        data-testid="notifications"
      >
        {t('phone.notifications')}
      </Anchor>
    </p>
  )
}
