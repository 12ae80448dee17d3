/** What a leg shall hear instead of its sources: the first play of its list that has not ended. */
import type { Clip } from './clip-player.ts'
import { ClipPlayer } from './clip-player.ts'
import type { PcmSource } from './pcm-source.ts'
import type { Play } from './protocol.ts'
import { TonePlayer } from './tones.ts'

/** Where prompts, music and files come from. May answer later; null when there is nothing such. */
export interface ClipStore {
  load(source: Play['source'], done: (clips: readonly Clip[] | null) => void): void
}

export interface PlayEvents {
  played(token: string): void
  missing(play: Play): void
  /** What shall sound has changed: ask `source` and `echo` again. */
  changed(): void
}

export class LegPlays {
  private readonly store: ClipStore
  private readonly events: PlayEvents
  private plays: readonly Play[] = []
  private readonly ended = new Set<string>()
  private current: string | null = null
  private key = ''
  source: PcmSource | null = null
  echo = false

  constructor(store: ClipStore, events: PlayEvents) {
    this.store = store
    this.events = events
  }

  /** The plays of one leg as of now. One that goes on under the same token is not disturbed. */
  update(plays: readonly Play[]): void {
    this.plays = plays
    for (const token of this.ended) if (!plays.some(p => p.token === token)) this.ended.delete(token)
    this.choose()
  }

  /** Nobody may have heard that these ended: a new switch is told. */
  tellEnded(): void {
    for (const p of this.plays) if (this.ended.has(p.token)) this.events.played(p.token)
  }

  private choose(): void {
    const play = this.plays.find(p => !this.ended.has(p.token)) ?? null
    const key = play === null ? '' : play.token
    if (key === this.key && (play === null) === (this.current === null)) return
    this.key = key
    this.current = play?.token ?? null
    this.source = null
    this.echo = play?.source.kind === 'echo'
    if (play !== null && !this.echo) this.begin(play)
  }

  private begin(play: Play): void {
    const { source, token } = play
    const ended = (): void => this.end(token)
    if (source.kind === 'tone') {
      this.source = new TonePlayer(source.tone, play.repeat, ended)
      return
    }
    this.store.load(source, clips => {
      if (this.current !== token) return
      if (clips === null || clips.length === 0) {
        this.events.missing(play)
        this.end(token)
        return
      }
      this.source = new ClipPlayer(clips, play.repeat, ended)
      this.events.changed()
    })
  }

  private end(token: string): void {
    if (this.ended.has(token)) return
    this.ended.add(token)
    this.events.played(token)
    this.choose()
    this.events.changed()
  }
}
