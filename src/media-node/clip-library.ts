/** Prompts, music and files as clips in memory, read once. An office's own directory goes before the supplied one. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clip } from '../media/clip-player.ts'
import type { ClipStore } from '../media/leg-plays.ts'
import type { Play } from '../media/protocol.ts'
import { readVoiceFile } from '../media/voice-file.ts'

/** Clips kept in memory; the oldest go. */
const MAX_CLIPS = 400
const DEFAULT_LANGUAGE = 'en'

export class ClipLibrary implements ClipStore {
  private readonly directories: readonly string[]
  private readonly kept = new Map<string, Clip>()

  constructor(directories: readonly string[]) {
    this.directories = directories
  }

  load(source: Play['source'], done: (clips: readonly Clip[] | null) => void): void {
    const wanted = this.candidates(source)
    const ready = wanted.map(paths => paths.map(p => this.kept.get(p)).find(c => c !== undefined))
    if (wanted.length > 0 && ready.every(c => c !== undefined)) {
      done(ready)
      return
    }
    Promise.all(wanted.map(paths => this.first(paths, source.kind !== 'file'))).then(
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
        return source.names.filter(safe).map(name => {
          const languages =
            source.language === DEFAULT_LANGUAGE || !safe(source.language) ? [DEFAULT_LANGUAGE] : [source.language, DEFAULT_LANGUAGE]
          return languages.flatMap(language => this.directories.map(d => join(d, language, name + '.wav')))
        })
      case 'music':
        return [
          (safe(source.name) ? [source.name, 'calm'] : ['calm']).flatMap(name =>
            this.directories.map(d => join(d, 'music', name + '.wav')),
          ),
        ]
      case 'file':
        return [[source.path]]
      default:
        return []
    }
  }

  /** A file may be another recording tomorrow: it is read each time. */
  private async first(paths: readonly string[], keep: boolean): Promise<Clip | null> {
    for (const path of paths) {
      const kept = this.kept.get(path)
      if (kept !== undefined) return kept
      try {
        const clip = readVoiceFile(await readFile(path))
        if (!clip.ok) continue
        if (keep) this.remember(path, clip.value)
        return clip.value
      } catch {
        // Not in this directory.
      }
    }
    return null
  }

  private remember(path: string, clip: Clip): void {
    if (this.kept.size >= MAX_CLIPS) this.kept.delete(this.kept.keys().next().value!)
    this.kept.set(path, clip)
  }
}

/** A name is a name, not a path. */
function safe(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name)
}
