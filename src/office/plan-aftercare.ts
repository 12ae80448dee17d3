/** After a change: asks the switch until everything is as the proposal said, or half a minute is over. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlanApplied, PlanFollowed, SwitchStatus } from '../operations/control-protocol.ts'
import type { PostCheck } from '../operations/plan-change.ts'
import { postChecks } from '../operations/post-checks.ts'
import type { Expected } from './plan-work.ts'
import type { SwitchLink } from './switch-link.ts'

export interface Aftercare {
  readonly revision: number
  readonly expected: Expected
  /** The switch before the change; null: not known. */
  readonly before: SwitchStatus | null
  readonly switchLink: Pick<SwitchLink, 'ask'>
  /** What of the plan's words has no sound, once those that can be spoken are. */
  readonly sound: () => Promise<PostCheck>
  /** False once another revision is in force, or the office closes. */
  readonly stillAsked: () => boolean
}

/** How long trunks may take to register after a change before it counts as trouble. */
const SETTLED_WITHIN_MS = 30_000
const FIRST_LOOK_MS = 250
const LOOK_EVERY_MS = 1000

const AWAY: readonly PostCheck[] = [{ name: 'revision', ok: false, detail: 'the switch did not answer' }]

/** What was found at last; null when nobody asks any more. */
export async function settled(care: Aftercare): Promise<readonly PostCheck[] | null> {
  const until = Date.now() + SETTLED_WITHIN_MS
  await sleep(FIRST_LOOK_MS, undefined, { ref: false })
  for (;;) {
    if (!care.stillAsked()) return null
    const checks = await look(care)
    if (checks?.every(c => c.ok)) return checks
    if (Date.now() >= until) return checks ?? AWAY
    await sleep(LOOK_EVERY_MS, undefined, { ref: false })
  }
}

async function look({ revision, expected, before, switchLink, sound }: Aftercare): Promise<readonly PostCheck[] | null> {
  try {
    const status = (await switchLink.ask({ ask: 'status' })) as SwitchStatus
    const followed = (await switchLink.ask({ ask: 'plan-followed', at: expected.at })) as PlanFollowed
    return [...postChecks({ revision, expected, status, followed, before }), await sound()]
  } catch {
    return null
  }
}

/** What the switch did, for the record. */
export function whatChanged(a: PlanApplied): string[] {
  const say = (names: readonly string[], what: string): string[] => (names.length > 0 ? [`${what}: ${names.join(', ')}`] : [])
  return [
    ...say(a.accounts.added, 'new telephones'),
    ...say(a.accounts.removed, 'telephones that are gone'),
    ...say(a.accounts.otherPassword, 'telephones with another password'),
    ...say(a.trunks.added, 'new trunks'),
    ...say(a.trunks.removed, 'trunks that are gone'),
    ...say(a.trunks.changed, 'trunks that begin anew'),
    ...(a.registrationsEnded > 0 ? [`registrations ended: ${a.registrationsEnded}`] : []),
  ]
}
