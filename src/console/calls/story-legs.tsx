/** The parties of a call and the voice quality measured on each. */
import { useTranslation } from 'react-i18next'
import type { LegQuality, StoryLeg } from '../../office/api/schemas.ts'
import { useMoments } from '../parts/clock.tsx'
import { Icon } from '../parts/icon.tsx'
import { ToneMark } from '../parts/marks.tsx'
import { PartyLabel } from '../parts/party.tsx'
import table from '../parts/table.module.css'
import { formatShare, type Verdict, verdictOf } from './quality.ts'

export function LegsTable({ legs }: { readonly legs: readonly StoryLeg[] }) {
  const { t } = useTranslation()
  const moments = useMoments()
  const clock = (at: number | null) => (at === null ? '–' : moments.clock(at))
  return (
    <div className={table['box']}>
      <table className={table['table']} data-testid="story-legs-table">
        <thead>
          <tr>
            <th>{t('story.party')}</th>
            <th>{t('story.role')}</th>
            <th>{t('story.ringingAt')}</th>
            <th>{t('story.answeredAt')}</th>
            <th>{t('story.legEndedAt')}</th>
            <th>{t('story.codec')}</th>
            <th>{t('story.legResult')}</th>
          </tr>
        </thead>
        <tbody>
          {legs.map(leg => (
            <tr key={leg.leg}>
              <td data-label={t('story.party')}>
                <span>
                  <PartyLabel party={leg.party} />
                  {leg.trunk ? <span className={table['sub']}>{leg.trunk}</span> : null}
                </span>
              </td>
              <td data-label={t('story.role')}>{t(`story.roles.${leg.role}`)}</td>
              <td data-label={t('story.ringingAt')} data-blank={leg.ringingAt === null}>
                {clock(leg.ringingAt)}
              </td>
              <td data-label={t('story.answeredAt')} data-blank={leg.answeredAt === null}>
                {clock(leg.answeredAt)}
              </td>
              <td data-label={t('story.legEndedAt')}>{clock(leg.endedAt)}</td>
              <td data-label={t('story.codec')} data-blank={leg.codec === null}>
                {leg.codec ? (
                  <span className="nowrap" title={t(leg.encrypted ? 'story.encrypted' : 'story.clear')}>
                    {leg.codec}{' '}
                    {leg.encrypted ? (
                      <span className={table['icon']} role="img" aria-label={t('story.encrypted')}>
                        <Icon name="lock" size={14} />
                      </span>
                    ) : null}
                  </span>
                ) : (
                  '–'
                )}
              </td>
              <td data-label={t('story.legResult')}>{leg.result}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const tones: Readonly<Record<Verdict, 'good' | 'warn' | 'bad' | 'soft'>> = { good: 'good', fair: 'warn', poor: 'bad', unknown: 'soft' }

export function QualityTable({ quality, legs }: { readonly quality: readonly LegQuality[]; readonly legs: readonly StoryLeg[] }) {
  const { t } = useTranslation()
  const ms = (value: number | null) => (value === null ? '–' : t('story.ms', { value: Math.round(value * 10) / 10 }))
  if (quality.length === 0) return <p className="soft">{t('story.notMeasured')}</p>
  return (
    <div className={table['box']}>
      <table className={table['table']} data-testid="story-quality-table">
        <thead>
          <tr>
            <th>{t('story.party')}</th>
            <th>{t('story.verdict')}</th>
            <th>{t('story.codec')}</th>
            <th className={table['right']}>{t('story.loss')}</th>
            <th className={table['right']}>{t('story.jitter')}</th>
            <th className={table['right']}>{t('story.rtt')}</th>
            <th className={table['right']}>{t('story.packets')}</th>
          </tr>
        </thead>
        <tbody>
          {quality.map(one => {
            const verdict = verdictOf(one)
            const party = one.party ?? legs.find(leg => leg.leg === one.leg)?.party
            return (
              <tr key={one.leg}>
                <td data-label={t('story.party')}>{party ? <PartyLabel party={party} /> : one.leg}</td>
                <td data-label={t('story.verdict')}>
                  <ToneMark tone={tones[verdict]}>{t(`story.verdicts.${verdict}`)}</ToneMark>
                </td>
                <td data-label={t('story.codec')}>{one.codec}</td>
                <td className={table['right']} data-label={t('story.loss')}>
                  {one.lossShare === null ? '–' : formatShare(one.lossShare)}
                </td>
                <td className={table['right']} data-label={t('story.jitter')}>
                  {ms(one.jitterMs)} / {ms(one.maxJitterMs)}
                </td>
                <td className={table['right']} data-label={t('story.rtt')}>
                  {ms(one.rttMs)}
                </td>
                <td className={table['right']} data-label={t('story.packets')}>
                  {one.packetsIn} / {one.packetsOut}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
