/** Every call that was, newest first, read page by page as far back as somebody wants to look. */
import { ActionIcon } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallRecord, Party } from '../../office/api/schemas.ts'
import { callsQuery } from '../api/queries.ts'
import { formatDuration } from '../format/duration.ts'
import { dayBounds } from '../format/moment.ts'
import { useMoments, useOfficeZone } from '../parts/clock.tsx'
import { Choice, DayFilters, Filters } from '../parts/filters.tsx'
import { Icon } from '../parts/icon.tsx'
import { DirectionMark, OutcomeMark } from '../parts/marks.tsx'
import { Page } from '../parts/page.tsx'
import { PagedList } from '../parts/paged-list.tsx'
import { PartyLabel, usePartyWords } from '../parts/party.tsx'
import table from '../parts/table.module.css'
import { type CallsSearch, callsSearch, directions, outcomes } from '../search.ts'

export function HistoryPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/shell/calls' })
  const navigate = useNavigate({ from: '/calls' })
  const zone = useOfficeZone()
  const filter = useMemo(
    () => ({
      text: search.text,
      direction: search.direction,
      outcome: search.outcome,
      from: search.from ? dayBounds(search.from, zone)?.fromAt : undefined,
      to: search.to ? dayBounds(search.to, zone)?.toAt : undefined,
    }),
    [search, zone],
  )
  const list = useInfiniteQuery({ ...callsQuery(filter), placeholderData: keepPreviousData })
  const calls = list.data?.pages.flatMap(page => page.calls) ?? []
  const filtered = Object.keys(search).length > 0
  const change = useCallback(
    (part: Partial<Record<keyof CallsSearch, string | undefined>>) =>
      void navigate({ search: before => callsSearch({ ...before, ...part }), replace: true }),
    [navigate],
  )
  const searchText = useCallback((text: string) => change({ text }), [change])

  return (
    <Page title={t('calls.title')}>
      <Filters text={search.text} onText={searchText} filtered={filtered} onClear={() => void navigate({ search: {}, replace: true })}>
        <Choice
          name="direction"
          label={t('direction.label')}
          value={search.direction}
          options={directions.map(value => ({ value, label: t(`direction.${value}`) }))}
          onChange={direction => change({ direction })}
        />
        <Choice
          name="outcome"
          label={t('outcome.label')}
          value={search.outcome}
          options={outcomes.map(value => ({ value, label: t(`outcome.${value}`) }))}
          onChange={outcome => change({ outcome })}
        />
        <DayFilters from={search.from} to={search.to} onChange={change} />
      </Filters>
      <PagedList
        list={list}
        count={calls.length}
        none={t(filtered ? 'filters.nothing' : 'calls.none')}
        noneDo={t(filtered ? 'filters.nothingDo' : 'calls.noneDo')}
      >
        <table className={`${table['table']} ${table['calls']}`} data-testid="calls">
          <thead>
            <tr>
              <th>{t('calls.when')}</th>
              <th>{t('calls.from')}</th>
              <th>{t('calls.to')}</th>
              <th>{t('calls.result')}</th>
              <th className={table['right']}>{t('calls.rang')}</th>
              <th className={table['right']}>{t('calls.talked')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {calls.map(call => (
              <CallRow key={call.id} call={call} />
            ))}
          </tbody>
        </table>
      </PagedList>
    </Page>
  )
}

function CallRow({ call }: { readonly call: CallRecord }) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const moments = useMoments()
  const callBack: Party = call.direction === 'out' ? { ...call.to, number: call.to.number || call.dialled } : call.from
  const someoneElse = call.answeredBy && call.answeredBy.number !== call.to.number ? call.answeredBy : null
  return (
    <tr data-testid="call" data-call={call.id}>
      <td data-label={t('calls.when')} data-row="1" data-side="left" className="nowrap">
        <Link
          to="/calls/$id"
          params={{ id: call.id }}
          className={table['link'] ?? ''}
          aria-label={`${moments.full(call.startedAt)}. ${t('calls.openStory', { from: words(call.from), to: words(call.to) })}`}
          data-testid="call-link"
        >
          <DirectionMark direction={call.direction} /> {moments.full(call.startedAt)}
        </Link>
      </td>
      <td data-label={t('calls.from')} data-row="2" data-side="row">
        <PartyLabel party={call.from} />
      </td>
      <td data-label={t('calls.to')} data-row="3" data-side="left" data-to="true">
        <span>
          <PartyLabel party={call.to} />
          {someoneElse ? <span className={table['sub']}>{t('calls.answeredBy', { who: words(someoneElse) })}</span> : null}
        </span>
      </td>
      <td data-label={t('calls.result')} data-row="1" data-side="right">
        <span>
          <OutcomeMark outcome={call.outcome} />
          {call.recordings.length > 0 ? <span className={table['sub']}>{t('calls.recorded')}</span> : null}
        </span>
      </td>
      <td data-label={t('calls.rang')} data-side="none" className={table['right']}>
        {formatDuration(call.ringMs)}
      </td>
      <td data-label={t('calls.talked')} data-side="none" className={table['right']} data-blank={call.talkMs === 0}>
        {call.talkMs > 0 ? formatDuration(call.talkMs) : '–'}
      </td>
      <td className={table['right']} data-side="right" data-row="3">
        {callBack.number === '' ? null : (
          <ActionIcon
            component={Link}
            to="/phone"
            search={{ number: callBack.number } as never}
            variant="subtle"
            size="sm"
            aria-label={t('calls.callBack', { who: words(callBack) })}
            title={t('calls.callBack', { who: words(callBack) })}
          >
            <Icon name="phone" size={16} />
          </ActionIcon>
        )}
      </td>
    </tr>
  )
}
