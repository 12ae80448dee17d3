/** What is shown instead of a page: while it loads, when it fails, when there is none. */
import { Anchor, Loader } from '@mantine/core'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ErrorNotice, Page } from '../parts/page.tsx'

export function PagePending() {
  const { t } = useTranslation()
  return (
    <div style={{ padding: '3rem', textAlign: 'center' }} role="status">
      <Loader size="sm" aria-label={t('app.loading')} />
    </div>
  )
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <div style={{ padding: '1rem' }}>
      <ErrorNotice
        error={error}
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </div>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return (
    <main style={{ padding: '2rem' }}>
      <Page title={t('app.notFound')}>
        <p>{t('app.notFoundDo')}</p>
        <Anchor component={Link} to="/">
          Switchroom
        </Anchor>
      </Page>
    </main>
  )
}
