/** One step of a call while it is being worked out: the state so far, the events that led there, and what shall be done. */
import type { MediaSession } from '../media/protocol.ts'
import type { LegCommand } from '../sip/leg.ts'
import { applyEvent, type CallState, type Leg } from './call-state.ts'
import type { CallEvent } from './events.ts'
import type { CallWorld } from './world.ts'

export type TimerName = 'hunt' | 'attempt' | 'silence' | 'voicemail' | 'menu' | 'accept' | 'linger'

export type CallEffect =
  | { readonly do: 'leg'; readonly leg: string; readonly command: LegCommand }
  /** State the session anew. */
  | { readonly do: 'media'; readonly session: MediaSession }
  | { readonly do: 'media-drop' }
  | { readonly do: 'send-dtmf'; readonly leg: string; readonly digits: string }
  /** Replaces a timer of the same name. */
  | { readonly do: 'timer'; readonly name: TimerName; readonly at: number }
  | { readonly do: 'no-timer'; readonly name: TimerName }

export class Turn {
  state: CallState
  readonly world: CallWorld
  readonly events: CallEvent[] = []
  readonly effects: CallEffect[] = []

  constructor(state: CallState, world: CallWorld) {
    this.state = state
    this.world = world
  }

  emit(event: CallEvent): void {
    this.events.push(event)
    this.state = applyEvent(this.state, event, this.world.nowMs, this.state.id)
  }

  tell(leg: string, command: LegCommand): void {
    this.effects.push({ do: 'leg', leg, command })
  }

  timer(name: TimerName, at: number): void {
    this.effects.push({ do: 'timer', name, at })
  }

  noTimer(name: TimerName): void {
    this.effects.push({ do: 'no-timer', name })
  }

  get caller(): Leg {
    return this.state.legs[this.state.caller]!
  }

  leg(id: string): Leg | undefined {
    return this.state.legs[id]
  }
}
