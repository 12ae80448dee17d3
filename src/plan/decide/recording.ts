/** Whether a call is recorded, by which rule, and whether that has to be said first: REC-01, REC-02, REC-05. */
import type { NodeKey, PersonNode, RecordingRule } from '../compiled.ts'
import type { Announcement, RecordingDecision } from '../decision.ts'
import type { Walk } from './journey.ts'

export type Direction = 'incoming' | 'outgoing' | 'internal'

export interface RecordingChoice {
  readonly recording: RecordingDecision | null
  readonly announcement: Announcement | null
}

/** For calls to one party: `at` are the places of the plan it is at, `person` who speaks on our side. */
export function recordingFor(walk: Walk, at: readonly NodeKey[], person: PersonNode | null, direction: Direction): RecordingChoice {
  const rule = ruleFor(walk, at, person, direction)
  if (rule === null) return { recording: null, announcement: null }
  walk.because('recorded', { purpose: rule.purpose }, rule.place)
  return { recording: decision(rule), announcement: announcement(walk, rule, direction === 'outgoing' ? 'announced-called' : 'announced') }
}

/** The first rule of the plan that means this call. */
export function ruleFor(walk: Walk, at: readonly NodeKey[], person: PersonNode | null, direction: Direction): RecordingRule | null {
  for (const rule of walk.plan.recording) if (means(rule, walk, at, person, direction)) return rule
  return null
}

function means(rule: RecordingRule, walk: Walk, at: readonly NodeKey[], person: PersonNode | null, direction: Direction): boolean {
  const { scope } = rule
  switch (scope.of) {
    case 'all':
      return true
    case 'on-demand':
      return false
    case 'incoming':
    case 'outgoing':
    case 'internal':
      return scope.of === direction
    case 'department':
      return person?.department === scope.department
    case 'line':
      return walk.journey.l === scope.number
    case 'node':
      if (at.includes(scope.key) || person?.key === scope.key) return true
      return scope.key.startsWith('menu:') && walk.journey.v.includes(scope.key)
  }
}

export function decision(rule: RecordingRule): RecordingDecision {
  const base = { rule: rule.id, purpose: rule.purpose, keepDays: rule.keepDays, heardBy: rule.heardBy, onFailure: rule.onFailure }
  return rule.onlyIfLongerMs === null ? base : { ...base, onlyIfLongerMs: rule.onlyIfLongerMs }
}

/** Once per call. */
export function announcement(walk: Walk, rule: RecordingRule, code: 'announced' | 'announced-called' = 'announced'): Announcement | null {
  if (!rule.announce || walk.journey.s === 1) return null
  walk.journey.s = 1
  walk.because(code, {}, rule.place)
  return { language: walk.journey.lang, prompts: ['recording-notice'] }
}
