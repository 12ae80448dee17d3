/** What is set by hand, as the switch tells it to the office, the console and the command line. */
import type { ForwardWhen, Setting } from '../plan/decision.ts'

export interface OverrideView {
  readonly state: 'open' | 'closed'
  readonly untilMs: number
}

export interface HoursView {
  readonly id: string
  /** As calls find them now. */
  readonly open: boolean
  /** As the calendar alone would have it. */
  readonly calendar: 'open' | 'closed'
  readonly byHand: OverrideView | null
  /** Whether the one who asks may open and close them. */
  readonly may: boolean
}

export type PersonView = Readonly<Record<ForwardWhen, { readonly to: string; readonly untilMs: number | null } | null>> & {
  readonly doNotDisturb: { readonly untilMs: number | null } | null
}

export interface ByHand {
  readonly hours: readonly HoursView[]
  /** Null: none was asked for, or the plan does not know them. */
  readonly person: PersonView | null
}

/** `refused`: a sentence for whoever asked. */
export interface SettingRefused {
  readonly refused: string
  readonly because: 'not-allowed' | 'wrong'
}

/** What was set, with the end that an override always has. */
export interface SettingView {
  readonly setting: Setting
}
