/** Clock times and days in the office's time zone: two people reading the same call over the telephone must see the same time. */
export interface Moments {
  /** `14:03:22` */
  clock(at: number): string
  /** `14:03` */
  shortClock(at: number): string
  /** `today`, `yesterday` or `22 Nov 2026`, in the reader's language. */
  day(at: number): string
  /** Day and short clock. */
  full(at: number): string
}

export interface DayWords {
  readonly today: string
  readonly yesterday: string
}

export function momentsIn(language: string, timeZone: string, now: () => number, words: DayWords): Moments {
  const zone = knownZone(timeZone)
  // Some browsers come without Kazakh: figures in the order of the country are then better than English months.
  const known = Intl.DateTimeFormat.supportedLocalesOf(language).length > 0
  const locale = known ? language : 'ru'
  const clock = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const shortClock = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, day: 'numeric', month: known ? 'short' : '2-digit', year: 'numeric' })
  const days = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const dayNumber = (at: number) => Date.parse(days.format(at)) / 86_400_000
  const dayOf = (at: number) => {
    const back = dayNumber(at) - dayNumber(now())
    return back === 0 ? words.today : back === -1 ? words.yesterday : day.format(at)
  }
  return {
    clock: at => clock.format(at),
    shortClock: at => shortClock.format(at),
    day: dayOf,
    full: at => `${dayOf(at)}, ${shortClock.format(at)}`,
  }
}

/** First and last moment of the day written in an `<input type="date">`, in the office's time zone. */
export function dayBounds(isoDay: string, timeZone: string): { readonly fromAt: number; readonly toAt: number } | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(isoDay)) return null
  const midnight = Date.parse(`${isoDay}T00:00:00Z`)
  if (Number.isNaN(midnight)) return null
  return { fromAt: localToEpoch(midnight, timeZone), toAt: localToEpoch(midnight + 86_400_000, timeZone) - 1 }
}

/** The moment at which clocks in `timeZone` show what a UTC clock shows at `wallAt`. Two rounds settle changes of summer time. */
function localToEpoch(wallAt: number, timeZone: string): number {
  let at = wallAt - offsetMs(wallAt, timeZone)
  at = wallAt - offsetMs(at, timeZone)
  return at
}

function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: knownZone(timeZone),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find(part => part.type === type)?.value ?? 0)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(at / 1000) * 1000
}

/** A browser older than the office's zone name falls back to its own zone instead of failing. */
function knownZone(timeZone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return timeZone
  } catch {
    return undefined
  }
}
