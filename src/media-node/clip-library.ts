/**
 * Prompts, music and files as clips in memory, read again when the file is another. An office's own directories go before the supplied one.
 * Words that have no sound in the caller's language are heard in another; those that have none at all are replaced by something supplied.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clip } from '../media/clip-player.ts'
import type { ClipStore } from '../media/leg-plays.ts'
import type { Play } from '../media/protocol.ts'
import { readVoiceFile } from '../media/voice-file.ts'

/** Clips kept in memory; the oldest go. */
const MAX_CLIPS = 400
/** After the caller's own. */
const LANGUAGES = ['en', 'ru', 'kk']
/** What is said instead of words of the plan that nobody has spoken: better than silence. */
const INSTEAD: Readonly<Record<string, string>> = { menus: 'office-welcome', voicemail: 'voicemail-greeting' }

interface Kept {
  readonly clip: Clip
  /** Of the file: another time, size or file is another sound. */
  readonly stamp: string
}

export class ClipLibrary implements ClipStore {
  private readonly directories: readonly string[]
  private readonly kept = new Map<string, Kept>()

  constructor(directories: readonly string[]) {
    this.directories = directories
  }

  load(source: Play['source'], done: (clips: readonly Clip[] | null) => void): void {
    const wanted = this.candidates(source)
    Promise.all(wanted.map(paths => this.first(paths))).then(
      clips => {
        const found = clips.filter(c => c !== null)
        done(found.length === 0 ? null : found)
      },
      () => done(null),
    )
  }

  /** For each sound the places where it may be, best first. */
  private candidates(source: Play['source']): readonly (readonly string[])[] {
    switch (source.kind) {
      case 'prompts':
        return source.names.filter(isName).map(name => {
          const instead = INSTEAD[name.split('/')[0]!]
          return [...this.spoken(name, source.language), ...(instead && name.includes('/') ? this.spoken(instead, source.language) : [])]
        })
      case 'music':
        return [
          (isName(source.name) ? [source.name, 'calm'] : ['calm']).flatMap(name =>
            this.directories.map(d => join(d, 'music', name + '.wav')),
          ),
        ]
      case 'file':
        return [[source.path]]
      default:
        return []
    }
  }

  private spoken(name: string, language: string): string[] {
    const languages = isName(language) ? [language, ...LANGUAGES.filter(l => l !== language)] : LANGUAGES
    return languages.flatMap(l => this.directories.map(d => join(d, l, name + '.wav')))
  }

  private async first(paths: readonly string[]): Promise<Clip | null> {
    for (const path of paths) {
      try {
        const { mtimeMs, size, ino } = await stat(path)
        const stamp = `${mtimeMs} ${size} ${ino}`
        const kept = this.kept.get(path)
        if (kept?.stamp === stamp) return kept.clip
        const clip = readVoiceFile(await readFile(path))
        if (!clip.ok) continue
        this.remember(path, { clip: clip.value, stamp })
        return clip.value
      } catch {
        // Not in this directory.
      }
    }
    return null
  }

  private remember(path: string, kept: Kept): void {
    this.kept.delete(path)
    if (this.kept.size >= MAX_CLIPS) this.kept.delete(this.kept.keys().next().value!)
    this.kept.set(path, kept)
  }
}

/** A name, or several joined by '/' as the plan's own prompts have them; never a path that leads elsewhere. */
function isName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9_-]{1,64}){0,2}$/.test(name)
}
