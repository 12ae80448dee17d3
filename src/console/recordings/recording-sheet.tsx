/** One recording: what it is for, whether it can be understood, and the player for those who may listen. The audio is fetched only on demand: hearing is an act that is logged. */
import { Anchor, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChannelCheck, Recording, RecordingState } from '../../office/api/schemas.ts'
import { downloadUrl } from '../api/api.ts'
import { formatDuration } from '../format/duration.ts'
import { PagePending } from '../layout/page-states.tsx'
import { useMoments } from '../parts/clock.tsx'
import { Icon } from '../parts/icon.tsx'
import { usePartyWords } from '../parts/party.tsx'
import css from './recordings.module.css'

const Player = lazy(async () => ({ default: (await import('./player.tsx')).Player }))

export const recordingTones: Readonly<Record<RecordingState, 'good' | 'warn' | 'bad' | 'sea' | 'soft'>> = {
  recording: 'bad',
  waiting: 'sea',
  ready: 'good',
  failed: 'bad',
  empty: 'soft',
}

export function RecordingSheet({ recording, inCall = false }: { readonly recording: Recording; readonly inCall?: boolean }) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const moments = useMoments()
  const [listening, setListening] = useState(false)
  const ready = recording.state === 'ready'
  return (
    <div className={css['sheet']} data-testid="recording-sheet" data-recording={recording.id}>
      <div className={css['bar']}>
        {recording.may.listen && ready ? (
          <Button
            size="compact-md"
            variant={listening ? 'default' : 'filled'}
            leftSection={<Icon name={listening ? 'close' : 'play'} size={15} />}
            onClick={() => setListening(!listening)}
            data-testid="recording-listen"
          >
            {t(listening ? 'recordings.hide' : 'recordings.listen')}
          </Button>
        ) : !ready ? null : (
          <span className={css['mayNot']} data-testid="recording-may-not">
            <Icon name="lock" size={15} /> {t('recordings.mayNot')}
          </span>
        )}
        {recording.may.download && ready ? (
          <Button
            component="a"
            href={downloadUrl(recording.id)}
            download
            size="compact-md"
            variant="default"
            leftSection={<Icon name="download" size={15} />}
            data-testid="recording-download"
          >
            {t('recordings.download')}
          </Button>
        ) : null}
        {inCall ? (
          <span className="figures">
            {moments.clock(recording.startedAt)} · {formatDuration(recording.durationMs)}
          </span>
        ) : (
          <Anchor component={Link} to="/calls/$id" params={{ id: recording.call } as never} size="sm">
            {t('recordings.toCall')}
          </Anchor>
        )}
      </div>
      {recording.problem ? <p className={css['problem']}>{recording.problem}</p> : null}
      {recording.state === 'waiting' || recording.state === 'recording' ? <p className={css['facts']}>{t('recordings.notReady')}</p> : null}
      {listening && ready ? (
        <Suspense fallback={<PagePending />}>
          <Player
            id={recording.id}
            durationMs={recording.durationMs}
            left={words(recording.left)}
            right={recording.right ? words(recording.right) : null}
            gaps={recording.gaps}
          />
        </Suspense>
      ) : null}
      <div className={css['facts']}>
        {recording.purpose ? <Fact name={t('recordings.purpose')} value={recording.purpose} /> : null}
        {recording.rule ? <Fact name={t('recordings.rule')} value={recording.rule} /> : null}
        {recording.keepUntilAt === null ? null : <Fact name={t('recordings.keepUntil')} value={moments.day(recording.keepUntilAt)} />}
        {recording.checks ? (
          <>
            <Check who={words(recording.left)} check={recording.checks.left} />
            {recording.checks.right && recording.right ? <Check who={words(recording.right)} check={recording.checks.right} /> : null}
          </>
        ) : null}
        {recording.encrypted ? <span>{t('recordings.encrypted')}</span> : null}
        {recording.gaps.length > 0 ? (
          <div>
            <b>{t('recordings.gaps', { count: recording.gaps.length })}</b>
            <ul>
              {recording.gaps.map(gap => (
                <li key={gap.fromMs}>
                  {t('recordings.gap', {
                    at: formatDuration(gap.fromMs),
                    length: t('recordings.seconds', { value: (gap.forMs / 1000).toFixed(1) }),
                    cause: gap.cause,
                  })}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
      </div>
    </div>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <span>
      {name}: <b>{value}</b>
    </span>
  )
}

function Check({ who, check }: { readonly who: string; readonly check: ChannelCheck }) {
  const { t } = useTranslation()
  const details = [
    t('recordings.speech', { duration: formatDuration(check.speechS * 1000) }),
    ...(check.levelDb === null ? [] : [t('recordings.level', { db: Math.round(check.levelDb) })]),
  ]
  return (
    <span>
      {who}: <b>{t(`recordings.verdicts.${check.verdict}`)}</b> ({details.join(', ')})
    </span>
  )
}
