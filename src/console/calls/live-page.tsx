/** The calls of this moment. Rows come and go by themselves; a right is needed to end one, and a second click. */
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../office/api/schemas.ts'
import { api } from '../api/api.ts'
import { liveQuery } from '../api/queries.ts'
import { useLiveFreshness } from '../layout/live-freshness.ts'
import { Running } from '../parts/clock.tsx'
import { DirectionMark, LiveMark } from '../parts/marks.tsx'
import { Empty, ErrorNotice, Notice, Page } from '../parts/page.tsx'
import { PartyLabel, usePartyWords } from '../parts/party.tsx'
import table from '../parts/table.module.css'

export function LivePage() {
  const { t } = useTranslation()
  const { data, error, isPending, dataUpdatedAt } = useQuery(liveQuery)
  const fresh = useLiveFreshness()
  const calls = data?.calls ?? []
  const aheadMs = data && data.at > 0 ? data.at - dataUpdatedAt : 0
  return (
    <Page title={t('live.title')} aside={<span data-testid="live-count">{t('live.count', { count: calls.length })}</span>}>
      {!fresh ? (
        <Notice weight="warn">{t('live.reconnecting')}</Notice>
      ) : data && !data.switchHere ? (
        <Notice weight="warn">{t('live.switchAway')}</Notice>
      ) : null}
      {error && !data ? <ErrorNotice error={error} /> : null}
      {calls.length === 0 && !isPending && !error ? <Empty what={t('live.none')} then={t('live.noneDo')} /> : null}
      {calls.length > 0 ? (
        <div className={table['box']}>
          <table className={`${table['table']} ${table['calls']}`} data-testid="live-calls">
            <thead>
              <tr>
                <th>{t('live.from')}</th>
                <th>{t('live.to')}</th>
                <th>{t('live.state')}</th>
                <th className={table['right']}>{t('live.since')}</th>
                <th className={table['right']}>{t('live.total')}</th>
                <th>{t('live.via')}</th>
                <th className={table['right']}>{t('live.actions')}</th>
              </tr>
            </thead>
            <tbody>
              {calls.map(call => (
                <LiveRow key={call.id} call={call} aheadMs={aheadMs} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Page>
  )
}

function LiveRow({ call, aheadMs }: { readonly call: LiveCall; readonly aheadMs: number }) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const via = [call.group, call.trunk].filter(name => name !== null).join(' · ')
  return (
    <tr data-testid="live-call" data-call={call.id}>
      <td data-label={t('live.from')} data-row="1" data-side="left">
        <span className={table['withIcon']}>
          <DirectionMark direction={call.direction} />
          <Link
            to="/calls/$id"
            params={{ id: call.id }}
            className={table['link'] ?? ''}
            aria-label={t('calls.openStory', { from: words(call.from), to: words(call.to) })}
          >
            <PartyLabel party={call.from} />
          </Link>
        </span>
      </td>
      <td data-label={t('live.to')} data-row="2" data-side="row" data-to="true">
        <PartyLabel party={call.to} />
      </td>
      <td data-label={t('live.state')} data-row="3" data-side="row">
        <span>
          <LiveMark state={call.state} />
          {call.recording ? (
            <span className={table['rec']} style={{ marginLeft: '0.5rem' }}>
              {t('live.recording')}
            </span>
          ) : null}
          {call.with ? <span className={table['sub']}>{t('live.with', { who: words(call.with) })}</span> : null}
          {!call.with && call.ringing.length > 0 ? (
            <span className={table['sub']}>{t('live.rings', { who: call.ringing.map(words).join('; ') })}</span>
          ) : null}
        </span>
      </td>
      <td className={table['right']} data-label={t('live.since')} data-side="none">
        <Running since={call.stateSinceAt} aheadMs={aheadMs} />
      </td>
      <td className={table['right']} data-label={t('live.total')} data-row="1" data-side="right">
        <Running since={call.startedAt} aheadMs={aheadMs} testId="live-duration" />
      </td>
      <td data-label={t('live.via')} data-row="4" data-side="left" data-blank={via === ''}>
        {via}
      </td>
      <td className={table['right']} data-side="right" data-row="4">
        {call.mayEnd ? <EndButton call={call} /> : null}
      </td>
    </tr>
  )
}

/** Ending somebody else's call wants a second click; it falls back by itself. */
function EndButton({ call }: { readonly call: LiveCall }) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const [sure, setSure] = useState(false)
  const end = useMutation({ mutationFn: () => api.hangUp(call.id), onSettled: () => setSure(false) })
  if (end.error) return <ErrorNotice error={end.error} onRetry={() => end.mutate()} />
  if (!sure) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setSure(true)}
        disabled={end.isSuccess}
        aria-label={t('live.hangUpCall', { from: words(call.from), to: words(call.to) })}
        data-testid="live-end"
      >
        {t('live.hangUp')}
      </Button>
    )
  }
  return (
    <span className="nowrap">
      <Button size="compact-sm" variant="subtle" onClick={() => setSure(false)} data-testid="live-keep">
        {t('live.confirmNo')}
      </Button>{' '}
      <Button size="compact-sm" color="red" autoFocus loading={end.isPending} onClick={() => end.mutate()} data-testid="live-end-confirm">
        {t('live.confirmYes')}
      </Button>
    </span>
  )
}
