/**
 * What people have set by hand: hours opened or closed (SCH-04), their own forwards and do-not-disturb (CALL-01). Set by codes (the
 * event `setting.changed`) or asked for by the office; kept among the log's facts, written before the confirmation leaves. What has
 * come to its end is none any more. Whether a forward may be followed the decision says anew at every call: a plan may take back leave.
 */

import type { HoursView, OverrideView, PersonView, SettingRefused, SettingView } from '../operations/by-hand.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { mayOverride, overrideEnds } from '../plan/decide/by-hand.ts'
import { forwardFault } from '../plan/decide/forward.ts'
import type { ForwardWhen, Setting, UserForward } from '../plan/decision.ts'

export interface KeptSettings {
  get(name: string): string | undefined
  set(name: string, value: string): void
}

type Overrides = Readonly<Record<string, OverrideView>>

const HOURS = 'by-hand hours'

export class SettingsByHand {
  private readonly kept: KeptSettings
  private plan: CompiledPlan
  private overrides: Overrides
  /** As far as they were asked for. */
  private readonly people = new Map<string, PersonView>()

  constructor(plan: CompiledPlan, kept: KeptSettings) {
    this.plan = plan
    this.kept = kept
    this.overrides = read<Overrides>(kept.get(HOURS)) ?? {}
  }

  /** Overrides of hours that are no more end; should such hours come again, their calendar holds. */
  apply(plan: CompiledPlan): void {
    this.plan = plan
    const left = Object.entries(this.overrides).filter(([hours]) => plan.hours.has(hours))
    if (left.length < Object.keys(this.overrides).length) this.keepOverrides(Object.fromEntries(left))
  }

  override(hours: string, nowMs: number): 'open' | 'closed' | null {
    const set = this.overrides[hours]
    return set !== undefined && set.untilMs > nowMs ? set.state : null
  }

  forward(person: string, nowMs: number): UserForward | null {
    const set = this.ofPerson(person)
    if (set === NOTHING) return null
    const now: { -readonly [K in keyof UserForward]: UserForward[K] } = {}
    for (const when of WHENS) {
      const forward = set[when]
      if (holds(forward, nowMs)) now[when] = forward.to
    }
    if (holds(set.doNotDisturb, nowMs)) now.doNotDisturb = true
    return now
  }

  set(setting: Setting): void {
    switch (setting.is) {
      case 'override': {
        const { [setting.hours]: _, ...others } = this.overrides
        const { hours, state, untilMs } = setting
        this.keepOverrides(state === null || untilMs === null ? others : { ...others, [hours]: { state, untilMs } })
        return
      }
      case 'forward': {
        const { person, when, to, untilMs } = setting
        this.keepPerson(person, { ...this.ofPerson(person), [when]: to === null ? null : { to, untilMs } })
        return
      }
      case 'do-not-disturb': {
        const { person, on, untilMs } = setting
        this.keepPerson(person, { ...this.ofPerson(person), doNotDisturb: on ? { untilMs } : null })
      }
    }
  }

  /** Sets what the office asks for; `as`: the person whose leave is needed, null: somebody who may do everything. A refusal in words. */
  ask(setting: Setting, as: string | null, nowMs: number): SettingView | SettingRefused {
    const refused = this.refusal(setting, as, nowMs)
    if (refused !== null) return refused
    const calendar = setting.is === 'override' ? this.plan.hours.get(setting.hours) : undefined
    const whole: Setting =
      setting.is === 'override' && setting.state !== null && setting.untilMs === null && calendar !== undefined
        ? { ...setting, untilMs: overrideEnds(calendar, setting.state, nowMs) }
        : setting
    this.set(whole)
    return { setting: whole }
  }

