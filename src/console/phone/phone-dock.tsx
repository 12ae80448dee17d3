/** The calls in hand, in reach on every page; on the Phone page itself they stand in the page. */
import { useTranslation } from 'react-i18next'
import { CallCard } from './call-card.tsx'
import { usePhone } from './page-phone.ts'
import css from './phone.module.css'

export function PhoneDock() {
  const { t } = useTranslation()
  const { calls } = usePhone()
  if (calls.length === 0) return null
  return (
    <aside className={css['dock']} aria-label={t('phone.title')} data-testid="phone-dock">
      {calls.map(call => (
        <CallCard key={call.id} call={call} />
      ))}
    </aside>
  )
}
