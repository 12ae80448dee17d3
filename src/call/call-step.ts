/**
 * The call machine: (state, input) → (events, effects). Pure but for what `world` hands out.
 * It knows parties and decisions; SIP is the legs' business and sound is the media process's.
 * A little over 400 lines: every kind of input is answered here, so that one table of contents shows them all.
 */
import { unreachable } from '../kernel/result.ts'
import type { LocalMedia, MediaProfile } from '../media/media-profile.ts'
import type { MediaNotice } from '../media/protocol.ts'
import type { Origin } from '../plan/decision.ts'
import type { InviteFacts, LegNotice } from '../sip/leg.ts'
import { ACCEPT_MS, askedLegs, isAsked } from './acceptance.ts'
import { openEarly } from './answering.ts'
import { applyEvent, type CallState, type Leg, openCalledLegs } from './call-state.ts'
import { endCall, outcomeSoFar } from './ending.ts'
import type { CallEvent, Party } from './events.ts'
import {
  abandonAsked,
  abandonHunt,
  abandonSilent,
  huntOn,
  huntOutcome,
  leaveSilentTrunks,
  legsOfDecision,
  pauseRound,
  ringByNextTrunk,
  ringEncrypted,
  waitsInQueue,
  watchForSilence,
} from './hunt.ts'
import { sessionOf } from './media-session.ts'
import { menuTimer, pressed, resumeMenu } from './menu.ts'
import { acceptFrom } from './negotiation.ts'
import { outcomeOfStatus, worthAnotherTrunk } from './outcome-of-status.ts'
import { decide, goOn, played } from './perform.ts'
import { calledAnswered, digitByInfo, legAnswers, legOffers, takesCall } from './talk.ts'
import { legRefers } from './transfer.ts'
import { type CallEffect, type TimerName, Turn } from './turn.ts'
import type { CallWorld } from './world.ts'

export type CallInput =
  | { readonly in: 'leg'; readonly leg: string; readonly notice: LegNotice }
  | { readonly in: 'media'; readonly notice: MediaNotice }
  | { readonly in: 'timer'; readonly name: TimerName }
  | { readonly in: 'hang-up'; readonly by: string }
  /** The switch came back and found the call in the log. */
  | { readonly in: 'recovered'; readonly process: 'switch' | 'media'; readonly awayMs: number }

export interface CallStep {
  readonly state: CallState
  readonly events: readonly CallEvent[]
  readonly effects: readonly CallEffect[]
}

/** What the switch knows of an incoming INVITE once it has established who calls. */
export interface NewCall {
  readonly id: string
  readonly leg: string
  readonly origin: Origin
  readonly from: Party
  readonly dialled: string
  readonly revision: number
  readonly invite: InviteFacts
  readonly offer: string | null
  readonly local: LocalMedia
  readonly profile: MediaProfile
  readonly node: string
}

export function startCall(call: NewCall, world: CallWorld): CallStep {
  const step = world.enter(call.origin, call.dialled, null)
  const direction = call.origin.kind === 'trunk' ? 'in' : step.action.do === 'dial-out' ? 'out' : 'internal'
  const { id, ...facts } = call
  // The plan knows the two ends better than the message does; without its word (a refused number) the message's counts.
  const known = step.about ?? { direction, from: call.from, to: { number: call.dialled } }
  const event: CallEvent = { type: 'call.started', v: 1, ...facts, direction: known.direction, from: known.from, to: known.to }
  const t = new Turn(applyEvent(null, event, world.nowMs, id), world)
  t.events.push(event)
  decide(t, step)
  return done(t, null)
}

export function stepCall(state: CallState, input: CallInput, world: CallWorld): CallStep {
  const t = new Turn(state, world)
  if (state.ended === null) take(t, input)
  else if (input.in === 'media' && input.notice.is === 'figures' && input.notice.final)
    t.emit({ type: 'quality.measured', v: 1, legs: input.notice.legs })
  return done(t, state)
}

