/** Whose turn it is: SCH-02, the simple form. One layer, hand-over weekly or daily, swaps by date. */

import { instant, zoned } from './hours.ts'
import { DAYS } from './schema/calendar-words.ts'

export interface RotaInput {
  readonly from: string
  /** 'mon 09:00' or 'daily 09:00' */
  readonly handOver: string
  readonly turns: readonly string[]
  readonly timezone: string
  /** Local date → who stands in from that day's hand-over time to the next day's. */
  readonly except: Readonly<Record<string, string>>
}

export interface Turn {
  readonly who: string
  readonly fromMs: number
  readonly untilMs: number
  readonly swapped: boolean
}

export interface Rota {
  readonly turns: readonly string[]
  /** Null before the rota begins. */
  at(ms: number): Turn | null
}

export function compileRota(input: RotaInput): Rota {
  const [day, time] = input.handOver.split(' ') as [string, string]
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
  const every = day === 'daily' ? 1 : 7
  const from = Temporal.PlainDate.from(input.from)
  const first = day === 'daily' ? from : from.add({ days: (DAYS.indexOf(day as never) + 1 - from.dayOfWeek + 7) % 7 })
  let last: Turn | null = null

  return {
    turns: input.turns,
    at(ms) {
      if (last !== null && ms >= last.fromMs && ms < last.untilMs) return last
      // The day whose hand-over was the latest one not after `ms`.
      let date = zoned(ms, input.timezone).toPlainDate()
      if (instant(date, minutes, input.timezone) > ms) date = date.subtract({ days: 1 })
      const since = first.until(date, { largestUnit: 'days' }).days
      if (since < 0) return null
      const swap = input.except[date.toString()]
      const turn = Math.floor(since / every)
      const starts = swap === undefined ? first.add({ days: turn * every }) : date
      let ends = swap === undefined ? starts.add({ days: every }) : date.add({ days: 1 })
      let begins = starts
      if (swap === undefined)
        for (let i = 0; i < every; i++) {
          const d = starts.add({ days: i })
          if (input.except[d.toString()] === undefined) continue
          if (Temporal.PlainDate.compare(d, date) < 0) begins = d.add({ days: 1 })
          else {
            ends = d
            break
          }
        }
      last = {
        who: swap ?? input.turns[turn % input.turns.length]!,
        fromMs: instant(begins, minutes, input.timezone),
        untilMs: instant(ends, minutes, input.timezone),
        swapped: swap !== undefined,
      }
      return last
    },
  }
}
