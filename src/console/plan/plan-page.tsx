/** The plan and its changes: what is in force, what was proposed, and the way back (OPS-03). */
import { Button, FileInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, api } from '../api/api.ts'
import { planQuery } from '../api/queries.ts'
import { PagePending } from '../layout/page-states.tsx'
import { useMoments } from '../parts/clock.tsx'
import { ErrorNotice, Notice, Page } from '../parts/page.tsx'
import table from '../parts/table.module.css'
import { mayAny, useMe } from '../session/rights.ts'
import { ChangeMark } from './change-mark.tsx'
import css from './plan.module.css'

export function PlanPage() {
  const { t } = useTranslation()
  const moments = useMoments()
  const me = useMe()
  const { data, error, refetch } = useQuery(planQuery)
  if (error)
    return (
      <Page title={t('plan.title')}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Page>
    )
  if (!data) return <PagePending />
  const configures = mayAny(me, 'configure')
  return (
    <Page title={t('plan.title')} aside={t('plan.inForce', { revision: data.revision })}>
      {data.approvers.length > 0 ? <p className="soft">{t('plan.approvedBy', { names: data.approvers.join(', ') })}</p> : null}
      {configures ? <Propose /> : null}
      <h2 className={css['heading']}>{t('plan.changes')}</h2>
      <div className={table['box']}>
        <table className={table['table']} data-testid="plan-changes">
          <thead>
            <tr>
              <th>{t('plan.number')}</th>
              <th>{t('plan.why')}</th>
              <th>{t('plan.state')}</th>
              <th>{t('plan.revision')}</th>
              <th>{t('plan.by')}</th>
              <th>{t('plan.proposed')}</th>
            </tr>
          </thead>
          <tbody>
            {data.changes.map(change => (
              <tr key={change.id}>
                <td className="figures" data-label={t('plan.number')}>
                  <Link
                    to="/plan/$id"
                    params={{ id: String(change.id) }}
                    className={table['link'] ?? ''}
                    data-testid={`change-${change.id}`}
                  >
                    {change.id}
                  </Link>
                </td>
                <td data-label={t('plan.why')}>
                  <div>
                    <Link to="/plan/$id" params={{ id: String(change.id) }} className={table['link'] ?? ''}>
                      {change.why}
                    </Link>
                    {change.rollbackTo === null ? null : (
                      <span className={table['sub']}>{t('plan.backTo', { revision: change.rollbackTo })}</span>
                    )}
                  </div>
                </td>
                <td data-label={t('plan.state')}>
                  <ChangeMark state={change.state} />
                </td>
                <td className="figures" data-label={t('plan.revision')} data-blank={change.revision === null}>
                  {change.revision ?? ''}
                </td>
                <td data-label={t('plan.by')}>{change.author.person ?? change.author.user}</td>
                <td className="nowrap" data-label={t('plan.proposed')}>
                  {moments.day(change.proposedAt)}, {moments.clock(change.proposedAt)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {configures && data.revisions.length > 1 ? <RollBack revisions={data.revisions.filter(r => r.revision !== data.revision)} /> : null}
    </Page>
  )
}

function Propose() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [files, setFiles] = useState<File[]>([])
  const [why, setWhy] = useState('')
  const propose = useMutation({
    mutationFn: async () => api.proposePlan(why, await Promise.all(files.map(async f => ({ name: f.name, text: await f.text() })))),
    onSuccess: async change => {
      await client.invalidateQueries({ queryKey: ['plan'] })
      await navigate({ to: '/plan/$id', params: { id: String(change.id) } })
    },
  })
  return (
    <form
      className={css['card']}
      onSubmit={event => {
        event.preventDefault()
        propose.mutate()
      }}
    >
      <h2 className={css['heading']}>{t('plan.propose')}</h2>
      {propose.error ? <Refused error={propose.error} /> : null}
      <div className={css['fields']}>
        <FileInput
          label={t('plan.files')}
          placeholder={t('plan.chooseFiles')}
          clearable
          multiple
          accept=".yaml,.yml"
          value={files}
          onChange={setFiles}
          data-testid="plan-files"
        />
        <TextInput label={t('plan.why')} value={why} onChange={event => setWhy(event.currentTarget.value)} data-testid="plan-why" />
        <Button type="submit" loading={propose.isPending} disabled={files.length === 0 || why.trim().length < 3} data-testid="plan-propose">
          {t('plan.proposeDo')}
        </Button>
      </div>
      <p className={css['hint']}>{t('plan.proposeHint')}</p>
    </form>
  )
}

/** What is wrong with a plan that was refused: each place and what to write instead. */
function Refused({ error }: { readonly error: unknown }) {
  const { t } = useTranslation()
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : []
  if (errors.length === 0) return <ErrorNotice error={error} />
  return (
    <>
      <Notice weight="bad">{t('plan.noPlan', { count: errors.length })}</Notice>
      <ul className={css['list']} data-testid="plan-mistakes">
        {errors.map(one => (
          <li key={`${one.path} ${one.message}`}>
            {one.message}
            <span className={table['sub']}>{one.path}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function RollBack({ revisions }: { readonly revisions: readonly { revision: number; why: string; appliedAt: number | null }[] }) {
  const { t } = useTranslation()
  const moments = useMoments()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [to, setTo] = useState<number | null>(null)
  const [why, setWhy] = useState('')
  const back = useMutation({
    mutationFn: (revision: number) => api.rollBackPlan(revision, why),
    onSuccess: async change => {
      await client.invalidateQueries({ queryKey: ['plan'] })
      await navigate({ to: '/plan/$id', params: { id: String(change.id) } })
    },
  })
  return (
    <>
      <h2 className={css['heading']}>{t('plan.older')}</h2>
      {back.error ? <ErrorNotice error={back.error} /> : null}
      <ul className={css['older']}>
        {revisions.map(one => (
          <li key={one.revision}>
            <span className="figures">{one.revision}</span>
            <span className={css['grow']}>
              {one.why}
              {one.appliedAt === null ? null : <span className="soft"> {moments.full(one.appliedAt)}</span>}
            </span>
            {to === one.revision ? (
              <form
                className={css['inline']}
                onSubmit={event => {
                  event.preventDefault()
                  back.mutate(one.revision)
                }}
              >
                <TextInput
                  size="xs"
                  aria-label={t('plan.why')}
                  placeholder={t('plan.why')}
                  value={why}
                  onChange={event => setWhy(event.currentTarget.value)}
                  data-testid="rollback-why"
                />
                <Button
                  size="compact-sm"
                  color="red"
                  type="submit"
                  loading={back.isPending}
                  disabled={why.trim().length < 3}
                  data-testid="rollback-do"
                >
                  {t('plan.backDo')}
                </Button>
              </form>
            ) : (
              <Button size="compact-sm" variant="default" onClick={() => setTo(one.revision)} data-testid={`rollback-${one.revision}`}>
                {t('plan.backAsk')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
