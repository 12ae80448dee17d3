/** Sign in. The second factor is asked for only when the office says that this person has one. */
import { Button, PasswordInput, TextInput, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, api } from '../api/api.ts'
import { meQuery } from '../api/queries.ts'
import { useProblemWords } from '../parts/page.tsx'
import css from './card.module.css'
import { SessionCard } from './card.tsx'

export function SignInPage() {
  const { t } = useTranslation()
  const words = useProblemWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const router = useRouter()
  const { back, ended } = useSearch({ from: '/sign-in' })
  const [codeWanted, setCodeWanted] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const code = String(form.get('code') ?? '').replaceAll(' ', '')
    setBusy(true)
    setError('')
    try {
      const me = await api.signIn({
        user: String(form.get('user')).trim(),
        password: String(form.get('password')),
        ...(code === '' ? {} : { code }),
      })
      client.clear()
      client.setQueryData(meQuery.queryKey, me)
      if (me.mustChangePassword) await navigate({ to: '/password', replace: true })
      else router.history.replace(back ?? '/')
    } catch (failure) {
      const problem = failure instanceof ApiError ? failure.problem : null
      if (problem?.code === 'second-factor-required') setCodeWanted(true)
      // With a code in play the office's own words are better: they do not say which of the three was wrong.
      setError(
        problem?.code === 'sign-in-failed' && !codeWanted
          ? t('signIn.wrong')
          : problem?.code === 'second-factor-required'
            ? ''
            : words(failure),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <SessionCard>
      <title>{`${t('signIn.title')} · Switchroom`}</title>
      <Title order={1}>{t('signIn.title')}</Title>
      {ended && !error ? <p className={css['note']}>{t('signIn.ended')}</p> : null}
      <form className={css['form']} onSubmit={submit} data-testid="sign-in-form">
        <TextInput
          name="user"
          label={t('signIn.user')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
          data-testid="sign-in-user"
        />
        <PasswordInput
          name="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-testid="sign-in-password"
        />
        {codeWanted ? (
          <TextInput
            name="code"
            label={t('signIn.code')}
            description={t('signIn.codeHint')}
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            data-testid="sign-in-code"
          />
        ) : null}
        {error ? (
          <p className={css['error']} role="alert" data-testid="sign-in-error">
            {error}
          </p>
        ) : null}
        <Button type="submit" loading={busy} fullWidth data-testid="sign-in-submit">
          {t('signIn.submit')}
        </Button>
      </form>
    </SessionCard>
  )
}