function done(t: Turn, before: CallState | null): CallStep {
  if (t.state !== before && t.state.ended === null) {
    const session = sessionOf(t.state)
    if (session !== null && (before === null || changed(before, t.state))) t.effects.unshift({ do: 'media', session })
  }
  return { state: t.state, events: t.events, effects: t.effects }
}

/** Whether anything that the media session is made of differs. */
function changed(a: CallState, b: CallState): boolean {
  return (
    (a.legs !== b.legs && soundChanged(a, b)) ||
    a.peer !== b.peer ||
    a.caller !== b.caller ||
    a.recordings !== b.recordings ||
    a.decisions !== b.decisions ||
    a.announced !== b.announced ||
    a.menu !== b.menu
  )
}

/** Snapshots of dialogs change legs too, and more often; they concern nobody's ears. */
function soundChanged(a: CallState, b: CallState): boolean {
  for (const id in b.legs) {
    const now = b.legs[id]!
    const was = a.legs[id]
    if (was === now) continue
    if (was === undefined ? now.media !== null : was.media !== now.media || was.held !== now.held || was.phase !== now.phase) return true
  }
  return false
}

function take(t: Turn, input: CallInput): void {
  switch (input.in) {
    case 'leg': {
      const leg = t.leg(input.leg)
      if (leg) takeNotice(t, leg, input.notice)
      return
    }
    case 'media':
      takeMedia(t, input.notice)
      return
    case 'timer':
      takeTimer(t, input.name)
      return
    case 'hang-up':
      endCall(t, { outcome: outcomeSoFar(t), status: 480, cause: 16, reason: 'ended by the office', by: { number: '', who: input.by } })
      return
    case 'recovered':
      resume(t, input)
      return
    default:
      unreachable(input)
  }
}

function takeNotice(t: Turn, leg: Leg, notice: LegNotice): void {
  switch (notice.is) {
    case 'offered':
      return // `startCall` has dealt with it
    case 'progress':
      if (leg.role === 'called') calledProgress(t, leg, notice)
      return
    case 'answered': {
      const useless = calledAnswered(t, leg, notice)
      if (useless !== null) calledFailed(t, leg, 488, useless)
      return
    }
    case 'failed':
      calledFailed(t, leg, notice.status, notice.reason)
      return
    case 'confirmed':
      t.emit({ type: 'leg.snapshot', v: 1, leg: leg.id, snapshot: notice.snapshot })
      if (notice.sdp !== undefined && leg.offered !== null) legAnswers(t, leg, notice.sdp)
      return
    case 'offer':
      legOffers(t, leg, notice.sdp)
      return
    case 'offer-answered':
      t.emit({ type: 'leg.snapshot', v: 1, leg: leg.id, snapshot: notice.snapshot })
      legAnswers(t, leg, notice.sdp)
      return
    case 'offer-refused':
      return // the session stays as it was (RFC 3261 §14.1)
    case 'snapshot':
      t.emit({ type: 'leg.snapshot', v: 1, leg: leg.id, snapshot: notice.snapshot })
      return
    case 'dtmf':
      if (!takesCall(t, leg.id, notice.digit) && !pressed(t, leg.id, notice.digit)) digitByInfo(t, leg, notice.digit)
      return
    case 'refer':
      legRefers(t, leg, notice)
      return
    case 'ended':
      legEnded(t, leg, notice)
      return
    default:
      unreachable(notice)
  }
}

