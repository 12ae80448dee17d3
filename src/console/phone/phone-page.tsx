/** The telephone: number, keys, calls in hand, redial list and directory on one page. */
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { directoryQuery } from '../api/queries.ts'
import { formatNumber, toDialString } from '../format/telephone-number.ts'
import { Icon } from '../parts/icon.tsx'
import { Page } from '../parts/page.tsx'
import { CallCard } from './call-card.tsx'
import { dial } from './dial.ts'
import { matching } from './directory.ts'
import { DirectoryList } from './directory-list.tsx'
import { Keypad } from './keypad.tsx'
import { NotificationChoice } from './notification-choice.tsx'
import { phoneWanted, switchPhone, usePhone } from './page-phone.ts'
import css from './phone.module.css'
import { recentNumbers } from './recent-numbers.ts'
import { RegistrationLine } from './registration-line.tsx'
import { canDial } from './softphone-state.ts'

export function PhonePage() {
  const { t } = useTranslation()
  const phone = usePhone()
  const client = useQueryClient()
  const { number } = useSearch({ from: '/shell/phone' })
  const [typed, setTyped] = useState(number ?? '')
  const field = useRef<HTMLInputElement>(null)
  const { data: directory } = useQuery(directoryQuery)
  const ready = canDial(phone)
  const isNumber = toDialString(typed) !== '' && !/\p{L}/u.test(typed)
  const found = isNumber || typed.trim() === '' ? [] : matching(directory?.entries ?? [], typed)
  const only = found.length === 1 ? found[0] : undefined

  useEffect(() => {
    // Whoever opens the telephone wants it; from then on it rings on every page until it is switched off.
    if (phoneWanted() !== false) switchPhone(true)
  }, [])
  useEffect(() => {
    if (number) setTyped(number)
  }, [number])
  // One's own lamp in the directory should not say for ten seconds that no telephone is registered.
  const registered = phone.registration.is === 'registered'
  useEffect(() => {
    if (registered) void client.invalidateQueries({ queryKey: directoryQuery.queryKey })
  }, [registered, client])

  function call(event: FormEvent): void {
    event.preventDefault()
    const known = directory?.entries.find(entry => entry.number === toDialString(typed))
    const party = isNumber ? { number: typed, name: known?.name ?? '' } : only
    if (party && dial(party)) setTyped('')
  }

  return (
    <Page title={t('phone.title')}>
      <div className={css['columns']}>
        <div>
          <RegistrationLine phone={phone} />
          <div className={css['calls']}>
            {phone.calls.map(one => (
              <CallCard key={one.id} call={one} />
            ))}
          </div>
          <form className={css['dialler']} onSubmit={call}>
            <TextInput
              ref={field}
              size="lg"
              label={t('phone.number')}
              placeholder={t('phone.numberHint')}
              value={typed}
              onChange={event => setTyped(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              autoFocus
              data-search="true"
              data-testid="dial-input"
              rightSection={
                typed === '' ? null : (
                  <ActionIcon
                    variant="subtle"
                    aria-label={t('phone.erase')}
                    onClick={() => setTyped(typed.slice(0, -1))}
                    data-testid="dial-erase"
                  >
                    <Icon name="erase" />
                  </ActionIcon>
                )
              }
            />
            <Keypad
              testId="key"
              onKey={key => {
                setTyped(before => before + key)
              }}
            />
            <Button
              type="submit"
              size="md"
              fullWidth
              color="green"
              disabled={!ready || !(isNumber || only)}
              leftSection={<Icon name="phone" />}
              data-testid="call-button"
            >
              {only ? t('phone.callNumber', { who: only.name }) : t('phone.call')}
            </Button>
          </form>
          <NotificationChoice />
        </div>
        <div>
          <Recent ready={ready} shown={typed === ''} calls={phone.calls.length} />
          <DirectoryList text={typed} ready={ready} />
        </div>
      </div>
    </Page>
  )
}

/** `calls` only makes the list be read again when a call begins. */
function Recent({ ready, shown, calls: _calls }: { readonly ready: boolean; readonly shown: boolean; readonly calls: number }) {
  const { t } = useTranslation()
  const list = recentNumbers()
  if (!shown || list.length === 0) return null
  return (
    <section aria-labelledby="recent-title" className={css['recent']}>
      <h2 id="recent-title" className={css['listTitle']}>
        {t('phone.recent')}
      </h2>
      <ul className={css['chips']} data-testid="recent">
        {list.map(one => (
          <li key={one.number}>
            <Button
              size="compact-sm"
              variant="default"
              disabled={!ready}
              onClick={() => dial(one)}
              aria-label={t('phone.callNumber', { who: one.name ? `${one.name}, ${one.number}` : one.number })}
              data-testid="recent-number"
              data-number={one.number}
            >
              {one.name || formatNumber(one.number)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
