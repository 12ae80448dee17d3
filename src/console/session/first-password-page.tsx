import { Anchor, Title } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import css from './card.module.css'
import { SessionCard } from './card.tsx'
import { PasswordForm } from './password-form.tsx'
import { useSignOut } from './sign-out.ts'

export function FirstPasswordPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const signOut = useSignOut()
  return (
    <SessionCard>
      <title>{`${t('password.title')} · Switchroom`}</title>
      <Title order={1}>{t('password.firstTitle')}</Title>
      <p className={css['note']}>{t('password.firstText')}</p>
      <PasswordForm onSaved={() => void navigate({ to: '/', replace: true })} />
      <p className={css['note']}>
        <Anchor component="button" type="button" onClick={() => void signOut()} data-testid="sign-out">
          {t('app.signOut')}
        </Anchor>
      </p>
    </SessionCard>
  )
}
