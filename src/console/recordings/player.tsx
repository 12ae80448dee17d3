/** Plays a recording with one waveform per voice. The file is fetched once, under the viewer's own rights, and never linked. */
import { ActionIcon, Button, NativeSelect, SegmentedControl, useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type WaveSurfer from 'wavesurfer.js'
import { formatDuration } from '../format/duration.ts'
import { Icon } from '../parts/icon.tsx'
import { useProblemWords } from '../parts/page.tsx'
import { openRecording, type Voices, voiceColours } from './audio-graph.ts'
import css from './recordings.module.css'

interface Props {
  readonly id: string
  readonly durationMs: number
  readonly left: string
  readonly right: string | null
  readonly gaps: readonly { readonly fromMs: number; readonly forMs: number; readonly cause: string }[]
  readonly onPlayed?: () => void
}

const speeds = ['0.75', '1', '1.25', '1.5', '2']
const skipS = 10

export function Player({ id, durationMs, left, right, gaps, onPlayed }: Props) {
  const { t } = useTranslation()
  const words = useProblemWords()
  const scheme = useComputedColorScheme('light')
  const wave = useRef<HTMLDivElement>(null)
  const player = useRef<WaveSurfer | null>(null)
  const choose = useRef<(voices: Voices) => void>(() => {})
  const played = useRef(onPlayed)
  played.current = onPlayed
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading')
  const [failure, setFailure] = useState<unknown>(null)
  const [playing, setPlaying] = useState(false)
  const [atS, setAtS] = useState(0)
  const [lengthS, setLengthS] = useState(durationMs / 1000)
  const [voices, setVoices] = useState<Voices>('both')
  const [attempt, setAttempt] = useState(0)
  const stereo = right !== null

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt starts over on purpose
  useEffect(() => {
    const container = wave.current
    if (!container) return
    const stop = new AbortController()
    setState('loading')
    setFailure(null)
    openRecording(id, container, stereo, stop.signal)
      .then(opened => {
        if (stop.signal.aborted) return opened.close()
        stop.signal.addEventListener('abort', opened.close)
        player.current = opened.surfer
        choose.current = opened.hear
        opened.surfer.on('timeupdate', setAtS)
        opened.surfer.on('play', () => setPlaying(true))
        opened.surfer.on('pause', () => setPlaying(false))
        opened.surfer.on('finish', () => setPlaying(false))
        setLengthS(opened.surfer.getDuration())
        setState('ready')
        played.current?.()
        void opened.surfer.play().catch(() => {})
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return
        setFailure(error)
        setState('failed')
      })
    return () => {
      stop.abort()
      player.current = null
    }
  }, [id, stereo, attempt])

  useEffect(() => {
    if (state === 'ready' && wave.current) player.current?.setOptions(voiceColours(wave.current, stereo, scheme))
  }, [scheme, state, stereo])

  function onKey(event: KeyboardEvent): void {
    const surfer = player.current
    if (!surfer) return
    const to = { ArrowLeft: surfer.getCurrentTime() - 5, ArrowRight: surfer.getCurrentTime() + 5, Home: 0, End: lengthS }[event.key]
    if (to === undefined && event.key !== ' ') return
    event.preventDefault()
    if (to === undefined) void surfer.playPause()
    else surfer.setTime(Math.max(0, Math.min(lengthS, to)))
  }

  return (
    <section className={css['player']} aria-label={t('player.label')} data-testid="player" data-state={state}>
      <div className={css['stage']}>
        <div className={css['voices']}>
          <span className={css['voice']} data-side="left">
            {left}
          </span>
          {right === null ? null : (
            <span className={css['voice']} data-side="right">
              {right}
            </span>
          )}
        </div>
        <div
          className={css['wave']}
          data-voices={stereo ? 2 : 1}
          role="slider"
          tabIndex={0}
          aria-label={`${t('player.position')}. ${right === null ? t('player.waveOne', { left }) : t('player.wave', { left, right })}`}
          aria-valuemin={0}
          aria-valuemax={Math.round(lengthS)}
          aria-valuenow={Math.round(atS)}
          aria-valuetext={`${formatDuration(atS * 1000)} / ${formatDuration(lengthS * 1000)}`}
          onKeyDown={onKey}
          data-testid="player-wave"
        >
          <div ref={wave} />
          {state === 'ready'
            ? gaps.map(gap => (
                <i
                  key={gap.fromMs}
                  className={css['gap']}
                  style={{ left: `${(gap.fromMs / lengthS) * 0.1}%`, width: `${(gap.forMs / lengthS) * 0.1}%` }}
                />
              ))
            : null}
          {state === 'loading' ? (
            <span className={css['waiting']} role="status">
              {t('player.loading')}
            </span>
          ) : null}
          {state === 'failed' ? (
            <span className={css['waiting']} role="alert" data-testid="player-error">
              {failure instanceof Error && failure.name === 'ApiError' ? words(failure) : `${t('player.failed')} ${t('player.failedDo')}`}
              <Button size="compact-xs" variant="default" onClick={() => setAttempt(attempt + 1)}>
                {t('app.retry')}
              </Button>
            </span>
          ) : null}
        </div>
      </div>
      <div className={css['controls']}>
        <ActionIcon
          size="lg"
          radius="xl"
          disabled={state !== 'ready'}
          onClick={() => void player.current?.playPause()}
          aria-label={t(playing ? 'player.pause' : 'player.play')}
          data-testid="player-play"
          data-playing={playing}
        >
          <Icon name={playing ? 'pause' : 'play'} size={18} />
        </ActionIcon>
        <Button
          size="compact-sm"
          variant="default"
          disabled={state !== 'ready'}
          onClick={() => player.current?.skip(-skipS)}
          aria-label={t('player.back')}
        >
          −10 s
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={state !== 'ready'}
          onClick={() => player.current?.skip(skipS)}
          aria-label={t('player.forward')}
        >
          +10 s
        </Button>
        <span className={css['clock']} data-testid="player-clock">
          {formatDuration(atS * 1000)} / {formatDuration(lengthS * 1000)}
        </span>
        <NativeSelect
          size="xs"
          aria-label={t('player.speed')}
          data={speeds.map(value => ({ value, label: `${value}×` }))}
          defaultValue="1"
          onChange={event => player.current?.setPlaybackRate(Number(event.currentTarget.value), true)}
        />
        {stereo ? (
          <SegmentedControl
            size="xs"
            aria-label={t('player.hear')}
            value={voices}
            onChange={value => {
              setVoices(value as Voices)
              choose.current(value as Voices)
            }}
            data={(['both', 'left', 'right'] as const).map(value => ({ value, label: t(`player.${value}`) }))}
            data-testid="player-voices"
          />
        ) : null}
      </div>
    </section>
  )
}
