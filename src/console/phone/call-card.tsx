/** One call of the browser telephone with everything that can be done to it. */
import { Button } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../format/duration.ts'
import { Running } from '../parts/clock.tsx'
import { Icon } from '../parts/icon.tsx'
import { PartyLabel, usePartyWords } from '../parts/party.tsx'
import { Keypad } from './keypad.tsx'
import { softphone } from './page-phone.ts'
import css from './phone.module.css'
import { keyFor } from './phone-keys.ts'
import type { PhoneCall, PhoneInput } from './softphone-state.ts'

type Deed = 'answer' | 'hang-up' | 'hold' | 'resume' | 'mute' | 'unmute' | 'dismiss'

export function CallCard({ call }: { readonly call: PhoneCall }) {
  const { t } = useTranslation()
  const words = usePartyWords()
  const card = useRef<HTMLElement>(null)
  const [keys, setKeys] = useState(false)
  const own = call.direction === 'out'
  // A call one has just made is where the keyboard belongs; an incoming one must not steal it from what is being typed.
  useEffect(() => {
    if (own) card.current?.focus({ preventScroll: true })
  }, [own])
  const act = (was: Deed) => () => softphone.send({ was, id: call.id, at: Date.now() } as PhoneInput)
  const digit = (key: string) => softphone.send({ was: 'digit', id: call.id, digit: key })

  function onKey(event: KeyboardEvent): void {
    if (call.phase !== 'up' || !/^[\d*#]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    digit(event.key)
  }

  return (
    <article
      ref={card}
      className={css['call']}
      tabIndex={-1}
      aria-label={call.phase === 'incoming' ? t('phone.incomingFrom', { who: words(call.party) }) : words(call.party)}
      onKeyDown={onKey}
      data-testid="phone-call"
      data-call={call.id}
      data-phase={call.phase}
      data-direction={call.direction}
      data-held={call.held}
      data-muted={call.muted}
    >
      <div className={css['callHead']}>
        <span className={css['callParty']} data-testid="call-party">
          <PartyLabel party={call.party} />
        </span>
        <span className={css['callState']} data-testid="call-state" data-phase={call.phase} data-end={call.end ?? undefined}>
          {call.phase === 'over'
            ? t(`phone.ends.${call.end ?? 'ended-here'}`)
            : call.held
              ? t('phone.onHold')
              : t(`phone.phases.${call.phase}`)}
          {call.upAt === null || call.phase === 'over' ? null : (
            <>
              {' '}
              <span title={t('phone.timer')}>
                <Running since={call.upAt} testId="call-timer" />
              </span>
            </>
          )}
          {call.phase === 'over' && call.upAt !== null && call.overAt !== null ? (
            <span className="figures"> {formatDuration(call.overAt - call.upAt)}</span>
          ) : null}
        </span>
        {call.heldThere ? <span className={css['callNote']}>{t('phone.heldThere')}</span> : null}
        {call.muted && call.phase === 'up' ? <span className={css['callNote']}>{t('phone.muted')}</span> : null}
        {call.digits ? <span className={css['callNote']}>{t('phone.sent', { digits: call.digits })}</span> : null}
      </div>
      <div className={css['callButtons']}>
        {call.phase === 'incoming' ? (
          <>
            <Button
              color="green"
              size="md"
              leftSection={<Icon name="phone" />}
              onClick={act('answer')}
              aria-keyshortcuts={keyFor('answer')}
              title={keyFor('answer')}
              data-testid="answer"
            >
              {t('phone.answer')}
            </Button>
            <Button
              color="red"
              variant="light"
              size="md"
              leftSection={<Icon name="hangUp" />}
              onClick={act('hang-up')}
              aria-keyshortcuts={keyFor('hangUp')}
              title={keyFor('hangUp')}
              data-testid="decline"
            >
              {t('phone.decline')}
            </Button>
          </>
        ) : null}
        {call.phase === 'up' ? (
          <>
            <Button
              variant="default"
              size="sm"
              leftSection={<Icon name={call.held ? 'resume' : 'hold'} />}
              onClick={act(call.held ? 'resume' : 'hold')}
              aria-keyshortcuts={keyFor('hold')}
              title={keyFor('hold')}
              data-testid={call.held ? 'resume' : 'hold'}
            >
              {t(call.held ? 'phone.resume' : 'phone.hold')}
            </Button>
            <Button
              variant="default"
              size="sm"
              leftSection={<Icon name={call.muted ? 'mic' : 'micOff'} />}
              onClick={act(call.muted ? 'unmute' : 'mute')}
              aria-keyshortcuts={keyFor('mute')}
              title={keyFor('mute')}
              data-testid={call.muted ? 'unmute' : 'mute'}
            >
              {t(call.muted ? 'phone.unmute' : 'phone.mute')}
            </Button>
            <Button
              variant="default"
              size="sm"
              leftSection={<Icon name="keypad" />}
              onClick={() => setKeys(!keys)}
              aria-expanded={keys}
              disabled={call.held}
              data-testid="call-keys"
            >
              {t('phone.sendDigits')}
            </Button>
          </>
        ) : null}
        {['dialling', 'ringing', 'answering', 'up', 'ending'].includes(call.phase) ? (
          <Button
            color="red"
            size="sm"
            leftSection={<Icon name="hangUp" />}
            onClick={act('hang-up')}
            disabled={call.phase === 'ending'}
            aria-keyshortcuts={keyFor('hangUp')}
            title={keyFor('hangUp')}
            data-testid="hang-up"
          >
            {t(call.phase === 'up' || call.phase === 'ending' ? 'phone.hangUp' : 'phone.cancel')}
          </Button>
        ) : null}
        {call.phase === 'over' ? (
          <Button variant="subtle" size="sm" onClick={act('dismiss')} data-testid="dismiss">
            {t('app.close')}
          </Button>
        ) : null}
      </div>
      {keys && call.phase === 'up' && !call.held ? <Keypad onKey={digit} testId="dtmf" small /> : null}
    </article>
  )
}
