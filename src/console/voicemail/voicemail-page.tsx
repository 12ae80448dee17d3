/** Messages callers left, in the boxes the viewer may hear. */
import { Button, SegmentedControl } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { VoicemailMessage } from '../../office/api/schemas.ts'
import { voicemailQuery } from '../api/queries.ts'
import { formatDuration } from '../format/duration.ts'
import { PagePending } from '../layout/page-states.tsx'
import { useMoments } from '../parts/clock.tsx'
import { Icon } from '../parts/icon.tsx'
import { ToneMark } from '../parts/marks.tsx'
import { Page } from '../parts/page.tsx'
import { PagedList } from '../parts/paged-list.tsx'
import { PartyLabel, usePartyWords } from '../parts/party.tsx'
import css from './voicemail.module.css'

const Player = lazy(async () => ({ default: (await import('../recordings/player.tsx')).Player }))

export function VoicemailPage() {
  const { t } = useTranslation()
  const { box } = useSearch({ from: '/shell/voicemail' })
  const navigate = useNavigate({ from: '/voicemail' })
  const [open, setOpen] = useState<string | null>(null)
  const list = useInfiniteQuery({ ...voicemailQuery(box), placeholderData: keepPreviousData })
  const boxes = list.data?.pages[0]?.boxes ?? []
  const messages = list.data?.pages.flatMap(page => page.messages) ?? []
  const unheard = boxes.reduce((sum, one) => sum + one.unheard, 0)
  return (
    <Page title={t('voicemail.title')} aside={unheard > 0 ? t('voicemail.unheardCount', { count: unheard }) : null}>
      {boxes.length > 1 ? (
        <SegmentedControl
          className={css['boxes'] ?? ''}
          size="sm"
          aria-label={t('voicemail.boxes')}
          value={box ?? ''}
          onChange={value => void navigate({ search: value === '' ? {} : { box: value }, replace: true })}
          data={[
            { value: '', label: t('voicemail.all') },
            ...boxes.map(one => ({ value: one.box, label: one.unheard > 0 ? `${one.box} (${one.unheard})` : one.box })),
          ]}
          data-testid="voicemail-boxes"
        />
      ) : null}
      <PagedList list={list} count={messages.length} none={t('voicemail.none')} noneDo={t('voicemail.noneDo')}>
        <ul className={css['list']} data-testid="voicemail">
          {messages.map(message => (
            <Message
              key={message.recording}
              message={message}
              open={open === message.recording}
              onToggle={() => setOpen(open === message.recording ? null : message.recording)}
            />
          ))}
        </ul>
      </PagedList>
    </Page>
  )
}

function Message({
  message,
  open,
  onToggle,
}: {
  readonly message: VoicemailMessage
  readonly open: boolean
  readonly onToggle: () => void
}) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const moments = useMoments()
  const client = useQueryClient()
  const ready = message.state === 'ready'
  return (
    <li className={css['message']} data-testid="voicemail-message" data-recording={message.recording} data-heard={message.heardAt !== null}>
      <div className={css['row']}>
        <Button
          size="compact-sm"
          variant={open ? 'default' : 'light'}
          disabled={!message.may.listen || !ready}
          onClick={onToggle}
          aria-expanded={open}
          aria-label={t('voicemail.listen', { who: words(message.from) })}
          leftSection={<Icon name={open ? 'close' : 'play'} size={14} />}
          data-testid="voicemail-listen"
        >
          {formatDuration(message.durationMs)}
        </Button>
        <span className={css['from']}>
          <PartyLabel party={message.from} />
        </span>
        <span className="soft">{message.box}</span>
        <span className="nowrap figures">{moments.full(message.leftAt)}</span>
        <span className={css['heard']}>
          {ready ? (
            message.heardAt === null ? (
              <ToneMark tone="sea">{t('voicemail.unheard')}</ToneMark>
            ) : (
              <span className="soft">{t('voicemail.heard', { when: moments.full(message.heardAt) })}</span>
            )
          ) : (
            <span className="soft">{t(`recordings.states.${message.state}`)}</span>
          )}
        </span>
      </div>
      {open ? (
        <Suspense fallback={<PagePending />}>
          <Player
            id={message.recording}
            durationMs={message.durationMs}
            left={words(message.from)}
            right={null}
            gaps={[]}
            onPlayed={() => void client.invalidateQueries({ queryKey: ['voicemail'] })}
          />
        </Suspense>
      ) : null}
    </li>
  )
}
