/** Time groups → hours; time conditions and day/night switches → routes that divide by hours. */
import { parseDays, parseSpans } from '../../schema/calendar-words.ts'
import type { Conversion } from './conversion.ts'
import type { Destinations } from './destinations.ts'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const
const LENGTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

export function nameConditions(c: Conversion): void {
  for (const row of c.table('timegroups_groups')) c.hours.set(row['id'] ?? '', c.ids.of(row['description'] ?? '', `hours-${row['id']}`))
  for (const row of c.table('timeconditions')) {
    const id = row['timeconditions_id'] ?? ''
    c.conditions.set(id, c.ids.of(`${row['displayname'] ?? ''}`, `condition-${id}`, 3))
  }
  for (const ext of switchesOf(c).keys()) c.switches.set(ext, c.ids.of(`switch ${ext}`, `switch-${ext}`))
}

export function convertConditions(c: Conversion, destinations: Destinations): void {
  timeGroups(c)
  for (const row of c.table('timeconditions')) {
    const id = row['timeconditions_id'] ?? ''
    const about = `time condition ${row['displayname'] || id}`
    let hours = c.hours.get(row['time'] ?? '')
    if (hours === undefined) {
      hours = c.ids.of(`hours of ${row['displayname'] ?? ''}`, `hours-of-${id}`, 3)
      c.draft.set('hours', hours, { daily: 'all day' }, 'decide: these came from a calendar that is not in the backup’s tables')
      c.note('decide', about, 'its hours came from a calendar and are not in the backup: say them.')
    }
    const first = destinations.of(row['truegoto'], about) ?? 'voicemail office'
    const second = destinations.of(row['falsegoto'], about) ?? 'voicemail office'
    c.draft.set('routes', c.conditions.get(id)!, { name: row['displayname'] || undefined, during: hours, to: first, otherwise: second })
  }
  daySwitches(c, destinations)
}

function timeGroups(c: Conversion): void {
  const details = c.table('timegroups_details')
  for (const row of c.table('timegroups_groups')) {
    const group = row['id'] ?? ''
    const about = `time group ${row['description'] || group}`
    const zone = c.table('timeconditions').find(t => t['time'] === group && /\w\/\w/.test(t['timezone'] ?? ''))?.['timezone']
    const read = new Calendar()
    for (const d of details)
      if (d['timegroupid'] === group && !read.add(d['time'] ?? ''))
        c.note('left-out', about, `'${d['time']}': it cannot be said as week days with hours, or as days of the year.`)
    const value = read.value()
    const empty = Object.keys(value).length === 0
    c.draft.set('hours', c.hours.get(group)!, {
      ...(empty ? { daily: 'closed' } : value),
      timezone: zone !== undefined && zone !== c.office.timezone ? zone : undefined,
    })
    if (empty) c.note('decide', about, 'it held no times that could be read: it is never open.')
  }
}

/** Asterisk's 'time|week days|days of the month|months' lines, joined into week days and days of the year. */
class Calendar {
  private readonly week = new Map<string, [number, number][]>()
  private readonly year = new Map<string, [number, number][]>()

  add(line: string): boolean {
    const [time = '*', week = '*', dom = '*', month = '*'] = line.split(/[|,]/).map(p => p.trim().toLowerCase())
    const span = time === '*' ? ([0, 1440] as const) : spanOf(time)
    const days = week === '*' ? DAYS : daysOf(week)
    if (span === null || days === null) return false
    if (dom === '*' && month === '*') {
      for (const day of days) this.put(this.week, day, span)
      return true
    }
    // A day of the year on certain week days only: nothing in the plan says that.
    if (week !== '*' || month === '*') return false
    const months = rangeOf(month, MONTHS)
    const numbers = dom === '*' ? [1, 31] : /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(dom)?.slice(1).map(Number)
    if (months === null || numbers === undefined) return false
    const from = numbers[0]!
    const to = numbers[1] === undefined || Number.isNaN(numbers[1]) ? from : numbers[1]
    for (const m of months)
      for (let d = from; d <= Math.min(to, LENGTH[m]!); d++)
        this.put(this.year, `${String(m + 1).padStart(2, '0')}-${String(d).padStart(2, '0')}`, span)
    return true
  }

