/** 'on-busy', 'on-no-answer', 'on-unreachable', 'on-rejected' → where they lead. */
import type { Fallbacks } from '../compiled.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'

export interface WrittenFallbacks {
  readonly 'on-busy'?: string | undefined
  readonly 'on-no-answer'?: string | undefined
  readonly 'on-unreachable'?: string | undefined
  readonly 'on-rejected'?: string | undefined
}

export function resolveFallbacks(names: Names, written: WrittenFallbacks, path: Path): Fallbacks {
  return {
    busy: names.resolve(written['on-busy'], [...path, 'on-busy']),
    noAnswer: names.resolve(written['on-no-answer'], [...path, 'on-no-answer']),
    unreachable: names.resolve(written['on-unreachable'], [...path, 'on-unreachable']),
    rejected: names.resolve(written['on-rejected'], [...path, 'on-rejected']),
  }
}
