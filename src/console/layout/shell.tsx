/** The frame of the console: pages on the left (below, on a small screen), the exchange's state above, the telephone always at hand. */
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useLiveSocket } from '../api/live-socket.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { phoneWanted, softphone } from '../phone/page-phone.ts'
import { PhoneAnnouncer } from '../phone/phone-announcer.tsx'
import { PhoneDock } from '../phone/phone-dock.tsx'
import { usePhoneKeys } from '../phone/phone-keys.ts'
import { mayAny, useMe } from '../session/rights.ts'
import { LiveFreshness } from './live-freshness.ts'
import css from './shell.module.css'
import { StatusStrip } from './status-strip.tsx'

const pages = [
  { to: '/phone', name: 'phone', icon: 'phone', rights: [] },
  { to: '/live', name: 'live', icon: 'live', rights: ['see-calls'] },
  { to: '/calls', name: 'calls', icon: 'calls', rights: ['see-calls'] },
  { to: '/recordings', name: 'recordings', icon: 'recording', rights: ['search', 'listen'] },
  { to: '/voicemail', name: 'voicemail', icon: 'voicemail', rights: [] },
  { to: '/plan', name: 'plan', icon: 'plan', rights: ['configure'] },
  { to: '/audit', name: 'audit', icon: 'audit', rights: ['see-audit'] },
] as const satisfies readonly { to: string; name: string; icon: IconName; rights: readonly string[] }[]

export function Shell() {
  const { t } = useTranslation()
  const me = useMe()
  const path = useRouterState({ select: state => state.location.pathname })
  const fresh = useLiveSocket(mayAny(me, 'see-calls'))
  usePhoneKeys()
  useEffect(() => {
    if (me?.extension && phoneWanted()) softphone.send({ was: 'switch-on' })
  }, [me?.extension])

  return (
    <div className={css['frame']}>
      <a className={css['skip']} href="#content">
        {t('app.skip')}
      </a>
      <header className={css['brand']}>
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span className={css['office']}>{me?.office.name ?? 'Switchroom'}</span>
      </header>
      <nav className={css['nav']} aria-label={t('nav.label')}>
        <ul>
          {pages
            .filter(page => page.rights.length === 0 || mayAny(me, ...page.rights) || (page.name === 'plan' && me?.approves === true))
            .map(page => (
              <li key={page.to} data-page={page.name}>
                <Link to={page.to} className={css['item'] ?? ''} activeProps={{ 'aria-current': 'page' }} data-testid={`nav-${page.name}`}>
                  <Icon name={page.icon} size={19} />
                  <span className={css['long']}>{t(`nav.${page.name}`)}</span>
                  <span className={css['short']} aria-hidden="true">
                    {t(`nav.short.${page.name}`)}
                  </span>
                </Link>
              </li>
            ))}
        </ul>
        <Link
          to="/account"
          className={`${css['item']} ${css['account']}`}
          activeProps={{ 'aria-current': 'page' }}
          data-testid="nav-account"
        >
          <Icon name="account" size={19} />
          <span className={css['who']}>
            <span>{me?.name ?? ''}</span>
            {me?.extension ? <span className="soft figures">{me.extension}</span> : null}
          </span>
        </Link>
      </nav>
      <StatusStrip />
      <LiveFreshness.Provider value={fresh}>
        <main className={css['content']} id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </LiveFreshness.Provider>
      {path === '/phone' ? null : <PhoneDock />}
      <PhoneAnnouncer />
    </div>
  )
}
