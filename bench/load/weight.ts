/**
 * Weighs a bench's processes above the rest of the machine, so that somebody else's work shows less in the figures. Linux only, and only for who
 * may: elsewhere nothing happens. What our processes weigh among themselves stays as it is.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** The load generator of the tool. */
const GENERATOR = 'sipload'
const ABOVE = 20

/** Until `stop`: the exchange's processes, those that come in place of one of them, and the load generator. */
export function weighAbove(exchange: () => readonly number[]): { stop(): void } {
  const done = new Set<number>()
  const look = (): void => {
    for (const pid of [...exchange(), ...generators()]) {
      if (done.has(pid)) continue
      done.add(pid)
      raise(pid)
    }
  }
  look()
  const timer = setInterval(look, 200)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

/** Linux weighs sessions before it weighs the processes within one: /proc/PID/autogroup. */
function raise(pid: number): void {
  try {
    const path = `/proc/${pid}/autogroup`
    const now = Number(/nice (-?\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0)
    writeFileSync(path, String(Math.max(-20, now - ABOVE)))
  } catch {
    // not here, not allowed, or it has ended: then as equals
  }
}

function generators(): number[] {
  try {
    return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) && commandOf(name) === GENERATOR ? [Number(name)] : []))
  } catch {
    return []
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
