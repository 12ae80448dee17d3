/**
 * Tells the switch how many messages wait in each voicemail box, for the lamps of telephones (RFC 3842): whenever that may have
 * changed, and anew when the switch comes back, which keeps no count of its own.
 */
import type { MailboxCount } from '../operations/control-protocol.ts'
import type { OfficeRecordings } from '../store/office-store-recordings.ts'
import type { SwitchLink } from './switch-link.ts'

/** Several changes at once are told together. */
const GATHER_MS = 200

export class Mailboxes {
  private readonly recordings: OfficeRecordings
  private readonly link: () => SwitchLink
  private timer: NodeJS.Timeout | null = null
  private told = ''

  constructor(recordings: OfficeRecordings, link: () => SwitchLink) {
    this.recordings = recordings
    this.link = link
  }

  /** The switch is (back) here: it knows nothing yet. */
  tellAnew(): void {
    this.told = ''
    this.mayHaveChanged()
  }

  mayHaveChanged(): void {
    this.timer ??= setTimeout(() => this.tell(), GATHER_MS)
    this.timer.unref()
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer)
  }

  private tell(): void {
    this.timer = null
    const boxes: MailboxCount[] = this.recordings.mailboxes()
    const text = JSON.stringify(boxes)
    if (text === this.told) return
    this.told = text
    this.link()
      .ask({ ask: 'mailboxes', boxes })
      .catch(() => {
        this.told = ''
      })
  }
}
