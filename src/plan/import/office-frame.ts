/** What every imported plan has around its people and calls: the office, its ranges, a box for what nobody took. */
import { emergencyNumbersOf } from '../normalise.ts'
import type { Language } from '../schema/scalars.ts'
import type { Draft, DraftValue } from './draft.ts'

export interface OfficeFacts {
  readonly name: string
  /** ISO 3166. */
  readonly country: string
  readonly timezone: string
  readonly languages: readonly Language[]
  /** Area code that local numbers leave out, '' when unknown. */
  readonly area: string
}

/** The order in which a plan's sections are read most easily. */
export const SECTIONS = [
  'office',
  'sites',
  'numbering',
  'defaults',
  'people',
  'devices',
  'departments',
  'roles',
  'hours',
  'rotas',
  'callers',
  'lines',
  'menus',
  'queues',
  'groups',
  'routes',
  'services',
  'voicemail',
  'trunks',
  'outgoing',
  'outage',
  'access',
]

export function writeOffice(draft: Draft, office: OfficeFacts, owner: string, shows: string | null): void {
  draft.set('office', 'name', office.name)
  draft.set('office', 'country', office.country)
  draft.set('office', 'timezone', office.timezone)
  draft.set('office', 'languages', office.languages)
  if (office.area !== '') draft.set('office', 'area', office.area)
  draft.set('office', 'owner', owner, 'decide: who is answerable for this plan, and who approves its changes')
  draft.set('office', 'approvers', [owner])
  if (shows !== null) draft.set('office', 'shows', shows)
}

/** Calls leave by every trunk in order, dear ones only for those with the right or for those named: what an import cannot know better. */
export function writeOutgoing(draft: Draft, trunks: readonly string[], abroad: 'allowed' | readonly string[]): void {
  draft.remark('outgoing', 'decide: which calls leave by which trunk, and who may call abroad')
  draft.set('outgoing', 'rules', [
    { calls: 'emergency', by: 'any' },
    { calls: ['local', 'national', 'mobile'], who: 'everyone', by: trunks },
    { calls: 'international', who: abroad, by: trunks.slice(0, 1), guard: { 'per-day': '60min', 'at-once': 2 } },
  ])
}

/** With one trunk, what happens when it fails has to be said. */
export function writeOutage(draft: Draft, trunks: readonly string[]): void {
  if (trunks.length !== 1) return
  const remark = 'decide: a second trunk, or what else happens when the only one fails'
  // biome-ignore lint/suspicious/noThenProperty: a word of the plan language; never awaited
  draft.add('outage', { if: 'all trunks down', then: 'calls out refused with all-lines-busy', confirm: 'nobody' }, remark)
}

/** Ranges around the numbers in use, by the ten; emergency numbers lie in none of them. */
export function rangesFor(uses: ReadonlyMap<string, readonly string[]>, country: string): { readonly [range: string]: DraftValue } {
  const emergency = new Set(emergencyNumbersOf(country))
  const use = new Map<string, string>()
  for (const [kind, numbers] of uses) for (const number of numbers) if (/^\d{2,8}$/.test(number)) use.set(number, kind)
  const out: Record<string, DraftValue> = {}
  let from = ''
  let to = ''
  let kind = ''
  const close = (): void => {
    if (from !== '') out[from === to ? from : `${from}-${to}`] = { for: kind }
    from = ''
  }
  const byLength = [...use.keys()].sort((a, b) => a.length - b.length || Number(a) - Number(b))
  for (const number of byLength) {
    const gap = from !== '' && (number.length !== to.length || use.get(number) !== kind || between(to, number).some(n => emergency.has(n)))
    if (from === '' || gap || Number(number) - Number(to) > 100) {
      close()
      from = number
      kind = use.get(number)!
    }
    to = number
  }
  close()
  return out
}

function between(a: string, b: string): string[] {
  const count = Number(b) - Number(a)
  return count > 200 ? [] : Array.from({ length: count }, (_, i) => String(Number(a) + i).padStart(a.length, '0'))
}
