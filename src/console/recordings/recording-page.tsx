/** One recording at an address of its own, as linked from a client card (CRM-08). */
import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { recordingQuery } from '../api/queries.ts'
import { PagePending } from '../layout/page-states.tsx'
import { useMoments } from '../parts/clock.tsx'
import { ErrorNotice, Page } from '../parts/page.tsx'
import { usePartyWords } from '../parts/party.tsx'
import { RecordingSheet } from './recording-sheet.tsx'

export function RecordingPage() {
  const { t } = useTranslation()
  const words = usePartyWords()
  const moments = useMoments()
  const { id } = useParams({ from: '/shell/recordings/$id' })
  const { data, error, isPending, refetch } = useQuery(recordingQuery(id))
  const who = data ? [data.left, ...(data.right ? [data.right] : [])].map(words).join(' – ') : t('recordings.title')
  return (
    <Page title={who} aside={data ? moments.full(data.startedAt) : null}>
      <p style={{ marginTop: 0 }}>
        <Anchor component={Link} to="/recordings" size="sm">
          {t('recordings.back')}
        </Anchor>
      </p>
      {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {isPending ? <PagePending /> : null}
      {data ? <RecordingSheet recording={data} /> : null}
    </Page>
  )
}
