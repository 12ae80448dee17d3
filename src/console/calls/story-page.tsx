/** The story of one call: what happened and why, with clock times and the place in the plan; then parties, quality, recordings. */
import { Anchor, SegmentedControl, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallRecord, CallStory } from '../../office/api/schemas.ts'
import { storyQuery } from '../api/queries.ts'
import { formatDuration } from '../format/duration.ts'
import { PagePending } from '../layout/page-states.tsx'
import { useMoments } from '../parts/clock.tsx'
import { Icon } from '../parts/icon.tsx'
import { DirectionMark, OutcomeMark } from '../parts/marks.tsx'
import { ErrorNotice, Notice, Page } from '../parts/page.tsx'
import { PartyLabel, usePartyWords } from '../parts/party.tsx'
import { RecordingSheet } from '../recordings/recording-sheet.tsx'
import css from './story.module.css'
import { LegsTable, QualityTable } from './story-legs.tsx'
import { TimeLine } from './time-line.tsx'

export function StoryPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/shell/calls/$id' })
  const { data, error, isPending, refetch } = useQuery(storyQuery(id))
  return (
    <>
      <p className={css['back']}>
        <Anchor component={Link} to="/calls">
          <Icon name="back" size={15} /> {t('story.back')}
        </Anchor>
      </p>
      {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {isPending ? <PagePending /> : null}
      {data ? <Story story={data} /> : null}
    </>
  )
}

function Story({ story }: { readonly story: CallStory }) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const [everything, setEverything] = useState('no')
  const { call } = story
  return (
    <Page
      title={`${words(call.from)} → ${words(call.to)}`}
      aside={
        <span className={css['aside']} data-testid="story-outcome" data-outcome={call.outcome ?? 'ongoing'}>
          <DirectionMark direction={call.direction} /> <OutcomeMark outcome={call.outcome} />
        </span>
      }
    >
      {call.endedAt === null ? <Notice weight="warn">{t('story.lasting')}</Notice> : null}
      <div className={css['columns']}>
        <section className={css['main']} aria-labelledby="story-time-line">
          <div className={css['head']}>
            <Title order={2} id="story-time-line">
              {t('story.timeLine')}
            </Title>
            <SegmentedControl
              size="xs"
              value={everything}
              onChange={setEverything}
              aria-label={t('story.timeLine')}
              data={[
                { value: 'no', label: t('story.onlyReasons') },
                { value: 'yes', label: t('story.everything') },
              ]}
              data-testid="story-detail"
            />
          </div>
          <TimeLine lines={story.lines} everything={everything === 'yes'} />
        </section>
        <Summary call={call} />
      </div>
      <Section id="story-recordings" title={t('story.recordings')}>
        {story.recordings.length === 0 ? (
          <p className="soft">{t('story.noRecordings')}</p>
        ) : (
          story.recordings.map(one => <RecordingSheet key={one.id} recording={one} inCall />)
        )}
      </Section>
      <Section id="story-legs" title={t('story.legs')}>
        <LegsTable legs={story.legs} />
      </Section>
      <Section id="story-quality" title={t('story.quality')}>
        <QualityTable quality={story.quality} legs={story.legs} />
      </Section>
    </Page>
  )
}

function Section({ id, title, children }: { readonly id: string; readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className={css['section']} aria-labelledby={id} data-testid={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Summary({ call }: { readonly call: CallRecord }) {
  const { t } = useTranslation()
  const moments = useMoments()
  return (
    <section className={css['summary']} aria-labelledby="story-summary">
      <Title order={2} id="story-summary">
        {t('story.summary')}
      </Title>
      <dl className={css['facts']}>
        <dt>{t('story.started')}</dt>
        <dd>
          {moments.day(call.startedAt)}, {moments.clock(call.startedAt)}
        </dd>
        {call.dialled ? <Fact name={t('story.dialled')} value={call.dialled} /> : null}
        {call.line ? <Fact name={t('story.line')} value={call.line} /> : null}
        <Fact name={t('story.rang')} value={formatDuration(call.ringMs)} />
        {call.talkMs > 0 ? <Fact name={t('story.talked')} value={formatDuration(call.talkMs)} /> : null}
        {call.group ? <Fact name={t('story.group')} value={call.group} /> : null}
        {call.queue ? <Fact name={t('story.queue')} value={call.queue} /> : null}
        {call.trunk ? <Fact name={t('story.trunk')} value={call.trunk} /> : null}
        {call.endedAt !== null ? <Fact name={t('story.ended')} value={moments.clock(call.endedAt)} /> : null}
        {call.endedBy ? (
          <>
            <dt>{t('story.endedBy')}</dt>
            <dd>
              <PartyLabel party={call.endedBy} />
            </dd>
          </>
        ) : null}
        <Fact name={t('story.revision')} value={String(call.revision)} />
        {call.status !== null && call.status >= 300 ? (
          <Fact name="SIP" value={t('story.cause', { status: call.status, cause: call.cause ?? '–' })} />
        ) : null}
        <Fact name={t('story.id')} value={call.id} />
      </dl>
    </section>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="figures">{value}</dd>
    </>
  )
}
