/** Runs the call machine: one queue of inputs, effects carried out in order, events logged before anything leaves. */

import { applyEvent, type CallState } from '../call/call-state.ts'
import { type CallInput, type CallStep, type NewCall, startCall, stepCall } from '../call/call-step.ts'
import type { LoggedEvent } from '../call/events.ts'
import { sessionOf } from '../call/media-session.ts'
import type { TimerName } from '../call/turn.ts'
import type { CallWorld } from '../call/world.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Timer, TimerQueue } from '../kernel/timer-queue.ts'
import type { MediaCommand, MediaNotice, MediaSession } from '../media/protocol.ts'
import type { LegCommand, LegNotice } from '../sip/leg.ts'

export interface CallDriverDeps {
  readonly clock: Clock
  readonly timers: TimerQueue
  append(at: number, call: string, event: LoggedEvent['event']): void
  command(leg: string, command: LegCommand): void
  media(node: string, command: MediaCommand): void
  /** `before`: the call as the busy counts know it; null for one that begins. */
  world(revision: number, node: string, before: CallState | null): CallWorld
  /** The call is over and its last figures are in (or given up): its ports may be used again. */
  release(state: CallState): void
  /** A call's legs or state changed: for those who count. `folded`: it is known from the log, nothing of it is new. */
  changed(before: CallState | null, after: CallState, folded?: true): void
}

interface Running {
  state: CallState
  readonly timers: Map<TimerName, Timer>
  /** After the end: waiting for the media's last figures. */
  farewell: Timer | null
}

/** How long an ended call waits for its last figures. */
const FAREWELL_MS = 3000
/** Without media: until its last messages have left, so that a crash before does not lose them. */
const NO_MEDIA_MS = 200

export class CallDriver {
  private readonly deps: CallDriverDeps
  private readonly calls = new Map<string, Running>()
  private readonly queue: { readonly call: string; readonly input: CallInput }[] = []
  private busy = false

  constructor(deps: CallDriverDeps) {
    this.deps = deps
  }

  /** Calls that are not over. */
  get size(): number {
    let n = 0
    for (const c of this.calls.values()) if (c.state.ended === null) n++
    return n
  }

  /** Calls in memory, those included that are over and wait for their last figures. */
  get kept(): number {
    return this.calls.size
  }

  *states(): Generator<CallState> {
    for (const c of this.calls.values()) if (c.state.ended === null) yield c.state
  }

  state(call: string): CallState | undefined {
    return this.calls.get(call)?.state
  }

  start(call: NewCall): void {
    const step = startCall(call, this.deps.world(call.revision, call.node, null))
    const running: Running = { state: step.state, timers: new Map(), farewell: null }
    this.calls.set(call.id, running)
    this.carryOut(running, null, step)
    this.drain()
  }

  legNotice(leg: string, notice: LegNotice): void {
    this.give(callOfLeg(leg), { in: 'leg', leg, notice })
  }

  mediaNotice(notice: MediaNotice): void {
    if ('id' in notice) this.give(notice.id, { in: 'media', notice })
  }

  hangUp(call: string, by: string): boolean {
    if (!this.calls.has(call)) return false
    this.give(call, { in: 'hang-up', by })
    return true
  }

  /** A call that the log has not closed; it may have ended. */
  fold(call: string, events: readonly LoggedEvent[]): CallState | null {
    let state: CallState | null = null
    for (const e of events) state = applyEvent(state, e.event, e.at, call)
    if (state === null) return null
    this.calls.set(call, { state, timers: new Map(), farewell: null })
    if (state.ended === null) this.deps.changed(null, state, true)
    return state
  }

  /** Goes on with a folded call, its legs being restored. */
  resume(call: string, awayMs: number): void {
    const running = this.calls.get(call)
    if (running && running.state.ended !== null) this.sayFarewell(running)
    else this.give(call, { in: 'recovered', process: 'switch', awayMs })
  }

  /** What a media process that has just connected shall carry. */
  sessionsOn(node: string): MediaSession[] {
    const out: MediaSession[] = []
    for (const { state } of this.calls.values()) {
      if (state.node !== node || state.ended !== null) continue
      const session = sessionOf(state)
      if (session !== null) out.push(session)
    }
    return out
  }

  /** A media process came back after a crash: every call on it says so in its story. */
  mediaReturned(node: string, awayMs: number): void {
    for (const { state } of this.calls.values())
      if (state.node === node && state.ended === null) this.give(state.id, { in: 'recovered', process: 'media', awayMs })
  }

  private give(call: string, input: CallInput): void {
    this.queue.push({ call, input })
    this.drain()
  }

  private drain(): void {
    if (this.busy) return
    this.busy = true
    try {
      for (let next = this.queue.shift(); next; next = this.queue.shift()) {
        const running = this.calls.get(next.call)
        if (!running) continue
        const before = running.state
        const step = stepCall(before, next.input, this.deps.world(before.revision, before.node, before))
        this.carryOut(running, before, step)
        if (before.ended !== null && next.input.in === 'media' && next.input.notice.is === 'figures' && next.input.notice.final)
          this.forget(running)
      }
    } finally {
      this.busy = false
    }
  }

  private carryOut(running: Running, before: CallState | null, step: CallStep): void {
    const { deps } = this
    const now = deps.clock.nowMs()
    running.state = step.state
    const { id } = step.state
    for (const event of step.events) deps.append(now, id, event)
    if (step.state !== before) deps.changed(before, step.state)
    const wasBusy = this.busy
    this.busy = true
    for (const effect of step.effects) {
      switch (effect.do) {
        case 'leg':
          deps.command(effect.leg, effect.command)
          break
        case 'media':
          deps.media(step.state.node, { op: 'put', session: effect.session })
          break
        case 'media-drop':
          deps.media(step.state.node, { op: 'drop', id })
          break
        case 'send-dtmf':
          deps.media(step.state.node, { op: 'send-dtmf', id, leg: effect.leg, digits: effect.digits })
          break
        case 'timer': {
          deps.timers.cancel(running.timers.get(effect.name))
          const name = effect.name
          running.timers.set(
            name,
            deps.timers.set(effect.at, () => this.give(id, { in: 'timer', name })),
          )
          break
        }
        case 'no-timer':
          deps.timers.cancel(running.timers.get(effect.name))
          running.timers.delete(effect.name)
          break
      }
    }
    this.busy = wasBusy
    if (step.state.ended !== null && running.farewell === null) this.sayFarewell(running)
  }

  private sayFarewell(running: Running): void {
    const hadMedia = Object.values(running.state.legs).some(l => l.media !== null)
    const at = this.deps.clock.nowMs() + (hadMedia ? FAREWELL_MS : NO_MEDIA_MS)
    running.farewell = this.deps.timers.set(at, () => this.forget(running))
  }

  private forget(running: Running): void {
    if (!this.calls.delete(running.state.id)) return
    this.deps.timers.cancel(running.farewell)
    for (const timer of running.timers.values()) this.deps.timers.cancel(timer)
    this.deps.release(running.state)
  }
}

/** Leg ids are the call's id, a hyphen and a number. */
export function callOfLeg(leg: string): string {
  return leg.slice(0, leg.lastIndexOf('-'))
}
