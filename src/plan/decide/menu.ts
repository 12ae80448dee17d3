/**
 * Menus: IN-02. A caller presses a key, dials an extension, presses something else, or nothing. Saying it all again is counted,
 * going back to an earlier menu too (`arrive.ts`): a caller can wander only so long, and silence always leads somewhere.
 */
import type { MenuNode, NodeKey } from '../compiled.ts'
import type { Step } from '../decision.ts'
import { end } from './ending.ts'
import type { Walk } from './journey.ts'
import { openNow } from './open.ts'

/** Null: the menu leads nowhere further. */
type Way = Step | NodeKey | null

/** A call arrives at a menu. */
export function menu(walk: Walk, node: MenuNode): Step | NodeKey {
  if (node.during !== null && !openNow(walk, node.during)) {
    if (node.otherwise === null) return end(walk, node.key, 480, 16, ['outside-hours'], 'closed')
    walk.because('goes-to', { from: node.name, to: walk.nameOf(node.otherwise) }, node.place)
    return node.otherwise
  }
  walk.journey.m = 0
  walk.journey.mi = 0
  return speak(walk, node)
}

function speak(walk: Walk, node: MenuNode): Step {
  walk.because(node.dialThrough ? 'menu-speaks-extensions' : 'menu-speaks', { menu: node.name, keys: keysOf(node).join(', ') }, node.place)
  return walk.act(node.key, {
    do: 'menu',
    menu: node.id,
    language: walk.language(node.language),
    ...(node.languages.size > 0 && node.spokenIn.length > 1 && walk.journey.lc !== 1 ? { languages: node.spokenIn } : {}),
    prompts: node.prompts,
    keys: keysOf(node),
    dialThrough: node.dialThrough,
    ...(node.dialThrough ? { extensions: walk.plan.extensions } : {}),
    silenceMs: node.silenceMs,
  })
}

/** In the order of the plan; language keys that lead nowhere of their own come last. */
function keysOf(node: MenuNode): readonly string[] {
  return [...node.keys.keys(), ...[...node.languages.keys()].filter(key => !node.keys.has(key))]
}

/** The caller pressed `keys`: one key, or an extension. */
export function pressed(walk: Walk, node: MenuNode, keys: string): Way {
  if (keys === '') return silent(walk, node)
  const { journey } = walk
  const language = node.languages.get(keys)
  if (language !== undefined) {
    journey.lang = language
    journey.lc = 1
    walk.because('menu-language', { menu: node.name, key: keys, language: `@language-${language}` }, node.place)
  }
  const target = node.keys.get(keys)
  if (target !== undefined || language !== undefined) {
    journey.mk = keys
    journey.kp = journey.v.length
    journey.m = 0
    journey.mi = 0
  }
  if (target !== undefined) return follow(walk, node, keys, target)
  if (language !== undefined) return again(walk, node) ?? tired(walk, node)
  if (node.dialThrough) {
    const extension = inside(walk, keys)
    if (extension !== null) {
      journey.kp = journey.v.length
      walk.because('menu-extension', { menu: node.name, number: keys, target: walk.nameOf(extension) }, node.place)
      return extension
    }
  }
  walk.because('menu-wrong-key', { menu: node.name, keys: keys.slice(0, 16) }, node.place)
  journey.m = (journey.m ?? 0) + 1
  if (journey.m <= node.wrongKeys) {
    walk.because('menu-again', { menu: node.name, count: String(journey.m), most: String(node.wrongKeys) }, node.place)
    return speak(walk, node)
  }
  const to = node.onWrongKey ?? node.onSilence
  if (to === null) return null
  walk.because('goes-to', { from: node.name, to: walk.nameOf(to) }, node.place)
  return to
}

function follow(walk: Walk, node: MenuNode, key: string, target: NodeKey): Way {
  if (target === 'again:menu') {
    walk.because('menu-repeat', { menu: node.name, key }, node.place)
    return again(walk, node) ?? tired(walk, node)
  }
  const to = target === 'back:menu' ? before(walk, node) : target
  walk.because('menu-key', { menu: node.name, key, target: walk.nameOf(to) }, node.place)
  return to
}

/** The menu from which the caller came here; this one when there is none. */
function before(walk: Walk, node: MenuNode): NodeKey {
  const { v } = walk.journey
  for (let i = v.indexOf(node.key) - 1; i >= 0; i--) if (v[i]!.startsWith('menu:')) return v[i]!
  return node.key
}

/** So often a caller may have menus said again or go back in them, all in all. */
export const MOST_RETURNS = 12

/** Says it again because the caller wants so; null when that has been often enough. */
function again(walk: Walk, node: MenuNode): Step | null {
  walk.journey.b = (walk.journey.b ?? 0) + 1
  return walk.journey.b > MOST_RETURNS ? null : speak(walk, node)
}

function tired(walk: Walk, node: MenuNode): Way {
  walk.because('menu-limit', { count: String(MOST_RETURNS) }, node.place)
  return node.onSilence
}

/** The caller pressed nothing in time. */
export function silent(walk: Walk, node: MenuNode): Way {
  const { journey } = walk
  walk.because('menu-no-key', { menu: node.name }, node.place)
  journey.mi = (journey.mi ?? 0) + 1
  if (journey.mi <= node.silences) {
    walk.because('menu-again', { menu: node.name, count: String(journey.mi), most: String(node.silences) }, node.place)
    return speak(walk, node)
  }
  if (node.onSilence === null) return null
  walk.because('menu-silence', { menu: node.name, target: walk.nameOf(node.onSilence) }, node.place)
  return node.onSilence
}

/** What may be dialled from a menu: inside numbers whose calls stay inside. Never a code, a line or an outside number (SEC-02). */
function inside(walk: Walk, keys: string): NodeKey | null {
  const key = /^\d+$/.test(keys) ? walk.plan.dial.get(keys) : undefined
  const node = key === undefined ? undefined : walk.node(key)
  return node === undefined || node.kind === 'outside' || node.kind === 'line' || node.kind === 'end' ? null : node.key
}
