/** Twelve keys with the letters of ITU-T E.161. */
import { useTranslation } from 'react-i18next'
import css from './phone.module.css'

const keys: readonly (readonly [key: string, letters: string])[] = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
]

const names: Readonly<Record<string, string>> = { '*': 'star', '#': 'hash' }

export function Keypad({
  onKey,
  testId,
  small = false,
}: {
  readonly onKey: (key: string) => void
  readonly testId: string
  readonly small?: boolean
}) {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame that a dial pad does not want
    <div className={css['keypad']} data-small={small} role="group" aria-label={t('phone.keypad')} data-testid={`${testId}-pad`}>
      {keys.map(([key, letters]) => (
        <button
          key={key}
          type="button"
          className={css['key']}
          aria-label={t('phone.key', { key })}
          onClick={() => onKey(key)}
          data-testid={`${testId}-${names[key] ?? key}`}
        >
          <span>{key}</span>
          {small || letters === '' ? null : <small aria-hidden="true">{letters}</small>}
        </button>
      ))}
    </div>
  )
}
