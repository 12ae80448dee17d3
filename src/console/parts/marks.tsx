/** Small marks that recur in lists: direction, outcome, state. Always a word, never only a colour. */
import { useTranslation } from 'react-i18next'
import type { CallDirection, CallOutcome, LiveState } from '../../office/api/schemas.ts'
import { Icon } from './icon.tsx'
import css from './table.module.css'

type Tone = 'good' | 'warn' | 'bad' | 'sea' | 'soft'

const outcomeTones: Readonly<Record<CallOutcome, Tone>> = {
  answered: 'good',
  missed: 'bad',
  busy: 'warn',
  failed: 'bad',
  voicemail: 'warn',
  service: 'soft',
  cancelled: 'soft',
}
const liveTones: Readonly<Record<LiveState, Tone>> = {
  deciding: 'soft',
  ringing: 'warn',
  talking: 'good',
  held: 'sea',
  announcement: 'soft',
  voicemail: 'sea',
  echo: 'soft',
  ending: 'soft',
}

export function DirectionMark({ direction }: { readonly direction: CallDirection }) {
  const { t } = useTranslation()
  return (
    <span className={css['icon']} role="img" aria-label={t(`direction.${direction}`)} title={t(`direction.${direction}`)}>
      <Icon name={direction} size={16} />
    </span>
  )
}

export function OutcomeMark({ outcome }: { readonly outcome: CallOutcome | null }) {
  const { t } = useTranslation()
  return (
    <span className={css['state']} data-tone={outcome ? outcomeTones[outcome] : 'sea'}>
      {t(`outcome.${outcome ?? 'ongoing'}`)}
    </span>
  )
}

export function LiveMark({ state }: { readonly state: LiveState }) {
  const { t } = useTranslation()
  return (
    <span className={css['state']} data-tone={liveTones[state]} data-testid="live-state" data-state={state}>
      {t(`live.states.${state}`)}
    </span>
  )
}

export function ToneMark({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={css['state']} data-tone={tone}>
      {children}
    </span>
  )
}