function calledProgress(t: Turn, leg: Leg, notice: Extract<LegNotice, { is: 'progress' }>): void {
  if (leg.phase === 'over' || leg.decision !== t.state.decisions || t.state.peer !== null) return
  const first = leg.phase === 'calling'
  if (first) t.emit({ type: 'leg.ringing', v: 1, leg: leg.id, status: notice.status, early: notice.sdp !== undefined })
  if (t.state.action?.do === 'dial-out') t.noTimer('attempt')
  if (t.state.transfer) {
    if (first)
      t.tell(t.state.transfer.by, {
        do: 'refer-progress',
        refer: t.state.transfer.refer,
        status: notice.status,
        reason: 'Ringing',
        final: false,
      })
    return
  }
  const alone = openCalledLegs(t.state).length === 1
  if (notice.sdp !== undefined && alone && leg.offered !== null) {
    const media = acceptFrom(leg, notice.sdp)
    if (media.ok) {
      t.emit({ type: 'media.agreed', v: 1, leg: leg.id, media: media.value, held: false })
      if (openEarly(t, media.value.codec?.name ?? null, notice.status)) return
    }
  }
  // One bell is enough: the others of a group that ring, too, are no news to the caller.
  const news = first && !legsOfDecision(t).some(l => l.id !== leg.id && l.phase === 'ringing')
  if (news && t.caller.phase !== 'up' && t.caller.answer === null) t.tell(t.state.caller, { do: 'progress', status: 180 })
}

function calledFailed(t: Turn, leg: Leg, status: number, reason: string): void {
  if (leg.phase === 'over') return
  t.emit({ type: 'leg.failed', v: 1, leg: leg.id, status, reason, outcome: outcomeOfStatus(status, leg.trunk !== null) })
  if (leg.decision !== t.state.decisions || !isHunting(t)) return
  if (status === 488 && ringEncrypted(t, leg)) return
  // The far party's own word ends the search over trunks: it would only say it again (OUT-03).
  const anotherTrunk = leg.trunk === null || worthAnotherTrunk(status)
  if (anotherTrunk && ringByNextTrunk(t, leg)) return
  if (someoneIsCalled(t)) return
  t.noTimer('attempt')
  if (huntOn(t, anotherTrunk)) return
  huntFailed(t)
}

/** Somebody is being looked for: a timer or a late failure of an earlier decision means nothing any more. */
function isHunting(t: Turn): boolean {
  const kind = t.state.action?.do
  return (kind === 'ring' || kind === 'dial-out') && t.state.peer === null
}

/** A call goes on waiting in a queue. While nobody is free there is nothing new to be written down. */
function nextRound(t: Turn): void {
  const step = t.world.next(t.state.position!, { was: 'waiting' }, t.state.legs)
  if (step.action.do === 'ring' && step.action.queue && step.action.targets.length === 0) pauseRound(t)
  else decide(t, step)
}

/** A telephone rings, or somebody who answered is asked whether they take the call. */
function someoneIsCalled(t: Turn): boolean {
  return openCalledLegs(t.state).length > 0 || askedLegs(t.state).length > 0
}

function huntFailed(t: Turn): void {
  if (waitsInQueue(t)) {
    pauseRound(t)
    return
  }
  goOn(t, huntOutcome(legsOfDecision(t)))
}

function takeTimer(t: Turn, name: TimerName): void {
  switch (name) {
    case 'hunt':
      if (!isHunting(t)) return
      abandonHunt(t, null, 'no-answer')
      // Whoever waited in a queue has waited: what its agents' telephones said is no matter.
      goOn(t, waitsInQueue(t) ? { was: 'no-answer' } : huntOutcome(legsOfDecision(t)))
      return
    case 'attempt': {
      // Whoever is just being asked gets their time.
      if (!isHunting(t) || askedLegs(t.state).length > 0) return
      const abandoned = openCalledLegs(t.state).length > 0
      if (t.state.action?.do === 'dial-out') abandonSilent(t)
      else abandonCurrent(t)
      if (huntOn(t)) return
      if (waitsInQueue(t) && !abandoned) nextRound(t)
      else huntFailed(t)
      return
    }
    case 'silence':
      if (!isHunting(t)) return
      leaveSilentTrunks(t)
      if (!someoneIsCalled(t) && !huntOn(t)) huntFailed(t)
      return
    case 'accept':
      if (!isHunting(t)) return
      abandonAsked(t)
      if (!someoneIsCalled(t) && !huntOn(t)) huntFailed(t)
      return
    case 'menu':
      menuTimer(t)
      return
    case 'voicemail':
      endCall(t, { outcome: 'voicemail', status: 200, cause: 16, reason: 'the message reached its greatest length', by: null })
      return
    case 'linger':
      return
    default:
      unreachable(name)
  }
}

