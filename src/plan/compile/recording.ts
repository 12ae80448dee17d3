/** Recording rules: which calls, in the plan's words → scopes that can be compared. */

import type { RecordingRule } from '../compiled.ts'
import { didYouMean } from '../problem.ts'
import { durationMs } from '../schema/durations.ts'
import type { Path } from '../source.ts'
import type { Workbench } from './workbench.ts'

const DAY_MS = 86_400_000
const WHOLE = new Map<string, 'all' | 'incoming' | 'outgoing' | 'internal' | 'on-demand'>([
  ['all', 'all'],
  ['all calls', 'all'],
  ['everything', 'all'],
  ['incoming', 'incoming'],
  ['incoming calls', 'incoming'],
  ['outgoing', 'outgoing'],
  ['outgoing calls', 'outgoing'],
  ['internal', 'internal'],
  ['internal calls', 'internal'],
  ['on-demand', 'on-demand'],
])

export function compileRecording(bench: Workbench): RecordingRule[] {
  return bench.plan.recording.flatMap((rule, index) => {
    const path: Path = ['recording', index]
    rule['heard-by'].forEach((who, i) => {
      bench.known(who, bench.plan.access, 'access rule', [...path, 'heard-by', i])
    })
    const scope = readScope(bench, rule.record, [...path, 'record'])
    const onlyIf = readOnlyIf(bench, rule['only-if'], [...path, 'only-if'])
    if (scope === null) return []
    if (rule.announce !== true && scope.of !== 'on-demand' && scope.of !== 'internal')
      bench.problem(
        'unannounced-recording',
        path,
        `Calls are recorded by '${rule.record}' without being told.`,
        "Write 'announce: yes'.",
        'warning',
      )
    const compiled: RecordingRule = {
      id: `recording.${index}`,
      scope,
      purpose: rule.because,
      announce: rule.announce ?? false,
      keepDays: Math.max(1, Math.round(rule.keep / DAY_MS)),
      heardBy: rule['heard-by'],
      onlyIfLongerMs: onlyIf,
      onFailure: rule['on-failure'] ?? 'go-on',
      place: bench.place(...path),
    }
    return [compiled]
  })
}

function readScope(bench: Workbench, text: string, path: Path): RecordingRule['scope'] | null {
  const whole = WHOLE.get(text)
  if (whole !== undefined) return { of: whole }
  const { plan } = bench
  const m = /^(?:calls (?:in|of|to|with) )?(queue|group|department|person|role|line|menu) (\S+)$/.exec(text)
  if (m === null) {
    const remedy =
      didYouMean(text, WHOLE.keys()) ||
      "Write 'all', 'incoming', 'outgoing', 'on-demand', or 'queue support', 'department sales', 'person aida', 'line +7…'."
    bench.problem('bad-recording-scope', path, `'${text}' does not say which calls are meant.`, remedy)
    return null
  }
  const [, kind, id] = m as unknown as [string, string, string]
  if (kind === 'department') return bench.known(id, plan.departments, 'department', path) ? { of: 'department', department: id } : null
  if (kind === 'line') return bench.known(id, plan.lines, 'line', path) ? { of: 'line', number: id } : null
  const section = { queue: plan.queues, group: plan.groups, person: plan.people, role: plan.roles, menu: plan.menus }[kind] ?? {}
  return bench.known(id, section, kind, path) ? { of: 'node', key: `${kind}:${id}` } : null
}

function readOnlyIf(bench: Workbench, text: string | undefined, path: Path): number | null {
  if (text === undefined) return null
  const ms = durationMs(text.replace(/^longer than /, ''))
  if (ms === null || !text.startsWith('longer than ')) {
    bench.problem('bad-condition', path, `'${text}' is no condition for keeping a recording.`, "Write 'longer than 1min'.")
    return null
  }
  return ms
}
