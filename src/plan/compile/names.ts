/**
 * Names that a call can be sent to. One word means one thing: a group and a queue may not share a name.
 * A department's name stands for all its people, unless a person, group or the like has taken the word.
 */
import { e164 } from '../../kernel/e164.ts'
import type { NodeKey } from '../compiled.ts'
import { outsideNumber } from '../normalise.ts'
import { didYouMean } from '../problem.ts'
import type { Path } from '../source.ts'
import type { Workbench } from './workbench.ts'

const SECTIONS = [
  ['people', 'person'],
  ['roles', 'role'],
  ['groups', 'group'],
  ['queues', 'queue'],
  ['menus', 'menu'],
  ['routes', 'route'],
  ['services', 'service'],
] as const

const ENDS = ['hang-up', 'busy'] as const

export class Names {
  private readonly bench: Workbench
  private readonly keys = new Map<string, NodeKey>()
  /** Inside number → node; filled by `numbers.ts` before anything is resolved. */
  dial: ReadonlyMap<string, NodeKey> = new Map()
  /** Outside numbers that destinations name, to become nodes. */
  readonly outside = new Map<NodeKey, { readonly number: string; readonly path: Path }>()
  /** People whose mobiles destinations name. */
  readonly mobiles = new Map<NodeKey, { readonly person: string; readonly path: Path }>()
  /** Departments used as destinations. */
  readonly departments = new Set<string>()

  constructor(bench: Workbench) {
    this.bench = bench
    const { plan } = bench
    const section = new Map<string, string>()
    for (const [name, kind] of SECTIONS)
      for (const id of Object.keys(plan[name])) {
        const taken = section.get(id)
        if (taken !== undefined) {
          bench.problem(
            'ambiguous-name',
            [name, id],
            `'${id}' is also the name of one of the ${taken}: a call could not tell which is meant.`,
            'Rename one of the two.',
            'error',
            true,
          )
          continue
        }
        if ((ENDS as readonly string[]).includes(id))
          bench.problem(
            'reserved-name',
            [name, id],
            `'${id}' already means something in this language.`,
            'Choose another name.',
            'error',
            true,
          )
        section.set(id, name)
        this.keys.set(id, `${kind}:${id}`)
      }
    for (const [id, device] of Object.entries(plan.devices))
      if (device.person === undefined && device.extension !== undefined && !this.keys.has(id)) this.keys.set(id, `room:${id}`)
    for (const id of Object.keys(plan.departments)) if (!this.keys.has(id)) this.keys.set(id, `department:${id}`)
  }

  /** Names without their kind, for looking one up. */
  lookUp(id: string): NodeKey | undefined {
    return this.keys.get(id)
  }

  /** A destination as written → where it leads; null with a problem. */
  resolve(text: string | undefined, path: Path): NodeKey | null {
    if (text === undefined) return null
    const words = text.trim()
    const named = this.keys.get(words)
    if (named !== undefined) {
      if (named.startsWith('department:')) this.departments.add(words)
      return named
    }
    if ((ENDS as readonly string[]).includes(words)) return `end:${words}`
    const [first, second, more] = words.split(/\s+/)
    if (first === 'voicemail' && second !== undefined && more === undefined)
      return this.bench.known(second, this.bench.plan.voicemail, 'voicemail box', path) ? `voicemail:${second}` : null
    if (first === 'mobile' && second !== undefined && more === undefined) return this.mobile(second, path)
    if (/^[\d*#]{1,8}$/.test(words)) {
      const dialled = this.dial.get(words)
      if (dialled !== undefined) return dialled
    }
    if (/^\+?[\d ()./-]{7,}$/.test(words)) return this.number(words, path)
    const near = didYouMean(words, [...this.keys.keys(), ...Object.keys(this.bench.plan.voicemail).map(b => `voicemail ${b}`), ...ENDS])
    const box = this.bench.plan.voicemail[words] !== undefined ? `Did you mean 'voicemail ${words}'?` : ''
    this.bench.problem(
      'dangling-reference',
      path,
      `There is no person, role, group, queue, menu, route or service called '${words}'.`,
      box || near || 'Add it, or send the calls somewhere else.',
    )
    return null
  }

  private mobile(person: string, path: Path): NodeKey | null {
    const { people } = this.bench.plan
    if (!this.bench.known(person, people, 'person', path)) return null
    if (people[person]!.mobile === undefined) {
      this.bench.problem(
        'no-mobile',
        path,
        `${people[person]!.name} has no mobile number in the plan.`,
        `Add 'mobile:' to people.${person}.`,
      )
      return null
    }
    this.mobiles.set(`mobile:${person}`, { person, path })
    return `mobile:${person}`
  }

  private number(words: string, path: Path): NodeKey | null {
    const number = outsideNumber(words, this.bench.habit)?.e164 ?? e164(words)
    if (number === null) {
      this.bench.problem('bad-number', path, `'${words}' is no telephone number.`, 'Write it in full, with + and country code.')
      return null
    }
    if (this.bench.plan.lines[number] !== undefined) return `line:${number}`
    this.outside.set(`outside:${number}`, { number, path })
    return `outside:${number}`
  }
}
