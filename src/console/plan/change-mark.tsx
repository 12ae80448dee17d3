/** The state of a change, as a word with a colour. */
import { useTranslation } from 'react-i18next'
import type { ChangeSummary } from '../../office/api/plan-schemas.ts'
import { ToneMark } from '../parts/marks.tsx'

type State = ChangeSummary['state']

const tones: Readonly<Record<State, 'good' | 'warn' | 'bad' | 'sea' | 'soft'>> = {
  proposed: 'soft',
  checked: 'warn',
  approved: 'sea',
  refused: 'soft',
  scheduled: 'sea',
  applying: 'warn',
  applied: 'good',
  'post-checked': 'good',
  'post-check-failed': 'bad',
  'rolled-back': 'soft',
}

export function ChangeMark({ state, testId }: { readonly state: State; readonly testId?: string }) {
  const { t } = useTranslation()
  return (
    <span data-state={state} {...(testId === undefined ? {} : { 'data-testid': testId })}>
      <ToneMark tone={tones[state]}>{t(`plan.states.${state}`)}</ToneMark>
    </span>
  )
}