  hours(as: string | null, nowMs: number): readonly HoursView[] {
    return [...this.plan.hours].map(([id, calendar]) => {
      const { open } = calendar.at(nowMs)
      const byHand = this.override(id, nowMs)
      return {
        id,
        open: byHand === null ? open : byHand === 'open',
        calendar: open ? 'open' : 'closed',
        byHand: byHand === null ? null : this.overrides[id]!,
        may: as === null || mayOverride(this.plan, as, id, nowMs),
      }
    })
  }

  /** Null: nobody of the plan. */
  person(id: string, nowMs: number): PersonView | null {
    const node = this.plan.nodes.get(`person:${id}`)
    if (node?.kind !== 'person') return null
    const set = this.ofPerson(id)
    const forward = (when: ForwardWhen): PersonView[ForwardWhen] => {
      const one = set[when]
      return holds(one, nowMs) ? one : null
    }
    return {
      always: forward('always'),
      busy: forward('busy'),
      noAnswer: forward('noAnswer'),
      unreachable: forward('unreachable'),
      doNotDisturb: holds(set.doNotDisturb, nowMs) ? set.doNotDisturb : null,
    }
  }

  private refusal(setting: Setting, as: string | null, nowMs: number): SettingRefused | null {
    if (setting.untilMs !== null && setting.untilMs <= nowMs) return wrong('that time has passed: give a later one')
    if (setting.is === 'override') {
      const { hours } = setting
      if (!this.plan.hours.has(hours))
        return wrong(`the plan has no hours '${hours}'; it has ${[...this.plan.hours.keys()].join(', ') || 'none'}`)
      if (as === null || mayOverride(this.plan, as, hours, nowMs)) return null
      return notAllowed(`no code of the plan lets ${as} open and close '${hours}'; 'who' of a service that does override says who may`)
    }
    const person = this.plan.nodes.get(`person:${setting.person}`)
    if (person?.kind !== 'person' || person.is !== 'person') return wrong(`the plan has no person '${setting.person}'`)
    if (setting.is !== 'forward' || setting.to === null) return null
    const fault = forwardFault(this.plan, person, setting.to)
    if (fault === null) return null
    const said = FAULTS[fault](setting.person, setting.to)
    return fault === 'may-not' ? notAllowed(said) : wrong(said)
  }

  private ofPerson(id: string): PersonView {
    let known = this.people.get(id)
    if (known === undefined) {
      known = read<PersonView>(this.kept.get(`by-hand person ${id}`)) ?? NOTHING
      this.people.set(id, known)
    }
    return known
  }

  private keepPerson(id: string, view: PersonView): void {
    this.kept.set(`by-hand person ${id}`, JSON.stringify(view))
    this.people.set(id, Object.values(view).every(one => one === null) ? NOTHING : view)
  }

  private keepOverrides(overrides: Overrides): void {
    this.kept.set(HOURS, JSON.stringify(overrides))
    this.overrides = overrides
  }
}

const WHENS: readonly ForwardWhen[] = ['always', 'busy', 'noAnswer', 'unreachable']
const NOTHING: PersonView = { always: null, busy: null, noAnswer: null, unreachable: null, doNotDisturb: null }

const FAULTS: Readonly<Record<'may-not' | 'nowhere' | 'loop', (who: string, to: string) => string>> = {
  'may-not': (who, to) => `a forward to ${to} goes further than the plan lets ${who} forward (may-forward)`,
  nowhere: (_who, to) => `no call can go to ${to}: give an inside number, an outside number or voicemail`,
  loop: (who, to) => `${to} is ${who}: a forward to oneself leads nowhere`,
}

function wrong(refused: string): SettingRefused {
  return { refused, because: 'wrong' }
}

function notAllowed(refused: string): SettingRefused {
  return { refused, because: 'not-allowed' }
}

function holds<T extends { readonly untilMs: number | null }>(set: T | null, nowMs: number): set is T {
  return set !== null && (set.untilMs === null || set.untilMs > nowMs)
}

function read<T>(text: string | undefined): T | null {
  return text === undefined || text === '' ? null : (JSON.parse(text) as T)
}
