/** One session at work: its legs, who hears whom, what plays, what is recorded. `apply` makes it what the switch says, and disturbs nothing that stays. */

import type { LegMedia } from './leg-media.ts'
import type { ClipStore } from './leg-plays.ts'
import { LegPlays } from './leg-plays.ts'
import type { LegTap, MediaLeg } from './media-leg.ts'
import { MixOutput, MixRoute } from './mixer.ts'
import type { MediaSession, Play } from './protocol.ts'
import { RelayRoute, type Route } from './route.ts'
import { TranscodeRoute } from './transcode-route.ts'

/** What a session needs of the engine. */
export interface SessionHost {
  readonly clips: ClipStore
  openLeg(session: string, media: LegMedia): MediaLeg
  changeLeg(leg: MediaLeg, media: LegMedia): void
  closeLeg(leg: MediaLeg): void
  /** The leg has something to send by itself now. */
  wake(leg: MediaLeg): void
  played(session: string, leg: string, token: string): void
  missing(session: string, leg: string, play: Play): void
  /** Opens, goes on with or closes recordings; answers with the taps of each leg. */
  taps(session: MediaSession): ReadonlyMap<string, readonly LegTap[]>
}

export class LiveSession {
  readonly id: string
  private readonly host: SessionHost
  state: MediaSession
  readonly legs = new Map<string, MediaLeg>()
  private readonly plays = new Map<string, LegPlays>()
  /** Kept between changes, so that jitter buffers and codec states go on: 'from>to'. */
  private routes = new Map<string, Route>()
  private mixes = new Map<string, MixOutput>()

  constructor(host: SessionHost, state: MediaSession) {
    this.host = host
    this.id = state.id
    this.state = state
  }

  apply(state: MediaSession): void {
    this.state = state
    const wanted = new Set<string>()
    for (const media of state.legs) {
      wanted.add(media.leg)
      const leg = this.legs.get(media.leg)
      if (leg === undefined) this.legs.set(media.leg, this.host.openLeg(this.id, media))
      else this.host.changeLeg(leg, media)
    }
    for (const [id, leg] of this.legs) {
      if (wanted.has(id)) continue
      this.legs.delete(id)
      this.plays.delete(id)
      this.host.closeLeg(leg)
    }
    const taps = this.host.taps(state)
    for (const leg of this.legs.values()) {
      leg.taps = taps.get(leg.id) ?? []
      this.playsOf(leg, state.plays)
    }
    this.connect()
  }

  close(): void {
    for (const leg of this.legs.values()) this.host.closeLeg(leg)
    this.legs.clear()
    this.plays.clear()
    this.routes.clear()
  }

  tellEnded(): void {
    for (const plays of this.plays.values()) plays.tellEnded()
  }

  private playsOf(leg: MediaLeg, all: readonly Play[]): void {
    let plays = this.plays.get(leg.id)
    const mine = all.filter(p => p.leg === leg.id)
    if (plays === undefined) {
      if (mine.length === 0) return
      plays = new LegPlays(this.host.clips, {
        played: token => this.host.played(this.id, leg.id, token),
        missing: play => this.host.missing(this.id, leg.id, play),
        changed: () => this.connect(),
      })
      this.plays.set(leg.id, plays)
    }
    plays.update(mine)
  }

  /** Works out the routes from paths and plays. */
  private connect(): void {
    const before = this.routes
    const mixesBefore = this.mixes
    this.routes = new Map()
    this.mixes = new Map()
    const outgoing = new Map<MediaLeg, Route[]>()
    for (const leg of this.legs.values()) outgoing.set(leg, [])
    for (const to of this.legs.values()) {
      const plays = this.plays.get(to.id)
      const echo = plays?.echo === true
      const sources = echo ? [to] : this.sourcesOf(to)
      const mixing = sources.length > 1 && to.media.codec !== null
      const mix = mixing ? (mixesBefore.get(to.id) ?? new MixOutput()) : null
      if (mix !== null) {
        mix.inputs.length = 0
        this.mixes.set(to.id, mix)
      }
      for (const from of sources) {
        const key = from.id + '>' + to.id
        const kind = mixing ? 'mix' : sameSound(from.media, to.media) ? 'relay' : 'transcode'
        const kept = before.get(key)
        const route = kept !== undefined && kept.kind === kind && kept.to === to ? kept : makeRoute(kind, to)
        this.routes.set(key, route)
        outgoing.get(from)!.push(route)
        if (mix !== null && route instanceof MixRoute) mix.inputs.push(route)
      }
      to.paced = plays?.source ?? mix
    }
    for (const [leg, routes] of outgoing) {
      leg.routes = routes
      leg.refreshNeeds()
      if (leg.ticking) this.host.wake(leg)
    }
  }

  private sourcesOf(to: MediaLeg): MediaLeg[] {
    const out: MediaLeg[] = []
    for (const path of this.state.paths) {
      const from = path.to === to.id ? this.legs.get(path.from) : undefined
      if (from !== undefined && !out.includes(from)) out.push(from)
    }
    return out
  }
}

function makeRoute(kind: Route['kind'], to: MediaLeg): Route {
  if (kind === 'relay') return new RelayRoute(to)
  return kind === 'transcode' ? new TranscodeRoute(to) : new MixRoute(to, to.encoderNow()?.hz ?? 8000)
}

/** Packets of one can be sent to the other as they are. */
function sameSound(a: LegMedia, b: LegMedia): boolean {
  const x = a.codec
  const y = b.codec
  return x === null || y === null || (x.name === y.name && x.clockHz === y.clockHz)
}
