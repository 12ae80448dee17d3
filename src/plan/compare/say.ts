/** What is to be said, before it is said in a language: a code of `words.ts` and what fills its gaps. */
export type SayCode =
  | 'place'
  | 'out'
  | 'announcement'
  | 'menu'
  | 'voicemail'
  | 'echo'
  | 'busy-tone'
  | 'unknown-number'
  | 'refusal'
  | 'no-trunk'
  | 'end'
  | 'names'
  | 'order'
  | 'seconds'
  | 'seconds-each'
  | 'text'
  | 'recorded'
  | 'recorded-longer'
  | 'recorded-some'
  | 'unrecorded'
  | 'announced'
  | 'unannounced'
  | 'queue'
  | 'none'
  | 'alert'
  | 'language'
  | 'words'
  | 'answered'
  | 'unanswered'
  | 'keys'
  | 'keys-extensions'

export interface Said {
  readonly code: SayCode
  readonly values: Readonly<Record<string, string>>
}

export function say(code: SayCode, values: Readonly<Record<string, string>>): Said {
  return { code, values }
}
