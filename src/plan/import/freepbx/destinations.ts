/** Where FreePBX sends a call ('ext-group,600,1', 'timeconditions,3,1') → where the plan sends it. */
import type { Conversion } from './conversion.ts'

export class Destinations {
  private readonly c: Conversion
  /** Guards against miscellaneous destinations that name each other. */
  private depth = 0

  constructor(c: Conversion) {
    this.c = c
  }

  /** Null for none; 'voicemail office' with a note where the old destination is not carried over. */
  of(text: string | undefined, about: string): string | null {
    const { c } = this
    const written = (text ?? '').trim()
    if (written === '' || written === '0') return null
    const [context = '', second = ''] = written.split(',').map(s => s.trim())
    const known = this.known(context, second)
    if (known !== null) return known
    c.note('decide', about, `it led to '${written}', which is not carried over: it leads to the office's box now.`)
    return 'voicemail office'
  }

  private known(context: string, second: string): string | null {
    const { c } = this
    const numbered = /^(ivr|app-announcement|app-daynight)-?(\d*)$/.exec(context)
    switch (numbered?.[1] ?? context) {
      case 'from-did-direct':
      case 'from-internal':
      case 'ext-findmefollow':
      case 'findmefollow':
        return this.inside(second.replace(/^FM/, ''))
      case 'ext-local':
        return this.box(second) ?? this.inside(second)
      case 'ext-group':
        return c.groups.get(second) ?? null
      case 'ext-queues':
        return c.queues.get(second) ?? null
      case 'timeconditions':
        return c.conditions.get(second) ?? null
      case 'ivr':
        return c.menus.get(numbered![2]!) ?? null
      case 'app-announcement':
        return c.announcements.get(numbered![2]!) ?? null
      case 'app-daynight':
        return c.switches.get(second) ?? null
      case 'app-blackhole':
        return second === 'busy' || second === 'congestion' ? 'busy' : 'hang-up'
      case 'ext-miscdests':
        return this.elsewhere(second)
      default:
        return null
    }
  }

  /** 'vmu201' and its sisters say which greeting is played; a box of the plan has one. */
  private box(second: string): string | null {
    const m = /^vm[busi](\w+)$/.exec(second)
    const box = m === null ? undefined : this.c.boxes.get(m[1]!)
    return box === undefined ? null : `voicemail ${box}`
  }

  private inside(number: string): string | null {
    return this.c.people.get(number) ?? this.c.groups.get(number) ?? this.c.queues.get(number) ?? null
  }

  private elsewhere(id: string): string | null {
    const row = this.c.table('miscdests').find(r => r['id'] === id)
    if (row === undefined || this.depth > 3) return null
    const dialled = (row['destdial'] ?? '').replace(/[^\d+*#]/g, '')
    this.depth++
    try {
      return this.inside(dialled) ?? this.c.outside(dialled)
    } finally {
      this.depth--
    }
  }
}