/** One-by-one: this target had its time. */
function abandonCurrent(t: Turn): void {
  for (const leg of openCalledLegs(t.state)) {
    t.emit({ type: 'leg.failed', v: 1, leg: leg.id, status: 480, reason: 'no answer in its turn', outcome: 'no-answer' })
    t.tell(leg.id, { do: 'hang-up' })
  }
}

function takeMedia(t: Turn, notice: MediaNotice): void {
  switch (notice.is) {
    case 'played':
      if (t.leg(notice.leg)) played(t, notice.leg, notice.token)
      return
    case 'dtmf':
      // '#' ends a voicemail message.
      if (takesCall(t, notice.leg, notice.digit) || pressed(t, notice.leg, notice.digit)) return
      if (t.state.action?.do === 'voicemail' && notice.digit === '#' && notice.leg === t.state.caller)
        endCall(t, { outcome: 'voicemail', status: 200, cause: 16, reason: 'the caller ended the message', by: t.state.from })
      return
    case 'recording':
      if (notice.state === 'failed') t.emit({ type: 'recording.stopped', v: 1, recording: notice.recording, reason: 'failed' })
      else if (notice.state === 'gap')
        t.emit({
          type: 'recording.gap',
          v: 1,
          recording: notice.recording,
          fromMs: notice.at - (notice.forMs ?? 0),
          forMs: notice.forMs ?? 0,
          cause: notice.detail ?? 'gap',
        })
      return
    case 'figures':
      if (notice.final) t.emit({ type: 'quality.measured', v: 1, legs: notice.legs })
      return
    case 'refused':
      if (!SOUNDLESS.has(notice.code)) return
      endCall(t, {
        outcome: t.state.bridgedAt === null ? 'failed' : 'answered',
        status: 503,
        cause: 47,
        reason: `media: ${notice.code}`,
        by: null,
      })
      return
    case 'ready':
    case 'heard':
    case 'silent':
      return
    default:
      unreachable(notice)
  }
}

/** Refusals of the media process that leave a call without sound; others (a prompt that is missing) are passed over. */
const SOUNDLESS: ReadonlySet<string> = new Set(['media.port-unavailable', 'media.dtls-failed', 'media.dtls-unavailable'])

function legEnded(t: Turn, leg: Leg, notice: Extract<LegNotice, { is: 'ended' }>): void {
  if (leg.phase === 'over') return
  if (isAsked(t.state, leg)) {
    t.emit({
      type: 'leg.failed',
      v: 1,
      leg: leg.id,
      status: 480,
      reason: 'answered, but hung up instead of taking the call',
      outcome: 'rejected',
    })
    if (!someoneIsCalled(t) && !huntOn(t)) huntFailed(t)
    return
  }
  t.emit({ type: 'leg.ended', v: 1, leg: leg.id, by: notice.by, ...(notice.why ? { why: notice.why } : {}) })
  const { transfer } = t.state
  if (transfer && leg.id === transfer.by) return // it asked for a transfer and left: the hunt goes on without it
  if (leg.id !== t.state.caller && leg.id !== t.state.peer) {
    if (leg.role === 'called' && leg.phase === 'up' && leg.decision === t.state.decisions && isHunting(t)) {
      // It answered, heard the notice and hung up: its own word, not worth another trunk.
      goOn(t, { was: 'rejected' })
      return
    }
    if (leg.role === 'called' && leg.decision === t.state.decisions && isHunting(t) && !someoneIsCalled(t) && !huntOn(t)) huntFailed(t)
    return
  }
  if (transfer) {
    // The one who stays hung up: nobody is left to be transferred.
    const by = t.leg(transfer.by)
    if (by && by.phase !== 'over')
      t.tell(transfer.by, { do: 'refer-progress', refer: transfer.refer, status: 487, reason: 'Request Terminated', final: true })
  }
  const cause = notice.why?.protocol === 'Q.850' ? notice.why.cause : 16
  const outcome = outcomeSoFar(t)
  endCall(t, { outcome, status: outcome === 'cancelled' ? 487 : 200, cause, reason: reasonOf(notice.by), by: leg.party })
}

