/** Every number that can be dialled inside, who has it, and whether the numbering plan holds together: NUM-01 … NUM-04, NUM-09. */
import type { NodeKey, Range } from '../compiled.ts'
import { emergencyNumbersOf } from '../normalise.ts'
import type { RangeUse } from '../schema/office.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'
import type { Workbench } from './workbench.ts'

export interface Numbers {
  readonly dial: Map<string, NodeKey>
  readonly emergency: ReadonlySet<string>
  readonly ranges: readonly Range[]
}

interface Holder {
  readonly key: NodeKey
  readonly path: Path
}

export function compileNumbers(bench: Workbench): Numbers {
  const ranges = readRanges(bench)
  const dial = new Map<string, NodeKey>()
  const holders = new Map<string, Holder>()
  const emergency = new Set(bench.plan.numbering.emergency?.numbers ?? emergencyNumbersOf(bench.plan.office.country))

  const take = (number: string | undefined, key: NodeKey, path: Path, uses: readonly RangeUse[]): void => {
    if (number === undefined) return
    const other = holders.get(number)
    if (other !== undefined) {
      const place = bench.source.place(other.path)
      bench.problem(
        'duplicate-number',
        path,
        `${number} is already the number of ${other.path.slice(0, 2).join('.')} (line ${place.line}).`,
        'Give one of them another number.',
      )
      return
    }
    if (emergency.has(number)) {
      bench.problem(
        'emergency-shadowed',
        path,
        `${number} is an emergency number: it can never be an inside number.`,
        'Choose another number.',
      )
      return
    }
    holders.set(number, { key, path })
    dial.set(number, key)
    inRange(bench, ranges, number, uses, path)
  }

  for (const [id, person] of Object.entries(bench.plan.people))
    take(person.extension, `person:${id}`, ['people', id, 'extension'], ['people'])
  for (const [id, device] of Object.entries(bench.plan.devices))
    if (device.person === undefined) take(device.extension, `room:${id}`, ['devices', id, 'extension'], ['rooms', 'people'])
  for (const [id, role] of Object.entries(bench.plan.roles)) take(role.number, `role:${id}`, ['roles', id, 'number'], ['roles'])
  for (const [id, group] of Object.entries(bench.plan.groups)) take(group.number, `group:${id}`, ['groups', id, 'number'], ['groups'])
  for (const [id, queue] of Object.entries(bench.plan.queues)) take(queue.number, `queue:${id}`, ['queues', id, 'number'], ['queues'])
  for (const [id, menu] of Object.entries(bench.plan.menus)) take(menu.number, `menu:${id}`, ['menus', id, 'number'], ['menus', 'services'])
  for (const [id, route] of Object.entries(bench.plan.routes))
    take(route.number, `route:${id}`, ['routes', id, 'number'], ['services', 'menus'])
  for (const [id, box] of Object.entries(bench.plan.voicemail))
    take(box.number, `voicemail:${id}`, ['voicemail', id, 'number'], ['voicemail', 'services'])
  for (const [id, service] of Object.entries(bench.plan.services))
    take(service.number, `service:${id}`, ['services', id, 'number'], ['services'])
  emergencyIsFree(bench, ranges, emergency)
  prefixesAreClear(bench, holders)
  return { dial, emergency, ranges }
}

/** Short codes lead to names, so they are resolved after the names are known. */
export function compileShortCodes(bench: Workbench, numbers: Numbers, names: Names): void {
  for (const [code, to] of Object.entries(bench.plan.numbering['short-codes'])) {
    const path = ['numbering', 'short-codes', code]
    if (numbers.emergency.has(code)) {
      bench.problem(
        'emergency-shadowed',
        path,
        `${code} is an emergency number: it can never be a short code.`,
        'Choose another code.',
        'error',
        true,
      )
      continue
    }
    const holder = numbers.dial.get(code)
    if (holder !== undefined) {
      bench.problem(
        'short-code-shadowed',
        path,
        `The short code ${code} is also the number of ${holder.replace(':', ' ')}: only one of them would ever be reached.`,
        'Choose another code.',
        'error',
        true,
      )
      continue
    }
    const range = numbers.ranges.find(r => within(r, code))
    if (range !== undefined)
      bench.problem(
        'short-code-shadowed',
        path,
        `The short code ${code} lies in the range ${range.key}.`,
        'Choose a code outside the ranges.',
        'error',
        true,
      )
    const begins = [...numbers.emergency].filter(number => number.startsWith(code))
    if (begins.length > 0)
      bench.problem(
        'ambiguous-prefix',
        path,
        `Emergency numbers begin with the short code ${code} (${begins.join(', ')}): a phone that sends digits as they are pressed would ring ${code}.`,
        'Phones must send the number whole; better choose another code.',
        'warning',
        true,
      )
    const key = names.resolve(to, path)
    if (key !== null) numbers.dial.set(code, key)
  }
}

