/** application/simple-message-summary: the message-waiting lamp (RFC 3842 §5). */
export interface MailboxCounts {
  readonly fresh: number
  readonly old: number
  readonly urgentFresh?: number
  readonly urgentOld?: number
}

export const MESSAGE_SUMMARY = 'application/simple-message-summary'

/** `account`: the URI to call for listening. */
export function messageSummary(account: string, voice: MailboxCounts): string {
  const urgent = voice.urgentFresh === undefined ? '' : ` (${voice.urgentFresh}/${voice.urgentOld ?? 0})`
  return `Messages-Waiting: ${voice.fresh > 0 ? 'yes' : 'no'}\r\nMessage-Account: ${account}\r\nVoice-Message: ${voice.fresh}/${voice.old}${urgent}\r\n`
}
