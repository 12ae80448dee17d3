/** The filters that call history and recordings share. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { SearchField } from './search-field.tsx'
import css from './table.module.css'

interface FiltersProps {
  /** Searched for; settled once typing pauses. */
  readonly text: string | undefined
  readonly onText: (text: string) => void
  /** Whether anything is filtered at all. */
  readonly filtered: boolean
  readonly onClear: () => void
  readonly children: ReactNode
}

export function Filters({ text, onText, filtered, onClear, children }: FiltersProps) {
  const { t } = useTranslation()
  return (
    <search className={css['filters']} aria-label={t('filters.label')}>
      <SearchField
        className={css['wide']}
        label={t('filters.text')}
        placeholder={t('filters.textHint')}
        value={text ?? ''}
        onSettled={onText}
      />
      {children}
      {filtered ? (
        <Button variant="subtle" size="sm" onClick={onClear} data-testid="filter-clear">
          {t('filters.clear')}
        </Button>
      ) : null}
    </search>
  )
}

export function DayFilters({
  from,
  to,
  onChange,
}: {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly onChange: (days: { from?: string; to?: string }) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      <TextInput
        className={css['narrow'] ?? ''}
        type="date"
        size="sm"
        label={t('filters.from')}
        value={from ?? ''}
        max={to}
        onChange={event => onChange({ from: event.currentTarget.value })}
        data-testid="filter-from"
      />
      <TextInput
        className={css['narrow'] ?? ''}
        type="date"
        size="sm"
        label={t('filters.to')}
        value={to ?? ''}
        min={from}
        onChange={event => onChange({ to: event.currentTarget.value })}
        data-testid="filter-to"
      />
    </>
  )
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly name: string
  readonly value: T | undefined
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T | undefined) => void
}

export function Choice<T extends string>({ label, name, value, options, onChange }: ChoiceProps<T>) {
  const { t } = useTranslation()
  return (
    <NativeSelect
      className={css['narrow'] ?? ''}
      size="sm"
      label={label}
      value={value ?? ''}
      onChange={event => onChange(options.find(option => option.value === event.currentTarget.value)?.value)}
      data={[{ value: '', label: t('filters.any') }, ...options]}
      data-testid={`filter-${name}`}
    />
  )
}
