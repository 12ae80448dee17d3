/** application/dialog-info+xml: the busy lamp (RFC 4235 §4). Always the full state: telephones handle partial states badly. */
import { xmlText } from './xml-text.ts'

export interface DialogInfoEntry {
  /** Unique within the document. */
  readonly id: string
  readonly state: 'trying' | 'proceeding' | 'early' | 'confirmed' | 'terminated'
  /** Seen from the watched telephone. */
  readonly direction: 'initiator' | 'recipient'
  /** Given when the watcher may pick the call up: what INVITE with Replaces names. */
  readonly callId?: string
  readonly localTag?: string
  readonly remoteTag?: string
  readonly local?: DialogParty
  readonly remote?: DialogParty
}

export interface DialogParty {
  readonly display?: string
  readonly uri: string
}

export const DIALOG_INFO = 'application/dialog-info+xml'

export function dialogInfo(entity: string, version: number, dialogs: readonly DialogInfoEntry[]): string {
  const open = `<?xml version="1.0" encoding="UTF-8"?>\r\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${xmlText(entity)}"`
  return dialogs.length === 0 ? `${open}/>\r\n` : `${open}>\r\n${dialogs.map(dialog).join('')}</dialog-info>\r\n`
}

function dialog(d: DialogInfoEntry): string {
  const named = attribute('call-id', d.callId) + attribute('local-tag', d.localTag) + attribute('remote-tag', d.remoteTag)
  return `<dialog id="${xmlText(d.id)}"${named} direction="${d.direction}"><state>${d.state}</state>${party('local', d.local)}${party('remote', d.remote)}</dialog>\r\n`
}

function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${xmlText(value)}"`
}

function party(side: 'local' | 'remote', p: DialogParty | undefined): string {
  if (p === undefined) return ''
  const display = attribute('display', p.display)
  return `<${side}><identity${display}>${xmlText(p.uri)}</identity><target uri="${xmlText(p.uri)}"/></${side}>`
}
