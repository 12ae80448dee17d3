/** Plays one transaction machine against virtual time: what it sent when, what it told, which timers it still has. */
import type { Effect, Step, TimerName } from './machine.ts'

export class Bench<State extends { readonly name: string }, Input> {
  state: State
  now = 0
  readonly sentAt: number[] = []
  readonly told: string[] = []
  readonly timers = new Map<TimerName, number>()
  private readonly step: (s: State, input: Input) => Step<State>
  private readonly timerInput: (timer: TimerName) => Input

  constructor(first: Step<State>, step: (s: State, input: Input) => Step<State>, timerInput: (timer: TimerName) => Input) {
    this.state = first.state
    this.step = step
    this.timerInput = timerInput
    for (const e of first.effects) this.run(e)
  }

  feed(input: Input): void {
    const done = this.step(this.state, input)
    this.state = done.state
    for (const e of done.effects) this.run(e)
    if (this.state.name === 'terminated') this.timers.clear()
  }

  advance(ms: number): void {
    const end = this.now + ms
    for (;;) {
      let next: TimerName | null = null
      for (const [name, at] of this.timers) if (at <= end && (next === null || at < this.timers.get(next)!)) next = name
      if (next === null) break
      this.now = this.timers.get(next)!
      this.timers.delete(next)
      this.feed(this.timerInput(next))
    }
    this.now = end
  }

  private run(e: Effect): void {
    switch (e.do) {
      case 'send':
        this.sentAt.push(this.now)
        break
      case 'start':
        this.timers.set(e.timer, this.now + e.ms)
        break
      case 'stop':
        this.timers.delete(e.timer)
        break
      case 'deliver':
        this.told.push(String(e.response.status))
        break
      case 'report':
        this.told.push(e.what)
        break
      case 'ack':
        this.told.push('ack')
        break
      case 'send-trying':
        this.told.push('trying')
        break
      default:
    }
  }
}
