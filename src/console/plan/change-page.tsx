/** One change of the plan: what will be different, what the check found, who said yes, what happened; and what one may do next. */
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Change } from '../../office/api/plan-schemas.ts'
import type { Me } from '../../office/api/schemas.ts'
import { api } from '../api/api.ts'
import { changeQuery } from '../api/queries.ts'
import { PagePending } from '../layout/page-states.tsx'
import { useMoments } from '../parts/clock.tsx'
import { ErrorNotice, Notice, Page } from '../parts/page.tsx'
import table from '../parts/table.module.css'
import { mayAny, useMe } from '../session/rights.ts'
import { ChangeMark } from './change-mark.tsx'
import css from './plan.module.css'

export function ChangePage() {
  const { t, i18n } = useTranslation()
  const { id } = useParams({ strict: false }) as { id: string }
  const moments = useMoments()
  const { data: change, error, refetch } = useQuery(changeQuery(id, i18n.language))
  if (error)
    return (
      <Page title={t('plan.title')}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Page>
    )
  if (!change) return <PagePending />
  return (
    <Page title={change.why} aside={<ChangeMark state={change.state} testId="change-state" />}>
      <p className="soft">
        <Link to="/plan" className={table['link'] ?? ''}>
          {t('plan.title')}
        </Link>
        {' · '}
        {t('plan.line', { id: change.id, who: change.author.person ?? change.author.user, when: moments.full(change.proposedAt) })}
        {' · '}
        {change.revision === null ? t('plan.against', { revision: change.base }) : t('plan.became', { revision: change.revision })}
      </p>
      {change.state === 'post-check-failed' ? <Notice weight="bad">{t('plan.troubleDo', { revision: change.base })}</Notice> : null}
      {change.scheduledFor === null ? null : (
        <Notice weight="warn">{t('plan.waitsFor', { when: moments.full(change.scheduledFor) })}</Notice>
      )}
      <Actions change={change} />
      <Differences change={change} />
      <Findings change={change} />
      <History change={change} />
    </Page>
  )
}

function Actions({ change }: { readonly change: Change }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const [why, setWhy] = useState('')
  const [at, setAt] = useState('')
  const act = useMutation({
    mutationFn: ({ what, body }: { readonly what: string; readonly body: unknown }) => api.changeOfPlan(change.id, what, body),
    onSuccess: async () => {
      setWhy('')
      await client.invalidateQueries({ queryKey: ['plan'] })
    },
  })
  const configures = mayAny(me, 'configure')
  const given = why.trim().length >= 3
  const busy = act.isPending
  const open = change.may.check === null
  if (!open) return null
  return (
    <div className={css['card']} data-testid="change-actions">
      {act.error ? <ErrorNotice error={act.error} /> : null}
      <NextStep change={change} />
      <div className={css['fields']}>
        <TextInput label={t('plan.reason')} value={why} onChange={event => setWhy(event.currentTarget.value)} data-testid="change-reason" />
        {configures && change.may.apply === null && change.state !== 'scheduled' ? (
          <TextInput
            type="datetime-local"
            label={t('plan.at')}
            value={at}
            onChange={event => setAt(event.currentTarget.value)}
            data-testid="change-at"
          />
        ) : null}
      </div>
      <div className={css['buttons']}>
        {change.may.approve === null ? (
          <Button loading={busy} onClick={() => act.mutate({ what: 'approve', body: { note: why } })} data-testid="change-approve">
            {t('plan.approve')}
          </Button>
        ) : null}
        {configures && change.may.apply === null && change.state !== 'scheduled' ? (
          <Button
            loading={busy}
            onClick={() => act.mutate({ what: 'apply', body: { at: at === '' ? null : Date.parse(at) } })}
            data-testid="change-apply"
          >
            {at === '' ? t('plan.applyNow') : t('plan.applyThen')}
          </Button>
        ) : null}
        {configures && change.state === 'scheduled' ? (
          <Button variant="default" loading={busy} disabled={!given} onClick={() => act.mutate({ what: 'unschedule', body: { why } })}>
            {t('plan.unschedule')}
          </Button>
        ) : null}
        {configures ? (
          <Button
            variant="default"
            loading={busy}
            onClick={() => act.mutate({ what: 'check', body: undefined })}
            data-testid="change-check"
          >
            {t('plan.checkAgain')}
          </Button>
        ) : null}
        {configures && change.may.override === null && change.override === null ? (
          <Button
            variant="default"
            color="red"
            loading={busy}
            disabled={!given}
            onClick={() => act.mutate({ what: 'override', body: { why } })}
            data-testid="change-override"
          >
            {t('plan.override')}
          </Button>
        ) : null}
        {change.may.refuse === null ? (
          <Button
            variant="default"
            loading={busy}
            disabled={!given}
            onClick={() => act.mutate({ what: 'refuse', body: { why } })}
            data-testid="change-refuse"
          >
            {isMine(change, me) ? t('plan.takeBack') : t('plan.refuse')}
          </Button>
        ) : null}
      </div>
    </div>
  )
}

