/**
 * The sound of the plan's words (IN-02): spoken by the machine's voice when they are new or have changed, replaced by what somebody
 * uploads. What has no sound is known by name: callers hear something supplied instead, or nothing, and the office is told.
 */
import { createHash } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import type { Result } from '../../kernel/result.ts'
import type { PromptsState } from '../../operations/prompts-state.ts'
import type { Language } from '../../plan/schema/scalars.ts'
import type { OfficePlan } from '../office-plan.ts'
import { PromptFiles, type PromptName, type PromptSource } from './prompt-files.ts'
import { promptSound } from './prompt-sound.ts'
import { machineVoice, type Voice } from './voice.ts'

export interface PromptState extends PromptName {
  /** `waiting`: the machine's voice has not come to it yet. */
  readonly from: PromptSource | 'missing' | 'waiting'
  /** What the plan wants said; null: a supplied prompt, or one that the plan does not name any more. */
  readonly text: string | null
  /** The plan names these words, or they come with the exchange. */
  readonly needed: boolean
  readonly uploaded: { readonly by: string; readonly at: number /** The plan's words are others now. */; readonly outdated: boolean } | null
}

export interface PromptDeskDeps {
  /** DATA/prompts */
  readonly folder: string
  /** DATA/run/prompts.json: for `switchroom status`. */
  readonly statePath: string
  readonly problem: (error: unknown) => void
  readonly voice?: () => Voice | null
}

type Texts = OfficePlan['prompts']

export class PromptDesk {
  private readonly d: PromptDeskDeps
  private readonly files: PromptFiles
  private readonly voice: () => Voice | null
  private texts: Texts = []
  private revision = 0
  private turn: Promise<void> = Promise.resolve()
  private working = false
  private closed = false

  constructor(deps: PromptDeskDeps) {
    this.d = deps
    this.files = new PromptFiles(deps.folder)
    this.voice = deps.voice ?? machineVoice
  }

  /** This plan is in force. Resolves when all of it is spoken that can be. */
  follow({ prompts, revision }: Pick<OfficePlan, 'prompts' | 'revision'>): Promise<void> {
    this.texts = prompts
    this.revision = revision
    return this.speak()
  }

  /** Speaks what has no sound or has other words now: after a change of the plan, and when a voice was installed. */
  speak(): Promise<void> {
    this.working = true
    const mine = this.turn.then(() => this.work()).catch(this.d.problem)
    this.turn = mine
    return mine.then(() => {
      if (this.turn !== mine) return
      this.working = false
      this.tell()
    })
  }

  /** When nothing is being spoken. */
  idle(): Promise<void> {
    return this.turn
  }

  close(): void {
    this.closed = true
  }

  get hasVoice(): boolean {
    return this.voice() !== null
  }

  /** Every prompt that the plan needs or that comes with the exchange, and where its sound comes from. */
  list(): PromptState[] {
    const rows = new Map<string, PromptState>()
    const add = (name: PromptName, text: string | null, needed: boolean): void => {
      const key = `${name.id} ${name.language}`
      if (!rows.has(key)) rows.set(key, this.stateOf(name, text, needed))
    }
    for (const { id, language, text } of this.wanted()) add({ id, language }, text, true)
    for (const name of this.files.in('supplied')) if (!name.id.startsWith('music/')) add(name, null, true)
    for (const name of this.files.in('uploaded'))
      add(
        name,
        null,
        this.texts.some(t => t.id === name.id),
      )
    return [...rows.values()]
  }

  missing(): PromptName[] {
    return this.wanted()
      .filter(w => this.files.sourceOf(w) === null)
      .map(({ id, language }) => ({ id, language }))
  }

  /** Whether the plan or the exchange knows a prompt of this name: others would never be heard. */
  knows(id: string): boolean {
    return this.texts.some(t => t.id === id) || this.files.sourceOf({ id, language: 'en' }) !== null
  }

  set(name: PromptName, file: Uint8Array, by: string): Result<Uint8Array> {
    const sound = promptSound(file)
    if (!sound.ok) return sound
    this.files.putUploaded(name, sound.value, { by, at: Date.now(), text: this.textOf(name) })
    this.tell()
    return sound
  }

  /** Back to the machine's voice or the supplied one. False when nothing was uploaded. */
  remove(name: PromptName): boolean {
    const there = this.files.dropUploaded(name)
    this.tell()
    return there
  }

  private async work(): Promise<void> {
    const wanted = this.wanted()
    const kept = new Set(wanted.map(w => `${w.id} ${w.language}`))
    for (const name of this.files.in('spoken')) if (!kept.has(`${name.id} ${name.language}`)) this.files.dropSpoken(name)
    const voice = this.voice()
    const { texts } = this
    for (const { id, language, text } of wanted) {
      // A newer plan has its own turn.
      if (this.closed || this.texts !== texts) return
      const name = { id, language }
      const words = createHash('sha256').update(text).digest('hex')
      const spoken = this.files.spokenHash(name)
      if (voice === null ? spoken?.startsWith(words) : spoken === `${words} ${voice.name}`) continue
      const sound = await voice?.speak(text, language)
      if (sound?.ok) this.files.putSpoken(name, sound.value, `${words} ${voice!.name}`)
      // Rather nothing than words that are no longer true.
      else if (!spoken?.startsWith(words)) this.files.dropSpoken(name)
      if (sound?.ok === false) this.d.problem(new Error(`the words of ${id} (${language}) could not be spoken: ${sound.error.message}`))
    }
  }

  private stateOf(name: PromptName, text: string | null, needed: boolean): PromptState {
    const source = this.files.sourceOf(name)
    const upload = source === 'uploaded' ? this.files.uploadOf(name) : null
    return {
      id: name.id,
      language: name.language,
      from: source ?? (this.working ? 'waiting' : 'missing'),
      text,
      needed,
      uploaded: upload && { by: upload.by, at: upload.at, outdated: text !== null && upload.text !== text },
    }
  }

  private wanted(): (PromptName & { readonly text: string })[] {
    return this.texts.flatMap(({ id, texts }) =>
      (Object.entries(texts) as [Language, string][]).map(([language, text]) => ({ id, language, text })),
    )
  }

  private textOf({ id, language }: PromptName): string | null {
    return this.texts.find(t => t.id === id)?.texts[language] ?? null
  }

  private tell(): void {
    const state: PromptsState = { revision: this.revision, voice: this.hasVoice, missing: this.missing() }
    try {
      writeFileSync(`${this.d.statePath}.new`, JSON.stringify(state), { mode: 0o600 })
      renameSync(`${this.d.statePath}.new`, this.d.statePath)
    } catch (error) {
      this.d.problem(error)
    }
  }
}