  value(): Record<string, string | Record<string, string>> {
    const out: Record<string, string | Record<string, string>> = {}
    // Neighbouring days with the same hours stand together, as people write them.
    for (let i = 0; i < DAYS.length; ) {
      const spans = written(this.week.get(DAYS[i]!))
      let j = i
      while (j + 1 < DAYS.length && written(this.week.get(DAYS[j + 1]!)) === spans) j++
      if (spans !== '') out[i === j ? DAYS[i]! : `${DAYS[i]}-${DAYS[j]}`] = spans
      i = j + 1
    }
    if (this.year.size > 0) out['except'] = Object.fromEntries([...this.year].sort().map(([day, spans]) => [day, written(spans)]))
    return out
  }

  private put(where: Map<string, [number, number][]>, day: string, span: readonly [number, number]): void {
    where.set(day, [...(where.get(day) ?? []), [...span]])
  }
}

/** Spans in order, those that touch or overlap made one: '09:00-13:00, 14:00-18:00'. */
function written(spans: readonly (readonly [number, number])[] | undefined): string {
  const joined: [number, number][] = []
  for (const [from, to] of [...(spans ?? [])].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  if (joined.length === 1 && joined[0]![0] === 0 && joined[0]![1] >= 1440) return 'all day'
  return joined.map(([from, to]) => `${clock(from)}-${clock(to > 1440 ? to - 1440 : to)}`).join(', ')
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

function spanOf(text: string): readonly [number, number] | null {
  const padded = text.replace(/\b(\d):/g, '0$1:')
  const spans = parseSpans(padded)
  return spans === null || spans.length !== 1 ? null : [spans[0]!.from, spans[0]!.to]
}

/** 'mon-fri', 'sat', 'mon&wed' */
function daysOf(text: string): readonly (typeof DAYS)[number][] | null {
  const found = parseDays(text.replaceAll('&', ','))
  return found === null ? null : found.map(d => DAYS[d]!)
}

function rangeOf(text: string, names: readonly string[]): readonly number[] | null {
  const [a, b] = text.split('-')
  const first = names.indexOf(a ?? '')
  const last = b === undefined ? first : names.indexOf(b)
  if (first < 0 || last < 0) return null
  return Array.from({ length: ((last - first + 12) % 12) + 1 }, (_, i) => (first + i) % 12)
}

/** A call flow control has a way by day and one by night; somebody switches between them by hand. */
function switchesOf(c: Conversion): ReadonlyMap<string, { day: string; night: string; name: string }> {
  const out = new Map<string, { day: string; night: string; name: string }>()
  for (const row of c.table('daynight')) {
    const ext = row['ext'] ?? ''
    const entry = out.get(ext) ?? { day: '', night: '', name: '' }
    if (row['dmode'] === 'day') entry.day = row['dest'] ?? ''
    if (row['dmode'] === 'night') entry.night = row['dest'] ?? ''
    if (row['dmode'] === 'fc_description') entry.name = row['dest'] ?? ''
    out.set(ext, entry)
  }
  return out
}

function daySwitches(c: Conversion, destinations: Destinations): void {
  for (const [ext, { day, night, name }] of switchesOf(c)) {
    const about = `call flow control ${name || ext}`
    const hours = c.ids.of(`by hand ${ext}`, `by-hand-${ext}`, 3)
    c.draft.set('hours', hours, { daily: 'all day' }, 'opened and closed by hand: an override of these hours')
    c.draft.set('routes', c.switches.get(ext)!, {
      name: name || undefined,
      during: hours,
      to: destinations.of(day, about) ?? 'voicemail office',
      otherwise: destinations.of(night, about) ?? 'voicemail office',
    })
    c.note('changed', about, `it was switched by *28${ext}: now somebody opens and closes the hours '${hours}' by hand.`)
  }
}
