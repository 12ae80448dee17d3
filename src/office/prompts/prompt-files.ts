/**
 * Where the sound of prompts lies. `DATA/prompts/uploaded/LANG/ID.wav` (with who brought it, and to which words, in `ID.json`)
 * goes before `DATA/prompts/spoken/LANG/ID.wav` (with a hash of words and voice in `ID.hash`), that before what is supplied.
 * The media process looks in the same order; files appear and go as a whole, so that it never plays half of one.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Language } from '../../plan/schema/scalars.ts'

export type PromptSource = 'uploaded' | 'spoken' | 'supplied'

export interface PromptName {
  readonly id: string
  readonly language: Language
}

export interface Upload {
  readonly by: string
  readonly at: number
  /** The plan's words at that time; null: it had none. */
  readonly text: string | null
}

const SUPPLIED = fileURLToPath(new URL('../../../assets/prompts', import.meta.url))
const LANGUAGES: readonly Language[] = ['en', 'ru', 'kk']

/** 'goodbye', 'menus/welcome'. */
export function isPromptId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9_-]{1,64}){0,2}$/.test(id)
}

export class PromptFiles {
  private readonly folder: string

  /** DATA/prompts */
  constructor(folder: string) {
    this.folder = folder
  }

  /** Where its sound comes from now. */
  sourceOf(name: PromptName): PromptSource | null {
    for (const source of ['uploaded', 'spoken', 'supplied'] as const) if (existsSync(this.path(source, name, 'wav'))) return source
    return null
  }

  putUploaded(name: PromptName, wav: Uint8Array, upload: Upload): void {
    write(this.path('uploaded', name, 'json'), JSON.stringify(upload))
    write(this.path('uploaded', name, 'wav'), wav)
  }

  uploadOf(name: PromptName): Upload | null {
    try {
      return JSON.parse(readFileSync(this.path('uploaded', name, 'json'), 'utf8')) as Upload
    } catch {
      return null
    }
  }

  /** False when there was none. */
  dropUploaded(name: PromptName): boolean {
    const there = existsSync(this.path('uploaded', name, 'wav'))
    for (const end of ['wav', 'json']) rmSync(this.path('uploaded', name, end), { force: true })
    return there
  }

  putSpoken(name: PromptName, wav: Uint8Array, hash: string): void {
    // In this order a crash leaves a sound that is made anew, never an old one that passes for new.
    rmSync(this.path('spoken', name, 'hash'), { force: true })
    write(this.path('spoken', name, 'wav'), wav)
    write(this.path('spoken', name, 'hash'), hash)
  }

  /** The hash of the words as they were spoken; null when there is no sound. */
  spokenHash(name: PromptName): string | null {
    try {
      return existsSync(this.path('spoken', name, 'wav')) ? readFileSync(this.path('spoken', name, 'hash'), 'utf8') : null
    } catch {
      return null
    }
  }

  dropSpoken(name: PromptName): void {
    for (const end of ['wav', 'hash']) rmSync(this.path('spoken', name, end), { force: true })
  }

  in(source: PromptSource): PromptName[] {
    const folder = this.folderOf(source)
    return LANGUAGES.flatMap(language => {
      if (!existsSync(join(folder, language))) return []
      const files = readdirSync(join(folder, language), { recursive: true, encoding: 'utf8' })
      return files.filter(f => f.endsWith('.wav')).map(f => ({ id: f.slice(0, -4), language }))
    })
  }

  private folderOf(source: PromptSource): string {
    return source === 'supplied' ? SUPPLIED : join(this.folder, source)
  }

  private path(source: PromptSource, { id, language }: PromptName, end: string): string {
    return join(this.folderOf(source), language, `${id}.${end}`)
  }
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
