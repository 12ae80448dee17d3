/** What every page has: a heading that gets the focus after navigation, an empty state, and errors that say what to do. */
import { Button, Title } from '@mantine/core'
import { type ReactNode, useEffect, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api.ts'
import { Icon } from './icon.tsx'
import css from './page.module.css'

export function Page({ title, aside, children }: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) {
  const heading = useId()
  useEffect(() => {
    document.title = `${title} · Switchroom`
  }, [title])
  return (
    <section aria-labelledby={heading}>
      <div className={css['head']}>
        <Title order={1} id={heading} data-testid="page-title">
          {title}
        </Title>
        {aside ? <div className={css['count']}>{aside}</div> : null}
      </div>
      {children}
    </section>
  )
}

export function Empty({ what, then }: { readonly what: string; readonly then: string }) {
  return (
    <div className={css['empty']} data-testid="empty">
      <strong>{what}</strong>
      {then}
    </div>
  )
}

export function Notice({
  weight,
  children,
  onRetry,
  testId,
}: {
  readonly weight: 'bad' | 'warn'
  readonly children: ReactNode
  readonly onRetry?: () => void
  readonly testId?: string
}) {
  const { t } = useTranslation()
  return (
    <div className={css['trouble']} data-weight={weight} role={weight === 'bad' ? 'alert' : 'status'} data-testid={testId ?? 'notice'}>
      <Icon name="warning" />
      <div className={css['grow']}>{children}</div>
      {onRetry ? (
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          {t('app.retry')}
        </Button>
      ) : null}
    </div>
  )
}

export function ErrorNotice({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const words = useProblemWords()
  return (
    <Notice weight="bad" testId="error" {...(onRetry ? { onRetry } : {})}>
      {words(error)}
    </Notice>
  )
}

/** A failure in words that say what to do. The office writes its problems for people already. */
export function useProblemWords(): (error: unknown) => string {
  const { t } = useTranslation()
  return error => {
    if (!(error instanceof ApiError))
      return `${t('error.unexpected')} ${t('error.unexpectedDo', { detail: error instanceof Error ? error.message : String(error) })}`
    const { problem } = error
    if (problem.code === 'unreachable') return `${t('error.network')} ${t('error.networkDo')}`
    const wait = problem.retryAfterS ? ` ${t('error.wait', { seconds: problem.retryAfterS })}` : ''
    return (problem.detail || problem.title) + wait
  }
}