function readRanges(bench: Workbench): Range[] {
  const ranges: Range[] = []
  for (const [key, value] of Object.entries(bench.plan.numbering.ranges)) {
    const path = ['numbering', 'ranges', key]
    const [a, b = a] = key.split('-') as [string, string?]
    if (a.length !== b.length || Number(a) > Number(b)) {
      bench.problem(
        'bad-range',
        path,
        `The range ${key} does not run upwards between numbers of one length.`,
        'Write the lower number first, both with the same count of digits.',
        'error',
        true,
      )
      continue
    }
    const range: Range = {
      key,
      first: Number(a),
      last: Number(b),
      digits: a.length,
      use: value.for ?? null,
      reserved: value.reserved ?? null,
      site: value.site ?? null,
      owner: value.owner ?? null,
      place: bench.source.keyPlace(path),
    }
    for (const other of ranges) {
      if (other.digits === range.digits && range.first <= other.last && other.first <= range.last)
        bench.problem(
          'overlapping-ranges',
          path,
          `The range ${key} overlaps ${other.key} (line ${other.place.line}).`,
          'Let every number lie in one range only.',
          'error',
          true,
        )
      else if (other.digits !== range.digits && beginsIn(other, range))
        bench.problem(
          'ambiguous-prefix',
          path,
          `Numbers of the range ${key} begin like numbers of ${other.key} (line ${other.place.line}): nobody could tell when dialling ends.`,
          'Let ranges of different length begin with different digits.',
          'error',
          true,
        )
    }
    if (value.site !== undefined) bench.known(value.site, bench.plan.sites, 'site', [...path, 'site'])
    for (const who of ['owner', 'approver'] as const)
      if (value[who] !== undefined) bench.known(value[who], [bench.plan.people, bench.plan.roles], 'person or role', [...path, who])
    ranges.push(range)
  }
  return ranges
}

/** Whether some number of the longer range begins with a number of the shorter one. */
function beginsIn(a: Range, b: Range): boolean {
  const [short, long] = a.digits < b.digits ? [a, b] : [b, a]
  const unit = 10 ** (long.digits - short.digits)
  return Math.floor(long.first / unit) <= short.last && short.first <= Math.floor(long.last / unit)
}

export function within(range: Range, number: string): boolean {
  if (number.length !== range.digits) return false
  const n = Number(number)
  return n >= range.first && n <= range.last
}

function inRange(bench: Workbench, ranges: readonly Range[], number: string, uses: readonly RangeUse[], path: Path): void {
  // A range that does not read is a problem of its own; what lies in it cannot be judged.
  if (ranges.length === 0 || ranges.length < Object.keys(bench.plan.numbering.ranges).length || /[*#]/.test(number)) return
  const range = ranges.find(r => within(r, number))
  const fitting = ranges.filter(r => r.use !== null && (uses as readonly string[]).includes(r.use)).map(r => r.key)
  const remedy = fitting.length > 0 ? `Ranges for ${uses[0]}: ${fitting.join(', ')}.` : `Add a range 'for: ${uses[0]}'.`
  if (range === undefined) bench.problem('out-of-range', path, `${number} lies in no range of the numbering plan.`, remedy)
  else if (range.reserved !== null)
    bench.problem('out-of-range', path, `${number} lies in ${range.key}, which is reserved: ${range.reserved}.`, remedy)
  else if (!(uses as readonly (string | null)[]).includes(range.use))
    bench.problem('wrong-kind', path, `${number} lies in ${range.key}, which is for ${range.use}, not for ${uses[0]}.`, remedy)
}

function emergencyIsFree(bench: Workbench, ranges: readonly Range[], emergency: ReadonlySet<string>): void {
  const prefix = bench.plan.numbering['outside-prefix']
  for (const number of emergency) {
    const range = ranges.find(r => within(r, number))
    const path = bench.plan.numbering.emergency === undefined ? ['numbering', 'ranges', range?.key ?? ''] : ['numbering', 'emergency']
    if (range !== undefined)
      bench.problem(
        'emergency-shadowed',
        path,
        `The emergency number ${number} lies in the range ${range.key}.`,
        'Move the range.',
        'error',
        bench.plan.numbering.emergency === undefined,
      )
  }
  if (prefix !== undefined)
    for (const range of ranges)
      if (
        String(range.first).padStart(range.digits, '0').startsWith(prefix) ||
        String(range.last).padStart(range.digits, '0').startsWith(prefix)
      )
        bench.problem(
          'ambiguous-prefix',
          ['numbering', 'outside-prefix'],
          `The range ${range.key} begins with the outside prefix ${prefix}.`,
          'Choose another prefix or move the range.',
        )
}

/** An inside number that begins another one can only be told from it by waiting. */
function prefixesAreClear(bench: Workbench, holders: ReadonlyMap<string, Holder>): void {
  for (const [number, holder] of holders)
    for (let n = 1; n < number.length; n++) {
      const shorter = holders.get(number.slice(0, n))
      if (shorter !== undefined)
        bench.problem(
          'ambiguous-prefix',
          holder.path,
          `${number} begins with ${number.slice(0, n)}, the number of ${shorter.path.slice(0, 2).join('.')}: a phone that sends digits as they are pressed would ring that one.`,
          'Use numbers of one length, or codes that begin with *.',
        )
    }
}
