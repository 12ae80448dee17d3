/** A search field that asks the server when the typing pauses, not at every letter. `/` leads to it from anywhere. */
import { TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './icon.tsx'

const pauseMs = 300

interface Props {
  readonly label: string
  readonly placeholder?: string
  readonly value: string
  readonly onSettled: (value: string) => void
  readonly className?: string | undefined
}

export function SearchField({ label, placeholder, value, onSettled, className }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  useEffect(() => {
    // The address changed by other means (back, clear filters).
    if (value !== sent.current) {
      sent.current = value
      setTyped(value)
    }
  }, [value])
  useEffect(() => {
    if (typed === sent.current) return
    const timer = window.setTimeout(() => {
      sent.current = typed
      onSettled(typed)
    }, pauseMs)
    return () => window.clearTimeout(timer)
  }, [typed, onSettled])
  return (
    <TextInput
      type="search"
      size="sm"
      label={label}
      {...(className ? { className } : {})}
      placeholder={placeholder ?? ''}
      value={typed}
      onChange={event => setTyped(event.currentTarget.value)}
      leftSection={<Icon name="search" size={16} />}
      aria-keyshortcuts="/"
      title={`${t('phone.keys.search')}: /`}
      data-search="true"
      data-testid="search"
    />
  )
}
