/** Every parser of bytes from outside. A new one is added to one of these lists by one line. */
import { mediaTargets } from './media-targets.ts'
import { sipTargets } from './sip-targets.ts'
import type { FuzzTarget } from './target.ts'

export const targets: readonly FuzzTarget[] = [...sipTargets, ...mediaTargets]
