/** Change of one's own password, forced at the first sign-in and by choice later. */
import { Button, PasswordInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MIN_PASSWORD_LENGTH } from '../../access/password-policy.ts'
import { api } from '../api/api.ts'
import { meQuery } from '../api/queries.ts'
import { useProblemWords } from '../parts/page.tsx'
import css from './card.module.css'

export function PasswordForm({ onSaved }: { readonly onSaved: () => void }) {
  const { t } = useTranslation()
  const words = useProblemWords()
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const target = event.currentTarget
    const form = new FormData(target)
    const [old, fresh, again] = ['old', 'new', 'again'].map(name => String(form.get(name)))
    const complaint =
      fresh === undefined || [...fresh].length < MIN_PASSWORD_LENGTH
        ? t('password.tooShort', { length: MIN_PASSWORD_LENGTH })
        : fresh !== again
          ? t('password.differ')
          : fresh === old
            ? t('password.same')
            : ''
    setError(complaint)
    if (complaint !== '') return
    setBusy(true)
    try {
      client.setQueryData(meQuery.queryKey, await api.changePassword({ old: old ?? '', new: fresh ?? '' }))
      target.reset()
      onSaved()
    } catch (failure) {
      setError(words(failure))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className={css['form']} onSubmit={submit} data-testid="password-form">
      <PasswordInput
        name="old"
        label={t('password.old')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-testid="password-old"
      />
      <PasswordInput
        name="new"
        label={t('password.new')}
        description={t('password.rule', { length: MIN_PASSWORD_LENGTH })}
        autoComplete="new-password"
        required
        withAsterisk={false}
        data-testid="password-new"
      />
      <PasswordInput
        name="again"
        label={t('password.again')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        data-testid="password-again"
      />
      {error ? (
        <p className={css['error']} role="alert" data-testid="password-error">
          {error}
        </p>
      ) : null}
      <Button type="submit" loading={busy} data-testid="password-submit">
        {t('password.submit')}
      </Button>
    </form>
  )
}
