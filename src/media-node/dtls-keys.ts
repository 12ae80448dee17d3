/**
 * Keys of running DTLS-SRTP legs, beside the control socket, readable by us alone: a media process that is started anew goes on with them, where a
 * browser could not be asked to shake hands again. Gone when the leg ends. Meant for a run directory in memory (tmpfs).
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFile } from 'node:fs'
import { join } from 'node:path'
import type { MediaLeg } from '../media/media-leg.ts'
import type { DtlsKeys } from './dtls-messages.ts'

export class DtlsKeyFolder {
  private readonly folder: string
  private made = false

  constructor(folder: string) {
    this.folder = folder
  }

  /** Null when this leg, with these very parties, is new. */
  find(leg: MediaLeg): DtlsKeys | null {
    try {
      const keys = JSON.parse(readFileSync(this.path(leg), 'utf8')) as DtlsKeys
      return typeof keys.localKey === 'string' && typeof keys.remoteKey === 'string' ? keys : null
    } catch {
      return null
    }
  }

  keep(leg: MediaLeg, keys: DtlsKeys): void {
    if (!this.made) mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    this.made = true
    writeFile(this.path(leg), JSON.stringify(keys), { mode: 0o600 }, () => {})
  }

  forget(path: string): void {
    rmSync(path, { force: true })
  }

  /** Named by what the association depends on: other credentials or another certificate make another file. */
  path(leg: MediaLeg): string {
    const { ice, srtp } = leg.media
    const remote = srtp.kind === 'dtls' ? srtp.remoteFingerprint : null
    const name = createHash('sha256')
      .update(JSON.stringify([leg.session, leg.id, ice?.localUfrag, ice?.remoteUfrag, remote]))
      .digest('hex')
    return join(this.folder, name.slice(0, 32))
  }
}
