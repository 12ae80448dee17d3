/**
 * Which trunks an outbound dial plan would choose for a number: patterns of Asterisk (X, Z, N, [1-5], '.', '!') with FreePBX's parts:
 * prefix (dialled and dropped), match, and caller. The old plan is not copied: it is asked about typical numbers of every class.
 */
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { outsideNumber } from '../../normalise.ts'
import type { CallClass } from '../../schema/call-classes.ts'
import type { OfficeFacts } from '../office-frame.ts'

export interface DialPattern {
  readonly prefix: string
  readonly match: string
  readonly caller: string
}

/** Whether dialling `number` is met by the pattern, for a caller of whom nothing is asked. */
export function dialled(pattern: DialPattern, number: string): boolean {
  return pattern.caller === '' && patternForm(pattern.prefix + pattern.match)?.test(number) === true
}

const SETS: Readonly<Record<string, string>> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]', '.': '.+', '!': '.*' }

/** Null when the pattern is none. */
function patternForm(pattern: string): RegExp | null {
  let out = '^'
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    const set = SETS[c.toUpperCase()]
    if (c === '[') {
      const end = pattern.indexOf(']', i)
      const inside = pattern.slice(i + 1, end)
      if (end < 0 || !/^[\d-]+$/.test(inside) || (/(\d)-(\d)/.test(inside) === false && inside.includes('-'))) return null
      if ([...inside.matchAll(/(\d)-(\d)/g)].some(m => m[1]! > m[2]!)) return null
      out += `[${inside}]`
      i = end
    } else if (set !== undefined) out += set
    else if (/[\d*#]/.test(c)) out += c === '*' ? '\\*' : c
    else if (c === '+') out += '\\+'
    else if (c !== '_' && c !== '-' && c !== ' ') return null
  }
  return new RegExp(`${out}$`)
}

/** Numbers of each class as people of that country dial them. */
export function typicalNumbers(office: OfficeFacts): ReadonlyMap<CallClass, readonly string[]> {
  const out = new Map<CallClass, string[]>()
  const habit = { country: office.country, area: office.area }
  const add = (forms: readonly string[], abroad = false): void => {
    for (const form of forms) {
      const read = outsideNumber(form, habit)
      // An area of another country that shares the code (Moscow seen from Almaty) says nothing of calls abroad.
      if (read === null || (read.class === 'international') !== abroad) continue
      const list = out.get(read.class) ?? []
      if (!list.includes(form)) list.push(form)
      out.set(read.class, list)
    }
  }
  const example = getExampleNumber(office.country as CountryCode, examples)
  if (example === undefined) return out
  const mobile = example.nationalNumber as string
  const code = example.countryCallingCode as string
  add(formsOf(mobile, code, office.country))
  const fixedLength = mobile.length
  for (const area of [office.area, ...AREAS]) {
    if (area === '' || area.length >= fixedLength) continue
    for (const rest of ['2345678901', '3334455667']) {
      const national = (area + rest).slice(0, fixedLength)
      add(formsOf(national, code, office.country))
      if (area === office.area) add([national.slice(area.length)])
    }
  }
  const abroad = office.country === 'DE' ? '441212345678' : '493012345678'
  add(
    office.country === 'KZ' || office.country === 'RU'
      ? [`810${abroad}`, `00${abroad}`, `+${abroad}`]
      : [`00${abroad}`, `011${abroad}`, `+${abroad}`],
    true,
  )
  return out
}

/** Areas of several countries: those that mean nothing in the office's own are passed over by the library. */
const AREAS = ['7172', '7212', '495', '812', '30', '89', '20', '121', '212', '310', '22', '12', '1', '2']

function formsOf(national: string, code: string, country: string): readonly string[] {
  const full = code + national
  if (country === 'KZ' || country === 'RU') return [`8${national}`, full, `+${full}`, national]
  return [`0${national}`, national, full, `+${full}`, `1${national}`]
}