/** What it waits for. The codes that one meets on the way are said in the reader's language, the rest as the office says it. */
function NextStep({ change }: { readonly change: Change }) {
  const { t } = useTranslation()
  const me = useMe()
  if (change.may.apply === null) return null
  const mine = isMine(change, me)
  const names = change.approvers.join(', ')
  const said = (): string | null => {
    switch (change.waitsFor) {
      case 'not-approved':
        if (change.approvers.length === 0) return change.may.apply
        return mine ? t('plan.next.own', { names }) : t('plan.next.approval', { names })
      case 'errors-found':
        return mine ? t('plan.next.ownErrors') : t('plan.next.errors')
      case 'out-of-date':
        return t('plan.next.outOfDate', { revision: change.base })
      default:
        return change.may.apply
    }
  }
  return (
    <p className={css['next']} data-testid="change-next">
      {said()}
    </p>
  )
}

function isMine({ author }: Change, me: Me | null): boolean {
  return me !== null && (author.person === null ? author.user === me.user : author.person === me.person)
}

function Differences({ change }: { readonly change: Change }) {
  const { t } = useTranslation()
  return (
    <>
      <h2 className={css['heading']}>{t('plan.differences')}</h2>
      {change.differences.length === 0 ? <p className="soft">{t('plan.noDifferences')}</p> : null}
      <ul className={css['list']} data-testid="change-differences">
        {change.differences.map(difference => (
          <li key={difference.text}>{difference.text}</li>
        ))}
      </ul>
      {change.summary.length > 0 ? (
        <p className="soft">
          {t('plan.sections')} {change.summary.join(' · ')}
        </p>
      ) : null}
    </>
  )
}

function Findings({ change }: { readonly change: Change }) {
  const { t } = useTranslation()
  return (
    <>
      <h2 className={css['heading']}>{t('plan.findings')}</h2>
      <p className="soft">
        {change.situations > 0 ? `${t('plan.situations', { count: change.situations })} ` : ''}
        {change.proven ? t('plan.proven') : t('plan.found', { errors: change.errors, warnings: change.warnings })}
      </p>
      <ul className={css['list']} data-testid="change-findings">
        {change.findings.map(finding => (
          <li key={`${finding.code} ${finding.place.path} ${finding.message}`} data-severity={finding.severity}>
            <strong>{t(`plan.severity.${finding.severity}`)}</strong> {finding.message} {finding.remedy}
            <span className={table['sub']}>
              {finding.code} · {finding.place.file}:{finding.place.line} · {finding.place.path}
            </span>
            {finding.witness === '' ? null : <pre className={css['witness']}>{finding.witness}</pre>}
          </li>
        ))}
      </ul>
    </>
  )
}

function History({ change }: { readonly change: Change }) {
  const { t } = useTranslation()
  const moments = useMoments()
  return (
    <>
      <h2 className={css['heading']}>{t('plan.history')}</h2>
      <div className={table['box']}>
        <table className={table['table']} data-testid="change-history">
          <tbody>
            {change.history.map(one => (
              <tr key={`${one.at} ${one.type}`}>
                <td className="nowrap">
                  {moments.day(one.at)}, {moments.clock(one.at)}
                </td>
                <td>{t(`plan.events.${one.type}`)}</td>
                <td>
                  {one.by === null ? '' : (one.by.person ?? one.by.user)}
                  {one.by?.via === 'machine' ? <span className={table['sub']}>{t('plan.atMachine')}</span> : null}
                </td>
                <td style={{ overflowWrap: 'anywhere' }}>{one.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
