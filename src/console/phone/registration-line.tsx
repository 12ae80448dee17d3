/** Whether the telephone rings here, and if not, what to do about it. */
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Notice } from '../parts/page.tsx'
import { useMe } from '../session/rights.ts'
import { softphone, switchPhone } from './page-phone.ts'
import css from './phone.module.css'
import type { PhoneState } from './softphone-state.ts'

export function RegistrationLine({ phone }: { readonly phone: PhoneState }) {
  const { t } = useTranslation()
  const me = useMe()
  const { registration, microphone } = phone
  const on = registration.is !== 'off' && registration.is !== 'elsewhere'
  return (
    <>
      <div className={css['registration']}>
        <span role="status" className={css['registrationState']} data-testid="registration" data-state={registration.is}>
          {t(`phone.registration.${registration.is}`)}
        </span>
        {me?.extension ? <span className="soft">{t('phone.asExtension', { extension: me.extension })}</span> : null}
        <span className={css['registrationSwitch']}>
          {registration.is === 'elsewhere' ? (
            <Button size="compact-sm" onClick={() => softphone.takeOver()} data-testid="phone-use-here">
              {t('phone.useHere')}
            </Button>
          ) : (
            <Button
              size="compact-sm"
              variant={on ? 'subtle' : 'filled'}
              onClick={() => switchPhone(!on)}
              data-testid={on ? 'phone-off' : 'phone-on'}
            >
              {t(on ? 'phone.switchOff' : 'phone.switchOn')}
            </Button>
          )}
        </span>
      </div>
      {registration.is === 'waiting' || registration.is === 'refused' ? (
        <Notice weight={registration.is === 'refused' ? 'bad' : 'warn'} testId="phone-trouble">
          <span data-trouble={registration.trouble}>{t(`phone.trouble.${registration.trouble}`)}</span>
        </Notice>
      ) : null}
      {registration.is === 'elsewhere' ? <Notice weight="warn">{t('phone.elsewhereText')}</Notice> : null}
      {registration.is === 'off' ? <p className="soft">{t('phone.offText')}</p> : null}
      {microphone ? (
        <Notice weight="bad" testId="microphone-trouble">
          <strong>{t('phone.microphone.title')}</strong>
          <br />
          <span data-trouble={microphone}>{t(`phone.microphone.${microphone}`)}</span>
        </Notice>
      ) : null}
    </>
  )
}
