/** The unfolded status strip: what runs since when, and why a trunk is down. */
import { useTranslation } from 'react-i18next'
import type { Status } from '../../office/api/schemas.ts'
import { useMoments } from '../parts/clock.tsx'
import css from './status-strip.module.css'

export function StatusDetails({ status }: { readonly status: Status | null }) {
  const { t } = useTranslation()
  const moments = useMoments()
  if (!status) return <p className={css['details']}>{t('status.unreachable')}</p>
  const exchange = status.switch
  const behind = Math.max(0, status.log.upTo - status.log.read)
  const state = (up: boolean) => t(up ? 'status.up' : 'status.down')
  return (
    <dl className={css['details']} data-testid="status-details">
      <dt>{t('status.switch')}</dt>
      <dd>
        {exchange ? (
          <>
            {t('status.running', { since: moments.full(exchange.startedAt) })}, {t('status.version', { version: exchange.version })}
            <br />
            {t('status.plan', { name: exchange.planName, revision: exchange.planRevision })};{' '}
            {t('status.phones', { count: exchange.registrations })}, {t('status.calls', { count: exchange.calls })}
          </>
        ) : (
          (status.switchAway ?? t('status.down'))
        )}
      </dd>
      {exchange ? (
        <>
          <dt>{t('status.trunks')}</dt>
          <dd>
            {exchange.trunks.length === 0 ? t('status.none') : null}
            {exchange.trunks.map(trunk => (
              <div key={trunk.trunk} data-level={trunk.up ? 'good' : 'bad'} className={css['part']}>
                <i className={css['dot']} aria-hidden="true" />
                {trunk.trunk}: {state(trunk.up)}
                {trunk.registered === null ? '' : `, ${t(trunk.registered ? 'status.registered' : 'status.notRegistered')}`}
                {trunk.why ? <span className="soft"> ({trunk.why})</span> : null}
              </div>
            ))}
          </dd>
          <dt>{t('status.media')}</dt>
          <dd>
            {exchange.media.length === 0 ? t('status.none') : null}
            {exchange.media.map(node => (
              <div key={node.node} data-level={node.connected ? 'good' : 'bad'} className={css['part']}>
                <i className={css['dot']} aria-hidden="true" />
                {node.node}: {state(node.connected)}
              </div>
            ))}
          </dd>
          <dt>{t('status.listening')}</dt>
          <dd className="figures">
            {exchange.listening
              .map(one => `${one.transport.toUpperCase()} ${one.address.includes(':') ? `[${one.address}]` : one.address}:${one.port}`)
              .join(', ')}
          </dd>
        </>
      ) : null}
      <dt>{t('status.office')}</dt>
      <dd>
        {t('status.running', { since: moments.full(status.office.startedAt) })}, {t('status.version', { version: status.office.version })}
        {behind > 0 ? `, ${t('status.behind', { count: behind })}` : ''}
      </dd>
      {status.recordings.waiting + status.recordings.failed > 0 ? (
        <>
          <dt>{t('status.recordings')}</dt>
          <dd>
            {[
              ...(status.recordings.waiting > 0 ? [t('status.waiting', { count: status.recordings.waiting })] : []),
              ...(status.recordings.failed > 0 ? [t('status.failed', { count: status.recordings.failed })] : []),
            ].join(', ')}
          </dd>
        </>
      ) : null}
    </dl>
  )
}
