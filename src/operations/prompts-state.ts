/** What the office leaves in DATA/run/prompts.json for `switchroom status`: which words of the plan in force have no sound. */

export interface PromptsState {
  readonly revision: number
  /** The machine has a voice of its own. */
  readonly voice: boolean
  readonly missing: readonly { readonly id: string; readonly language: string }[]
}

/** Null when nothing is missing. */
export function missingSound({ missing, voice }: PromptsState): string | null {
  if (missing.length === 0) return null
  const names = missing.slice(0, 10).map(m => `${m.id} (${m.language})`)
  const more = missing.length > names.length ? `, and ${missing.length - names.length} more` : ''
  const remedy = voice ? '' : '; install espeak-ng to have them spoken'
  return `callers cannot be told the words of ${names.join(', ')}${more}: upload them with \`switchroom prompts set\`${remedy}`
}
