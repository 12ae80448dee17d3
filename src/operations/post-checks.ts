/** After a change: does the switch follow the revision, are all telephones known, are the trunks there, do the lines lead where the proposal said? */
import type { LineStep, PlanFollowed, SwitchStatus } from './control-protocol.ts'
import type { PostCheck } from './plan-change.ts'

export interface AfterChange {
  readonly revision: number
  /** What the proposal said. */
  readonly expected: { readonly accounts: number; readonly lines: readonly LineStep[] }
  /** The switch now, and before the change; null: not known. */
  readonly status: SwitchStatus
  readonly followed: PlanFollowed
  readonly before: SwitchStatus | null
}

export function postChecks({ revision, expected, status, followed, before }: AfterChange): PostCheck[] {
  return [
    {
      name: 'revision',
      ok: status.planRevision === revision,
      detail:
        status.planRevision === revision
          ? `the switch follows revision ${revision}`
          : `the switch follows revision ${status.planRevision}, not ${revision}`,
    },
    {
      name: 'accounts',
      ok: followed.accounts === expected.accounts,
      detail:
        followed.accounts === expected.accounts
          ? `${followed.accounts} telephones`
          : `${followed.accounts} telephones instead of ${expected.accounts}`,
    },
    trunksUp(status, before),
    linesLead(expected.lines, followed.lines),
  ]
}

/** A trunk that was down before is no fault of the change; it is named all the same. */
function trunksUp(status: SwitchStatus, before: SwitchStatus | null): PostCheck {
  const down = status.trunks.filter(t => !t.up || t.registered === false)
  const wasDown = new Set((before?.trunks ?? []).filter(t => !t.up || t.registered === false).map(t => t.trunk))
  const fresh = down.filter(t => !wasDown.has(t.trunk))
  const detail =
    down.length === 0
      ? `${status.trunks.length} trunks up`
      : down.map(t => `${t.trunk}: ${t.why}${wasDown.has(t.trunk) ? ' (as before the change)' : ''}`).join('; ')
  return { name: 'trunks', ok: fresh.length === 0, detail }
}

function linesLead(expected: readonly LineStep[], now: readonly LineStep[]): PostCheck {
  const is = new Map(now.map(l => [l.line, l.step]))
  const wrong = expected.filter(l => is.get(l.line) !== l.step)
  const detail =
    wrong.length === 0
      ? `${expected.length} lines lead where the proposal said`
      : wrong.map(l => `${l.line}: ${is.get(l.line) ?? 'not there'} instead of ${l.step}`).join('; ')
  return { name: 'lines', ok: wrong.length === 0 && now.length === expected.length, detail }
}
