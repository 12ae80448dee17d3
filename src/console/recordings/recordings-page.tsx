/** Recordings the viewer may know of, newest first. A row opens in place, so that several can be compared in one list. */
import { TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Recording } from '../../office/api/schemas.ts'
import { recordingsQuery } from '../api/queries.ts'
import { formatDuration } from '../format/duration.ts'
import { dayBounds } from '../format/moment.ts'
import { useMoments, useOfficeZone } from '../parts/clock.tsx'
import { Choice, DayFilters, Filters } from '../parts/filters.tsx'
import { Icon } from '../parts/icon.tsx'
import { DirectionMark, ToneMark } from '../parts/marks.tsx'
import { Page } from '../parts/page.tsx'
import { PagedList } from '../parts/paged-list.tsx'
import { PartyLabel, usePartyWords } from '../parts/party.tsx'
import table from '../parts/table.module.css'
import { directions, type RecordingsSearch, recordingsSearch } from '../search.ts'
import { RecordingSheet, recordingTones } from './recording-sheet.tsx'
import css from './recordings.module.css'

export function RecordingsPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/shell/recordings' })
  const navigate = useNavigate({ from: '/recordings' })
  const zone = useOfficeZone()
  const [open, setOpen] = useState<string | null>(null)
  const filter = useMemo(
    () => ({
      text: search.text,
      kind: search.kind,
      direction: search.direction,
      minSeconds: search.minSeconds,
      from: search.from ? dayBounds(search.from, zone)?.fromAt : undefined,
      to: search.to ? dayBounds(search.to, zone)?.toAt : undefined,
    }),
    [search, zone],
  )
  const list = useInfiniteQuery({ ...recordingsQuery(filter), placeholderData: keepPreviousData })
  const recordings = list.data?.pages.flatMap(page => page.recordings) ?? []
  const filtered = Object.keys(search).length > 0
  const change = useCallback(
    (part: Partial<Record<keyof RecordingsSearch, string | undefined>>) =>
      void navigate({ search: before => recordingsSearch({ ...before, ...part }), replace: true }),
    [navigate],
  )
  const searchText = useCallback((text: string) => change({ text }), [change])

  return (
    <Page title={t('recordings.title')}>
      <Filters text={search.text} onText={searchText} filtered={filtered} onClear={() => void navigate({ search: {}, replace: true })}>
        <Choice
          name="kind"
          label={t('filters.kind')}
          value={search.kind}
          options={(['call', 'voicemail'] as const).map(value => ({ value, label: t(`recordings.kinds.${value}`) }))}
          onChange={kind => change({ kind })}
        />
        <Choice
          name="direction"
          label={t('direction.label')}
          value={search.direction}
          options={directions.map(value => ({ value, label: t(`direction.${value}`) }))}
          onChange={direction => change({ direction })}
        />
        <DayFilters from={search.from} to={search.to} onChange={change} />
        <TextInput
          className={table['narrow'] ?? ''}
          type="number"
          min={0}
          size="sm"
          label={t('filters.minSeconds')}
          defaultValue={search.minSeconds ?? ''}
          onChange={event => change({ minSeconds: event.currentTarget.value })}
          data-testid="filter-min-seconds"
        />
      </Filters>
      <PagedList
        list={list}
        count={recordings.length}
        none={t(filtered ? 'filters.nothing' : 'recordings.none')}
        noneDo={t(filtered ? 'filters.nothingDo' : 'recordings.noneDo')}
      >
        <ul className={css['list']} data-testid="recordings">
          {recordings.map(recording => (
            <Row
              key={recording.id}
              recording={recording}
              open={open === recording.id}
              onToggle={() => setOpen(open === recording.id ? null : recording.id)}
            />
          ))}
        </ul>
      </PagedList>
    </Page>
  )
}

function Row({ recording, open, onToggle }: { readonly recording: Recording; readonly open: boolean; readonly onToggle: () => void }) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const moments = useMoments()
  const who = [recording.left, ...(recording.right ? [recording.right] : [])]
  return (
    <li className={css['item']} data-open={open} data-testid="recording" data-recording={recording.id} data-state={recording.state}>
      <button
        type="button"
        className={css['row']}
        aria-expanded={open}
        aria-label={t('recordings.open', { who: who.map(words).join(' – '), when: moments.full(recording.startedAt) })}
        onClick={onToggle}
        data-testid="recording-open"
      >
        <span className={css['turn']}>
          <Icon name="down" size={16} />
        </span>
        <span className={css['when']}>
          <DirectionMark direction={recording.direction} /> {moments.full(recording.startedAt)}
        </span>
        <span className={css['who']}>
          {who.map((party, index) => (
            <span key={index === 0 ? 'left' : 'right'}>
              {index > 0 ? <span className="soft"> – </span> : null}
              <PartyLabel party={party} />
            </span>
          ))}
          {recording.box ? <span className="soft"> · {t('recordings.kinds.voicemail')}</span> : null}
        </span>
        <span className={css['length']}>{formatDuration(recording.durationMs)}</span>
        <span className={css['state']}>
          <ToneMark tone={recordingTones[recording.state]}>{t(`recordings.states.${recording.state}`)}</ToneMark>
        </span>
      </button>
      {open ? (
        <div className={css['opened']}>
          <RecordingSheet recording={recording} />
        </div>
      ) : null}
    </li>
  )
}
