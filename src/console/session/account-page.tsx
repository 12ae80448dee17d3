/** What concerns only the person at this screen: language, appearance, password, keys. */
import { Anchor, Button, Kbd, SegmentedControl, Title, useMantineColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../parts/page.tsx'
import { phoneKeys } from '../phone/phone-keys.ts'
import css from './account.module.css'
import { LanguageChoice } from './language-choice.tsx'
import { PasswordForm } from './password-form.tsx'
import { mayAny, useMe } from './rights.ts'
import { useSignOut } from './sign-out.ts'

const looks = ['auto', 'light', 'dark'] as const

export function AccountPage() {
  const { t } = useTranslation()
  const me = useMe()
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [saved, setSaved] = useState(false)
  return (
    <Page
      title={me?.name ?? t('app.account')}
      aside={me ? [me.user, ...(me.extension ? [t('phone.asExtension', { extension: me.extension })] : [])].join(' · ') : null}
    >
      <div className={css['columns']}>
        <section className={css['sheet']}>
          <Title order={2}>{t('app.settings')}</Title>
          <dl className={css['rows']}>
            <dt>{t('app.language')}</dt>
            <dd>
              <LanguageChoice />
            </dd>
            <dt>{t('app.look')}</dt>
            <dd>
              <SegmentedControl
                size="xs"
                aria-label={t('app.look')}
                value={colorScheme}
                onChange={value => setColorScheme(looks.find(look => look === value) ?? 'auto')}
                data={looks.map(value => ({ value, label: t(`app.looks.${value}`) }))}
                data-testid="look"
              />
            </dd>
          </dl>
          <Title order={2} mt="lg">
            {t('app.shortcuts')}
          </Title>
          <dl className={css['rows']}>
            {phoneKeys.map(({ key, does }) => (
              <div key={key}>
                <dt>
                  <Kbd>{key}</Kbd>
                </dt>
                <dd>{t(`phone.keys.${does}`)}</dd>
              </div>
            ))}
            <div>
              <dt>
                <Kbd>/</Kbd>
              </dt>
              <dd>{t('phone.keys.search')}</dd>
            </div>
          </dl>
          {mayAny(me, 'see-audit') ? (
            <p>
              <Anchor component={Link} to="/audit">
                {t('nav.audit')}
              </Anchor>
            </p>
          ) : null}
          <Button mt="lg" variant="default" onClick={() => void signOut()} data-testid="sign-out">
            {t('app.signOut')}
          </Button>
        </section>
        <section className={css['sheet']}>
          <Title order={2}>{t('password.title')}</Title>
          <PasswordForm onSaved={() => setSaved(true)} />
          <p role="status" className={css['saved']}>
            {saved ? t('password.saved') : ''}
          </p>
        </section>
      </div>
    </Page>
  )
}
