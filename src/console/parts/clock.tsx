/** Time on screen. Running times follow the server's clock, so that a computer with a wrong clock still shows right lengths. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../api/queries.ts'
import { formatDuration, isoDuration } from '../format/duration.ts'
import { type Moments, momentsIn } from '../format/moment.ts'

function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), everyMs)
    return () => window.clearInterval(timer)
  }, [everyMs])
  return now
}

/** A length that grows. `aheadMs`: how far the server's clock is ahead of this one. */
export function Running({ since, aheadMs = 0, testId }: { readonly since: number; readonly aheadMs?: number; readonly testId?: string }) {
  const length = useNow(1000) + aheadMs - since
  return (
    <time dateTime={isoDuration(length)} data-testid={testId}>
      {formatDuration(length)}
    </time>
  )
}

export function useOfficeZone(): string {
  const { data } = useQuery(meQuery)
  return data?.office.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}

export function useMoments(): Moments {
  const { t, i18n } = useTranslation()
  const zone = useOfficeZone()
  return useMemo(
    () => momentsIn(i18n.language, zone, Date.now, { today: t('app.today'), yesterday: t('app.yesterday') }),
    [t, i18n.language, zone],
  )
}
