/** Where things stand in a plan's text, without the text itself: from the source as read, or from what was kept of it. */
import type { Place } from './decision.ts'
import type { Path } from './source.ts'

export interface Places {
  /** Where the value at `path` stands; where it is missing, where its nearest parent stands. */
  place(path: Path): Place
  /** Where the key at the end of `path` stands. */
  keyPlace(path: Path): Place
}
