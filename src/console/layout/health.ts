/** The status strip's judgement: which parts of the exchange are well. */
import type { Status } from '../../office/api/schemas.ts'

export type Level = 'good' | 'warn' | 'bad' | 'unknown'

export interface Health {
  readonly name: 'office' | 'switch' | 'media' | 'trunks'
  readonly level: Level
  readonly up: number
  /** How many there are; null where there is one and no counting. */
  readonly all: number | null
}

/** `silent`: the office server itself did not answer. */
export function health(status: Status | null, silent: boolean): readonly Health[] {
  if (silent) return [single('office', 'bad'), single('switch', 'unknown'), single('media', 'unknown'), single('trunks', 'unknown')]
  if (!status) return [single('office', 'unknown'), single('switch', 'unknown'), single('media', 'unknown'), single('trunks', 'unknown')]
  const office = single('office', 'good')
  if (!status.switch) return [office, single('switch', 'bad'), single('media', 'unknown'), single('trunks', 'unknown')]
  const { media, trunks } = status.switch
  return [
    office,
    single('switch', 'good'),
    counted('media', media.filter(node => node.connected).length, media.length, 'bad'),
    counted('trunks', trunks.filter(trunk => trunk.up).length, trunks.length, 'good'),
  ]
}

function single(name: Health['name'], level: Level): Health {
  return { name, level, up: 0, all: null }
}

/** Some down is a warning, all down is bad. `none`: what it means that there are none at all. */
function counted(name: Health['name'], up: number, all: number, none: Level): Health {
  return { name, up, all, level: all === 0 ? none : up === all ? 'good' : up === 0 ? 'bad' : 'warn' }
}
