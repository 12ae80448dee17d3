/** The audit log, and the proof that nobody altered it (ACC-03). */
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { auditQuery } from '../api/queries.ts'
import { useMoments } from '../parts/clock.tsx'
import { Notice, Page } from '../parts/page.tsx'
import { PagedList } from '../parts/paged-list.tsx'
import table from '../parts/table.module.css'

export function AuditPage() {
  const { t } = useTranslation()
  const moments = useMoments()
  const list = useInfiniteQuery(auditQuery)
  const entries = list.data?.pages.flatMap(page => page.entries) ?? []
  return (
    <Page title={t('audit.title')} aside={<Chain />}>
      <PagedList list={list} count={entries.length} none={t('audit.none')} noneDo={t('audit.noneDo')}>
        <table className={table['table']} data-testid="audit">
          <thead>
            <tr>
              <th>{t('audit.when')}</th>
              <th>{t('audit.who')}</th>
              <th>{t('audit.action')}</th>
              <th>{t('audit.object')}</th>
              <th>{t('audit.address')}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(entry => (
              <tr key={entry.seq}>
                <td className="nowrap" data-label={t('audit.when')}>
                  {moments.day(entry.at)}, {moments.clock(entry.at)}
                </td>
                <td data-label={t('audit.who')}>{entry.who}</td>
                <td data-label={t('audit.action')}>{entry.action}</td>
                <td data-label={t('audit.object')} style={{ overflowWrap: 'anywhere' }}>
                  {entry.object}
                </td>
                <td data-label={t('audit.address')} data-blank={entry.address === ''}>
                  {entry.address}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </PagedList>
    </Page>
  )
}

function Chain() {
  const { t } = useTranslation()
  const { data, isFetching, refetch } = useQuery({
    queryKey: ['audit-verification'],
    queryFn: ({ signal }) => api.auditVerification(signal),
    enabled: false,
  })
  if (data && !data.ok) return <Notice weight="bad">{t('audit.broken', { seq: data.brokenAt ?? '?' })}</Notice>
  if (data) return <span data-testid="audit-intact">{t('audit.intact', { count: data.entries })}</span>
  return (
    <Button size="compact-sm" variant="default" loading={isFetching} onClick={() => void refetch()} data-testid="audit-verify">
      {t('audit.verify')}
    </Button>
  )
}
