/** The state of the exchange in one line, in words and not in colours alone; the details unfold below it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { statusQuery } from '../api/queries.ts'
import { Icon } from '../parts/icon.tsx'
import { usePhone } from '../phone/page-phone.ts'
import { callInHand } from '../phone/softphone-state.ts'
import { type Health, health } from './health.ts'
import { StatusDetails } from './status-details.tsx'
import css from './status-strip.module.css'

export function StatusStrip() {
  const { t } = useTranslation()
  const { data, isError } = useQuery(statusQuery)
  const [open, setOpen] = useState(false)
  const details = useId()
  const parts = health(data ?? null, isError)
  const worst = parts.some(part => part.level === 'bad')
    ? 'bad'
    : parts.some(part => part.level === 'warn')
      ? 'warn'
      : parts.some(part => part.level === 'unknown')
        ? 'unknown'
        : 'good'

  return (
    <div className={css['strip']}>
      <div className={css['row']}>
        <button
          type="button"
          className={css['parts']}
          aria-expanded={open}
          aria-controls={details}
          aria-label={`${t('status.label')}: ${parts.map(part => `${t(`status.${part.name}`)} ${words(part)}`).join(', ')}`}
          onClick={() => setOpen(!open)}
          data-testid="status-strip"
          data-state={worst}
        >
          {parts.map(part => (
            <span
              key={part.name}
              className={css['part']}
              data-level={part.level}
              data-testid={`status-${part.name}`}
              data-state={part.level}
            >
              <i className={css['dot']} aria-hidden="true" />
              <span className={css['name']}>{t(`status.${part.name}`)}</span>
              <span className={css['value']}>{words(part)}</span>
            </span>
          ))}
          <Icon name="down" size={14} />
        </button>
        <PhoneChip />
      </div>
      <div id={details} hidden={!open}>
        {open ? <StatusDetails status={data ?? null} /> : null}
      </div>
    </div>
  )

  function words(part: Health): string {
    if (part.all === null) return t(`status.${part.level === 'good' ? 'up' : part.level === 'bad' ? 'down' : 'unknown'}`)
    return part.all === 0 ? t('status.none') : t('status.of', { up: part.up, all: part.all })
  }
}

function PhoneChip() {
  const { t } = useTranslation()
  const phone = usePhone()
  const call = callInHand(phone)
  const words = call ? (call.held ? t('phone.onHold') : t(`phone.phases.${call.phase}`)) : t(`phone.registration.${phone.registration.is}`)
  return (
    <Link
      to="/phone"
      className={css['chip'] ?? ''}
      data-registration={phone.registration.is}
      aria-label={`${t('phone.title')}: ${words}`}
      data-testid="phone-chip"
    >
      <Icon name="phone" size={15} />
      <span>{words}</span>
    </Link>
  )
}