function reasonOf(by: string): string {
  switch (by) {
    case 'peer':
      return 'hung up'
    case 'cancel':
      return 'gave up before the answer'
    case 'no-ack':
      return 'never confirmed our answer (no ACK)'
    case 'session-timer':
      return 'did not refresh the session in time'
    case 'transport':
      return 'cannot be reached any more'
    case 'timeout':
      return 'does not answer any more'
    default:
      return by
  }
}

/** The caller may have heard nothing yet, and would give its INVITE up: what it was told last, or was about to be told, is said again. */
function tellProgressAgain(t: Turn): void {
  const { caller, state } = t
  if (caller.phase === 'up' || caller.role !== 'caller') return
  if (caller.answer !== null) t.tell(caller.id, { do: 'progress', status: 183, sdp: caller.answer })
  else if (openCalledLegs(state).some(l => l.phase === 'ringing')) t.tell(caller.id, { do: 'progress', status: 180 })
  else t.tell(caller.id, { do: 'progress', status: 100 })
}

/** Sets the clocks of a call that came out of the log and restates its media. */
function resume(t: Turn, input: Extract<CallInput, { in: 'recovered' }>): void {
  t.emit({ type: 'call.recovered', v: 1, process: input.process, awayMs: input.awayMs })
  const action = t.state.action
  const session = sessionOf(t.state)
  if (session !== null) t.effects.push({ do: 'media', session })
  if (input.process !== 'switch') return
  // A leg of which no dialog was logged cannot be taken up: its INVITE had not left, or nobody could ever answer it.
  const lost = Object.values(t.state.legs).filter(l => l.phase !== 'over' && l.snapshot === null)
  for (const leg of lost)
    if (leg.role === 'called')
      t.emit({ type: 'leg.failed', v: 1, leg: leg.id, status: 503, reason: 'lost when the switch restarted', outcome: 'unreachable' })
  if (lost.some(l => l.id === t.state.caller)) {
    endCall(t, { outcome: outcomeSoFar(t), status: 503, cause: 41, reason: 'lost when the switch restarted', by: null })
    return
  }
  if (action === null) {
    endCall(t, { outcome: 'failed', status: 503, cause: 41, reason: 'the switch restarted before the plan had decided', by: null })
    return
  }
  const { state } = t
  tellProgressAgain(t)
  if ((action.do === 'ring' || action.do === 'dial-out') && state.peer === null) {
    const hunting = openCalledLegs(state)
    if (askedLegs(state).length > 0) t.timer('accept', t.world.nowMs + ACCEPT_MS)
    if (hunting.length > 0 || askedLegs(state).length > 0) {
      t.timer('hunt', Math.max(t.world.nowMs, state.decidedAt + action.forMs))
      const begun = Math.max(state.decidedAt, ...hunting.map(l => l.startedAt))
      watchForSilence(t)
      if (action.do === 'ring' && action.order === 'one-by-one') t.timer('attempt', Math.max(t.world.nowMs, begun + action.eachMs))
      else if (action.do === 'dial-out' && hunting.every(l => l.phase === 'calling'))
        t.timer('attempt', Math.max(t.world.nowMs, begun + action.nextAfterMs))
    } else if (state.announced || action.announcement === null) {
      if (waitsInQueue(t)) t.timer('hunt', Math.max(t.world.nowMs, state.decidedAt + action.forMs))
      if (!huntOn(t)) huntFailed(t)
    }
  }
  resumeMenu(t)
  const running = state.recordings.find(r => r.kind === 'voicemail' && r.running)
  if (action.do === 'voicemail' && running) t.timer('voicemail', running.startedAt + action.maxMs)
}
