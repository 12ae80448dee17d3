/** How the places of a plan are called in its documents. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { CompiledPlan, Node } from '../compiled.ts'
import type { Say, WordKey } from './say.ts'

const formatted = new Map<string, string>()
const CACHED = 20_000

/** '+7 727 250 00 00' */
export function phoneText(e164: string): string {
  let text = formatted.get(e164)
  if (text === undefined) {
    text = e164.startsWith('+') ? (parsePhoneNumberFromString(e164)?.formatInternational() ?? e164) : e164
    if (formatted.size >= CACHED) formatted.clear()
    formatted.set(e164, text)
  }
  return text
}

export function kindOf(node: Node): WordKey {
  if (node.kind === 'person') return node.is === 'room' ? 'kind-room' : 'kind-person'
  return node.kind === 'hunt' ? `kind-${node.is}` : `kind-${node.kind}`
}

export function numberOf(node: Node): string {
  switch (node.kind) {
    case 'person':
      return node.extension
    case 'line':
    case 'outside':
      return phoneText(node.number)
    case 'end':
      return ''
    default:
      return node.number
  }
}

export function nameOf(node: Node): string {
  if (node.kind === 'line') return node.label === '' ? phoneText(node.number) : node.label
  return node.kind === 'outside' && node.person === null ? phoneText(node.number) : node.name
}

/** A person, role, e-mail address or telephone number as the plan writes it. */
export function whoText(plan: CompiledPlan, id: string): string {
  const node = plan.nodes.get(`person:${id}`) ?? plan.nodes.get(`role:${id}`) ?? plan.nodes.get(`room:${id}`)
  return node?.name ?? (/^\+\d+$/.test(id) ? phoneText(id) : id)
}

/** With whom the role is now: 'On-call (Erlan Kim, Marat Iskakov)'. */
export function roleText(plan: CompiledPlan, id: string, say: Say): string {
  const role = plan.nodes.get(`role:${id}`)
  if (role?.kind !== 'role') return whoText(plan, id)
  const people = role.rota === null ? role.holders.map(h => h.name) : (plan.rotas.get(role.rota)?.turns ?? []).map(t => whoText(plan, t))
  const names = [...new Set(people)]
  return names.length === 0 ? role.name : `${role.name} (${say.list(names)})`
}
