/** The running timers of one owner by name: two or three at a time, so a short list beats a map. */
import type { DelayTimer, DelayTimers, TimerOwner } from './delay-timers.ts'

export class NamedTimers<Name extends string> {
  private readonly timers: DelayTimers
  private readonly owner: TimerOwner<Name>
  private running: DelayTimer<Name>[] | null = null

  constructor(timers: DelayTimers, owner: TimerOwner<Name>) {
    this.timers = timers
    this.owner = owner
  }

  start(name: Name, ms: number): void {
    this.stop(name)
    const timer = this.timers.start(ms, name, this.owner)
    if (this.running === null) this.running = [timer]
    else this.running.push(timer)
  }

  stop(name: Name): void {
    const at = this.find(name)
    if (at < 0) return
    this.timers.stop(this.running![at]!)
    this.forget(at)
  }

  /** The owner says that this one has just fired. */
  fired(name: Name): void {
    const at = this.find(name)
    if (at >= 0) this.forget(at)
  }

  clear(): void {
    if (this.running) for (const timer of this.running) this.timers.stop(timer)
    this.running = null
  }

  private find(name: Name): number {
    const list = this.running
    if (list) for (let i = 0; i < list.length; i++) if (list[i]!.name === name) return i
    return -1
  }

  private forget(at: number): void {
    const list = this.running!
    const last = list.pop()!
    if (at < list.length) list[at] = last
  }
}
