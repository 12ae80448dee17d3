/** What the media process shall do for a call, as a pure function of the call's state: who hears whom, what is played, what is recorded. */
import type { LegMedia } from '../media/leg-media.ts'
import type { MediaSession, Play, RecordingTap } from '../media/protocol.ts'
import { questions } from './acceptance.ts'
import type { CallState, Leg } from './call-state.ts'

/** Null when no leg has media yet. */
export function sessionOf(state: CallState): MediaSession | null {
  const present: Leg[] = []
  const media: LegMedia[] = []
  for (const id in state.legs) {
    const leg = state.legs[id]!
    if (leg.phase === 'over' || leg.media === null) continue
    present.push(leg)
    media.push(leg.media)
  }
  if (media.length === 0) return null
  const paths: { from: string; to: string }[] = []
  const plays: Play[] = []
  const caller = present.find(l => l.id === state.caller)
  const partner = caller ? partnerOf(state, present) : undefined
  if (caller && partner) {
    if (!partner.held && !caller.held) {
      paths.push({ from: caller.id, to: partner.id }, { from: partner.id, to: caller.id })
    }
    // The party that is put on hold hears music; the one who holds hears nothing.
    if (partner.held && !caller.held) plays.push(holdMusic(caller.id))
    if (caller.held && !partner.held) plays.push(holdMusic(partner.id))
  } else if (caller && !caller.held) {
    plays.push(...menuInOtherLanguages(state, caller))
    const play = callerHears(state, caller)
    if (play) plays.push(play)
  }
  plays.push(...questions(state))
  const told = toldFirst(state)
  if (told) plays.push(told)
  return { id: state.id, legs: media, paths, plays, recordings: taps(state, present) }
}

/** The bridged party, or the one whose early media the caller hears. */
function partnerOf(state: CallState, present: readonly Leg[]): Leg | undefined {
  if (state.peer !== null) return present.find(l => l.id === state.peer)
  return present.find(l => l.role === 'called' && l.decision === state.decisions && l.phase !== 'up')
}

/** The recording notice to an outside party that has answered a call of ours, before the two are connected. */
function toldFirst(state: CallState): Play | null {
  const { action } = state
  if (action?.do !== 'dial-out' || !action.announcement || state.announced || state.peer !== null) return null
  const leg = Object.values(state.legs).find(l => l.role === 'called' && l.decision === state.decisions && l.phase === 'up')
  if (!leg) return null
  const { language, prompts } = action.announcement
  return { leg: leg.id, token: playToken(state, 'notice'), source: { kind: 'prompts', language, names: prompts }, repeat: false }
}

export const holdMusicToken = 'hold'

function holdMusic(leg: string): Play {
  return { leg, token: holdMusicToken, source: { kind: 'music', name: 'calm' }, repeat: true }
}

/** A menu that is said in several languages: all but the last of them, one after the other. */
function menuInOtherLanguages(state: CallState, caller: Leg): Play[] {
  const { action } = state
  if (action?.do !== 'menu' || state.menu !== null) return []
  return (action.languages ?? []).slice(0, -1).map(language => ({
    leg: caller.id,
    token: `${state.decisions}.menu-${language}`,
    source: { kind: 'prompts', language, names: action.prompts },
    repeat: false,
  }))
}

/** The token names the decision, so that a restated session does not start a prompt again and a late `played` is recognised. */
export function playToken(state: CallState, what: 'notice' | 'prompts' | 'greeting' | 'echo' | 'ringback' | 'beep'): string {
  return `${state.decisions}.${what}`
}

function callerHears(state: CallState, caller: Leg): Play | null {
  const action = state.action
  if (action === null) return null
  const prompts = (what: 'notice' | 'prompts' | 'greeting', language: string, names: readonly string[]): Play => ({
    leg: caller.id,
    token: playToken(state, what),
    source: { kind: 'prompts', language, names },
    repeat: false,
  })
  switch (action.do) {
    case 'ring':
    case 'dial-out':
      if (action.do === 'ring' && action.announcement && !state.announced)
        return prompts('notice', action.announcement.language, action.announcement.prompts)
      if (caller.phase !== 'up') return null
      if (action.do === 'ring' && action.queue && action.queue.music !== null)
        // Its own token: the music goes on while the plan is asked again and again who can be rung.
        return { leg: caller.id, token: `queue.${action.queue.id}`, source: { kind: 'music', name: action.queue.music }, repeat: true }
      return { leg: caller.id, token: playToken(state, 'ringback'), source: { kind: 'tone', tone: 'ringback' }, repeat: true }
    case 'menu':
      if (state.menu !== null) return null
      return prompts('prompts', action.languages?.at(-1) ?? action.language, action.prompts)
    case 'announce':
      return prompts('prompts', action.language, action.prompts)
    case 'end':
      return action.prompts.length > 0 ? prompts('prompts', action.language, action.prompts) : null
    case 'voicemail':
      return isVoicemailRunning(state) ? null : prompts('greeting', action.language, [...action.greeting, 'beep'])
    case 'echo':
      return state.announced || action.prompts.length === 0
        ? { leg: caller.id, token: playToken(state, 'echo'), source: { kind: 'echo' }, repeat: true }
        : prompts('prompts', action.language, action.prompts)
  }
}

export function isVoicemailRunning(state: CallState): boolean {
  return state.recordings.some(r => r.kind === 'voicemail' && r.running)
}

function taps(state: CallState, present: readonly Leg[]): RecordingTap[] {
  const out: RecordingTap[] = []
  for (const r of state.recordings) {
    if (!r.running) continue
    const up = present.filter(l => l.phase === 'up')
    const on = (side: 'left' | 'right'): string[] => up.filter(l => l.side === side).map(l => l.id)
    out.push({ id: r.id, path: r.path, left: on('left'), right: on('right'), paused: false })
  }
  return out
}
