/** Menus: what is said, which key leads where, what follows a wrong key or silence. */
import type { MenuNode, NodeKey } from '../compiled.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Language } from '../schema/scalars.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'
import type { Workbench } from './workbench.ts'

/** The caller has this long after the last word, unless the plan says otherwise. */
const SILENCE_MS = 6_000
const WRONG_KEYS = 2

export function compileMenu(
  bench: Workbench,
  names: Names,
  id: string,
  menu: Plan['menus'][string],
  prompt: string,
  during: string | null,
): MenuNode {
  const path: Path = ['menus', id]
  const keys = new Map<string, NodeKey>()
  for (const [digit, to] of Object.entries(menu.keys)) {
    const key = wayOf(names, to, [...path, 'keys', digit])
    if (key !== null) keys.set(digit, key)
  }
  const languages = new Map(Object.entries(menu.languages))
  for (const [digit, language] of languages)
    if (!bench.plan.office.languages.includes(language))
      bench.problem(
        'unknown-value',
        [...path, 'languages', digit],
        `The office does not speak '${language}': its languages are ${bench.plan.office.languages.join(', ')}.`,
        "Add it to 'office.languages', or remove the key.",
      )
  const silence = menu['on-silence']
  const wrong = menu['on-wrong-key']
  const onSilence = names.resolve(silence?.to, [...path, 'on-silence', 'to'])
  return {
    kind: 'menu',
    key: `menu:${id}`,
    id,
    name: menu.name ?? id,
    place: bench.place(...path),
    number: menu.number ?? '',
    prompts: [prompt],
    language: menu.language ?? null,
    during,
    otherwise: names.resolve(menu.otherwise, [...path, 'otherwise']),
    keys,
    languages,
    spokenIn:
      typeof menu.say === 'string'
        ? []
        : bench.plan.office.languages.filter(l => (menu.say as Readonly<Partial<Record<Language, string>>>)[l] !== undefined),
    dialThrough: menu.extensions === 'dial-through',
    wrongKeys: wrong?.again ?? WRONG_KEYS,
    onWrongKey: names.resolve(wrong?.to, [...path, 'on-wrong-key', 'to']),
    silenceMs: silence?.after ?? SILENCE_MS,
    silences: silence?.again ?? (onSilence === null ? 1 : 0),
    onSilence,
  }
}

/** 'again' and 'back' are words of menus, unless something in the plan has that name. */
function wayOf(names: Names, to: string, path: Path): NodeKey | null {
  const word = to.trim()
  return (word === 'again' || word === 'back') && names.lookUp(word) === undefined ? `${word}:menu` : names.resolve(to, path)
}
