/** Carrying out what the plan decided: each action's beginning, and what its end leads to. */
import { unreachable } from '../kernel/result.ts'
import type { Action, Outcome, Step } from '../plan/decision.ts'
import { answerCaller, openEarly } from './answering.ts'
import { endCall } from './ending.ts'
import { abandonHunt, beginHunt, pauseRound, waitsInQueue } from './hunt.ts'
import { isVoicemailRunning, playToken } from './media-session.ts'
import { connect } from './talk.ts'
import { failTransfer } from './transfer.ts'
import type { Turn } from './turn.ts'

export function decide(t: Turn, step: Step): void {
  t.emit({ type: 'call.decided', v: 1, position: step.position, action: step.action, reasons: step.reasons })
  perform(t)
}

/** Asks the plan how to go on after `outcome`. */
export function goOn(t: Turn, outcome: Outcome): void {
  abandonHunt(t, null, 'no-answer')
  decide(t, t.world.next(t.state.position!, outcome, t.state.legs))
}

function perform(t: Turn): void {
  const action = t.state.action!
  switch (action.do) {
    case 'ring':
    case 'dial-out':
      if (action.do === 'ring' && action.announcement && !t.state.announced && action.announcement.prompts.length > 0) {
        // Whoever is recorded hears so before the first human (REC-05): the call is answered for it.
        if (!answerCaller(t, null))
          endCall(t, { outcome: 'failed', status: 488, cause: 88, reason: 'no common codec with the caller', by: null })
        return
      }
      // With music the caller is answered; without, it goes on ringing for them.
      if (action.do === 'ring' && action.queue && action.queue.music !== null && !answerCaller(t, null)) {
        refuseMedia(t)
        return
      }
      hunt(t)
      return
    case 'announce':
      if (action.sets) {
        set(t, action)
        return
      }
      if (action.prompts.length === 0) goOn(t, { was: 'finished' })
      else if (!(action.answer ? answerCaller(t, null) : openEarly(t, null) || answerCaller(t, null))) refuseMedia(t)
      return
    case 'menu':
    case 'voicemail':
    case 'echo':
      if (!answerCaller(t, null)) refuseMedia(t)
      return
    case 'end':
      if (t.state.transfer) {
        failTransfer(t, action.status)
        return
      }
      if (action.prompts.length > 0 && (t.caller.phase === 'up' || openEarly(t, null))) return
      finish(t)
      return
    default:
      unreachable(action)
  }
}

/** The recording notice has been heard, or none is due: look for somebody. */
export function hunt(t: Turn): void {
  if (beginHunt(t)) return
  if (waitsInQueue(t)) pauseRound(t)
  else goOn(t, { was: 'unreachable' })
}

/** A prompt with this token ended. Late ones, of an earlier decision, are ignored. */
export function played(t: Turn, leg: string, token: string): void {
  const { state } = t
  const action = state.action
  if (action === null) return
  if (token === playToken(state, 'notice') && (action.do === 'ring' || action.do === 'dial-out') && action.announcement) {
    if (state.announced) return
    const { language, prompts } = action.announcement
    t.emit({ type: 'announcement.played', v: 1, leg, language, prompts, complete: true })
    if (action.do === 'ring') hunt(t)
    else if (state.peer === null) connect(t, t.leg(leg)!)
  } else if (leg !== state.caller) {
    return
  } else if (token === playToken(state, 'prompts') && action.do === 'echo') {
    if (state.announced) return
    t.emit({ type: 'announcement.played', v: 1, leg: state.caller, language: action.language, prompts: action.prompts, complete: true })
  } else if (token === playToken(state, 'prompts') && action.do === 'announce') {
    goOn(t, { was: 'finished' })
  } else if (token === playToken(state, 'prompts') && action.do === 'menu') {
    if (state.menu !== null) return
    t.emit({ type: 'menu.heard', v: 1, leg })
    t.timer('menu', t.world.nowMs + action.silenceMs)
  } else if (token === playToken(state, 'prompts') && action.do === 'end') {
    finish(t)
  } else if (token === playToken(state, 'greeting') && action.do === 'voicemail') {
    if (isVoicemailRunning(state)) return
    const recording = t.world.newRecordingId()
    t.emit({
      type: 'recording.started',
      v: 1,
      recording,
      path: t.world.spoolPath(recording),
      decision: null,
      kind: 'voicemail',
      box: action.box,
      left: state.from,
      right: null,
    })
    t.timer('voicemail', t.world.nowMs + action.maxMs)
  }
}

/** Set as its confirmation begins: whoever hangs up early has dialled it all the same. */
function set(t: Turn, action: Extract<Action, { do: 'announce' }>): void {
  // A code sets something for whoever dials it; nobody is transferred to one.
  if (t.state.transfer) failTransfer(t, 403)
  else if (!answerCaller(t, null)) refuseMedia(t)
  else t.emit({ type: 'setting.changed', v: 1, by: t.state.from, setting: action.sets! })
}

function finish(t: Turn): void {
  const action = t.state.action!
  if (action.do !== 'end') return
  const outcome = action.status === 486 ? 'busy' : action.status === 480 || action.status === 408 ? 'missed' : 'failed'
  endCall(t, { outcome, status: action.status, cause: action.cause, reason: 'the plan ends the call here', by: null })
}

function refuseMedia(t: Turn): void {
  endCall(t, { outcome: 'failed', status: 488, cause: 88, reason: 'no common codec with the caller', by: null })
}
