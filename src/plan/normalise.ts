/**
 * Dialled and calling numbers, read once at the edge of the exchange: OUT-04.
 * Emergency numbers, short codes and extensions are looked up before any library sees the digits (a library reads 112 in
 * Kazakhstan as +7112). Everything behind this file has E.164 numbers or inside numbers, never "as typed".
 */
import type { CountryCode, NumberType } from 'libphonenumber-js/max'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { type E164, e164 } from '../kernel/e164.ts'
import type { CallClass } from './schema/call-classes.ts'

/** How numbers are dialled at one place. */
export interface DiallingHabit {
  readonly country: string
  /** Area code that local numbers leave out, '' when unknown. */
  readonly area: string
}

export interface OutsideNumber {
  readonly e164: E164
  readonly class: CallClass
  /** What follows 'доб.', 'ext.' or ','; to be sent as digits after the answer. */
  readonly extension: string
  /** False when no such number can exist; it is still dialled if the plan's rules let it out. */
  readonly valid: boolean
}

const cache = new Map<string, OutsideNumber | null>()
const CACHED = 20_000

/** A number of the outside world as dialled or announced at a place → E.164 and what kind of call it is. Null: not a telephone number. */
export function outsideNumber(dialled: string, habit: DiallingHabit): OutsideNumber | null {
  const key = `${habit.country}${habit.area}|${dialled}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const read = readOutside(dialled, habit)
  if (cache.size >= CACHED) cache.clear()
  cache.set(key, read)
  return read
}

function readOutside(dialled: string, habit: DiallingHabit): OutsideNumber | null {
  if (dialled.length > 60) return null
  const { main, extension } = apart(dialled)
  const digits = onlyDigits(main)
  if (digits === '' || digits === '+' || /[^+\d\s().\-/]/.test(main)) return null
  const plus = toPlus(digits, habit)
  const parsed = parsePhoneNumberFromString(plus, habit.country as CountryCode)
  if (parsed === undefined) return null
  const number = e164(parsed.number)
  if (number === null || !parsed.isPossible()) return null
  const home =
    parsed.country === habit.country || (parsed.country === undefined && parsed.countryCallingCode === callingCode(habit.country))
  return {
    e164: number,
    class: classOf(parsed.getType(), home, parsed.nationalNumber, habit),
    extension: parsed.ext ?? extension,
    valid: parsed.isValid(),
  }
}

/** Brings the habits that the library does not know into a form that it does. */
function toPlus(digits: string, habit: DiallingHabit): string {
  if (digits.startsWith('+')) return digits
  const zone7 = habit.country === 'KZ' || habit.country === 'RU'
  if (zone7) {
    if (digits.startsWith('810') && digits.length > 9) return '+' + digits.slice(3)
    if (digits.startsWith('00') && digits.length > 9) return '+' + digits.slice(2)
    if (digits.length === 11 && (digits.startsWith('8') || digits.startsWith('7'))) return '+7' + digits.slice(1)
    if (digits.length === 10) return '+7' + digits
    if (habit.area !== '' && habit.area.length + digits.length === 10) return '+7' + habit.area + digits
    return digits
  }
  if (digits.startsWith('00')) return '+' + digits.slice(2)
  if (habit.area !== '' && !digits.startsWith('0') && digits.length >= 5 && digits.length <= 8) {
    const local =
      parsePhoneNumberFromString(habit.area + digits, habit.country as CountryCode) ??
      parsePhoneNumberFromString('0' + habit.area + digits, habit.country as CountryCode)
    if (local?.isValid()) return local.number
  }
  return digits
}

const MORE = /\s*(?:доб\.?|вн\.?|ішкі|ext\.?|x|,|;|;ext=)\s*(\d{1,8})\s*$/iu

function apart(dialled: string): { readonly main: string; readonly extension: string } {
  const m = MORE.exec(dialled)
  return m === null ? { main: dialled, extension: '' } : { main: dialled.slice(0, m.index), extension: m[1]! }
}

/** Digits, and '+' where it leads. */
function onlyDigits(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c >= 48 && c <= 57) out += text[i]
    else if (c === 43 && out === '') out = '+'
  }
  return out
}

const callingCodes = new Map<string, string>()
function callingCode(country: string): string {
  let code = callingCodes.get(country)
  if (code === undefined) {
    code = parsePhoneNumberFromString('2000000000', country as CountryCode)?.countryCallingCode ?? ''
    callingCodes.set(country, code)
  }
  return code
}

function classOf(type: NumberType | undefined, home: boolean, national: string, habit: DiallingHabit): CallClass {
  if (type === 'PREMIUM_RATE' || type === 'SHARED_COST') return 'premium'
  if (!home && type !== 'TOLL_FREE') return 'international'
  if (type === 'MOBILE' || type === 'PAGER') return 'mobile'
  if (habit.area !== '' && national.startsWith(habit.area)) return 'local'
  return 'national'
}

/** What someone inside dialled, spaces and dots removed: the form in which inside numbers and codes are looked up. */
export function insideForm(dialled: string): string {
  let clean = true
  for (let i = 0; i < dialled.length && clean; i++) {
    const c = dialled.charCodeAt(i)
    clean = (c >= 48 && c <= 57) || c === 42 || c === 35
  }
  return clean ? dialled : dialled.replace(/[\s().-]/g, '')
}

/** Numbers that may stand for "withheld" in From and P-Asserted-Identity. */
export function isWithheld(number: string | null): boolean {
  return number === null || number === '' || /^(anonymous|restricted|unknown|unavailable|private|withheld)$/i.test(number)
}

/** E.164 → what a provider wants to see dialled. `country` is the trunk's own. */
export function asDialled(number: E164, form: '+e164' | 'e164' | 'national', country: string): string {
  if (form === '+e164') return number
  if (form === 'e164') return number.slice(1)
  if (country === 'KZ' || country === 'RU') return number.startsWith('+7') ? '8' + number.slice(2) : '810' + number.slice(1)
  const parsed = parsePhoneNumberFromString(number)
  if (parsed?.country === country) return parsed.formatNational().replace(/\D/g, '')
  return '00' + number.slice(1)
}

/** The emergency numbers of a country, where the plan names none. */
export function emergencyNumbersOf(country: string): readonly string[] {
  return EMERGENCY[country] ?? ['112']
}

const EMERGENCY: Readonly<Record<string, readonly string[]>> = {
  KZ: ['112', '101', '102', '103', '104'],
  RU: ['112', '101', '102', '103', '104'],
  KG: ['112', '101', '102', '103'],
  UZ: ['112', '101', '102', '103'],
  UA: ['112', '101', '102', '103', '104'],
  BY: ['112', '101', '102', '103'],
  US: ['911'],
  CA: ['911'],
  GB: ['999', '112'],
  IE: ['999', '112'],
  AU: ['000', '112'],
  NZ: ['111'],
  CH: ['112', '117', '118', '144'],
  JP: ['110', '119'],
  CN: ['110', '119', '120'],
  IN: ['112', '100', '101', '102'],
}
