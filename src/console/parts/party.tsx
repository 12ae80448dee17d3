/** A party of a call as people know it: the name first, the number beside it. */
import { useTranslation } from 'react-i18next'
import type { Party } from '../../office/api/schemas.ts'
import { formatNumber } from '../format/telephone-number.ts'
import css from './party.module.css'

export function PartyLabel({ party }: { readonly party: Party }) {
  const { t } = useTranslation()
  const number = party.number === '' ? t('party.withheld') : formatNumber(party.number)
  if (!party.name || party.name === party.number) return <span className={css['only']}>{number}</span>
  return (
    <span className={css['party']}>
      <span className={css['name']}>{party.name}</span> <span className={css['number']}>{number}</span>
    </span>
  )
}

/** The same in one string, for labels and titles. */
export function usePartyWords(): (party: Party) => string {
  const { t } = useTranslation()
  return party => {
    const number = party.number === '' ? t('party.withheld') : formatNumber(party.number)
    return party.name && party.name !== party.number ? `${party.name}, ${number}` : number
  }
}
