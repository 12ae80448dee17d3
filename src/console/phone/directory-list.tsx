/** Who can be called, with a lamp for those who are on the telephone. One click calls. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { DirectoryEntry } from '../../office/api/schemas.ts'
import { directoryQuery } from '../api/queries.ts'
import { formatNumber } from '../format/telephone-number.ts'
import { Icon } from '../parts/icon.tsx'
import { ErrorNotice } from '../parts/page.tsx'
import { dial } from './dial.ts'
import { lampOf, matching } from './directory.ts'
import css from './phone.module.css'

export function DirectoryList({ text, ready }: { readonly text: string; readonly ready: boolean }) {
  const { t } = useTranslation()
  const { data, error } = useQuery(directoryQuery)
  const entries = matching(data?.entries ?? [], text)
  return (
    <section aria-labelledby="directory-title">
      <h2 id="directory-title" className={css['listTitle']}>
        {t('phone.directory')}
      </h2>
      {error && !data ? <ErrorNotice error={error} /> : null}
      {data && entries.length === 0 ? (
        <p className="soft">{t(data.entries.length === 0 ? 'phone.directoryEmpty' : 'phone.directoryNone')}</p>
      ) : null}
      <ul className={css['entries']} data-testid="directory">
        {entries.map(entry => (
          <Entry key={`${entry.kind}:${entry.id}`} entry={entry} ready={ready} />
        ))}
      </ul>
    </section>
  )
}

function Entry({ entry, ready }: { readonly entry: DirectoryEntry; readonly ready: boolean }) {
  const { t } = useTranslation()
  const lamp = lampOf(entry)
  return (
    <li>
      <button
        type="button"
        className={css['entry']}
        disabled={!ready || entry.number === ''}
        onClick={() => dial(entry)}
        aria-label={`${t('phone.callNumber', { who: `${entry.name}, ${entry.number}` })}${lamp ? ` (${t(`phone.lamp.${lamp}`)})` : ''}`}
        data-testid="directory-entry"
        data-number={entry.number}
      >
        <span className={css['lamp']} data-lamp={lamp ?? 'none'} title={lamp ? t(`phone.lamp.${lamp}`) : undefined} />
        <span className={css['entryName']}>
          {entry.name}
          <small>
            {[
              entry.kind === 'person' ? null : t(`phone.kinds.${entry.kind}`),
              entry.department,
              lamp === 'busy' || lamp === 'away' ? t(`phone.lamp.${lamp}`) : null,
            ]
              .filter(Boolean)
              .join(' · ')}
          </small>
        </span>
        <span className="figures">{formatNumber(entry.number)}</span>
        <Icon name="phone" size={16} />
      </button>
    </li>
  )
}
