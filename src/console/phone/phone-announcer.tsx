/** Tells assistive software what the telephone does: an incoming call at once, everything else when there is a pause. */
import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useIncomingAlert } from './incoming-alert.ts'
import { usePhone } from './page-phone.ts'

export function PhoneAnnouncer() {
  const { t } = useTranslation()
  const incoming = useIncomingAlert()
  const call = usePhone().calls.at(-1)
  const state =
    !call || call.phase === 'incoming'
      ? ''
      : call.phase === 'over'
        ? t(`phone.ends.${call.end ?? 'ended-here'}`)
        : call.held
          ? t('phone.onHold')
          : t(`phone.phases.${call.phase}`)
  return (
    <VisuallyHidden>
      <div aria-live="assertive" data-testid="incoming-announcement">
        {incoming}
      </div>
      <div aria-live="polite">{state}</div>
    </VisuallyHidden>
  )
}
