/**
 * The one telephone of the page: holds the state, gives it the clock, fetches credentials and loads the SIP side when it is
 * needed. Only one tab of a browser has the telephone (Web Locks), so that one incoming call does not ring three times.
 */
import type { Softphone } from '../../office/api/schemas.ts'
import type { SipSide } from './jssip-phone.ts'
import {
  isOn,
  liveCalls,
  type PhoneEffect,
  type PhoneInput,
  type PhoneState,
  phoneOff,
  soundOf,
  step,
  type Trouble,
} from './softphone-state.ts'

export interface SoftphoneHandle {
  state(): PhoneState
  subscribe(listener: () => void): () => void
  send(input: PhoneInput): void
  /** Take the telephone even when another tab has it. */
  takeOver(): void
}

interface Options {
  readonly fetchCredentials: () => Promise<Softphone>
  /** Why credentials could not be had: `null` when asking again may help. */
  readonly whyRefused: (error: unknown) => Trouble | null
}

const lockName = 'switchroom-telephone'
const instanceKey = 'switchroom.telephone.instance'
/** Credentials are renewed this long before they end. */
const renewBeforeMs = 60_000
const retryStartMs = [2_000, 5_000, 10_000, 20_000, 40_000]

export function createSoftphone(options: Options): SoftphoneHandle {
  const listeners = new Set<() => void>()
  let state: PhoneState = phoneOff
  let sip: SipSide | null = null
  let steal = false
  /** Counts starts: what belongs to an earlier one is ignored. */
  let epoch = 0
  let release: (() => void) | null = null
  let timer: number | undefined
  /** Orders that came while the SIP side was still loading. */
  let renewals = 0

  function send(input: PhoneInput): void {
    const next = step(state, input)
    state = next.state
    for (const effect of next.effects) perform(effect)
    sip?.sound(soundOf(state))
    for (const listener of listeners) listener()
    if (input.was === 'registered') renewals = 0
    // Credentials may have died while the machine slept: one new set before the person is bothered.
    if (input.was === 'refused' && input.trouble === 'not-admitted' && renewals++ === 0) void renew(epoch)
  }

  function perform(effect: PhoneEffect): void {
    if (effect.do === 'start') void start()
    else if (effect.do === 'stop') stop()
    else if (effect.do === 'dismiss-later') window.setTimeout(() => send({ was: 'dismiss', id: effect.id, at: Date.now() }), effect.afterMs)
    else sip?.obey(effect)
  }

  async function start(): Promise<void> {
    const mine = ++epoch
    const report = (input: PhoneInput) => {
      if (mine === epoch) send(input)
    }
    if (!window.isSecureContext) return report({ was: 'refused', trouble: 'insecure-page' })
    if (!('RTCPeerConnection' in window) || !navigator.mediaDevices) return report({ was: 'refused', trouble: 'unsupported-browser' })
    if (!(await holdLock(mine))) return report({ was: 'taken-elsewhere' })
    for (let attempt = 0; mine === epoch; attempt++) {
      try {
        const [credentials, side] = await Promise.all([options.fetchCredentials(), import('./jssip-phone.ts')])
        if (mine !== epoch) return
        if (side.usableUrls(credentials.wsUrls).length === 0) return report({ was: 'refused', trouble: 'no-connection' })
        sip = side.startSip(credentials, instanceId(), report)
        renewLater(mine, credentials)
        return
      } catch (error) {
        const trouble = options.whyRefused(error)
        if (trouble) return report({ was: 'refused', trouble })
        report({ was: 'lost', trouble: 'no-connection' })
        await new Promise(resolve => window.setTimeout(resolve, retryStartMs[Math.min(attempt, retryStartMs.length - 1)]))
      }
    }
  }

  function stop(): void {
    epoch++
    window.clearTimeout(timer)
    sip?.stop()
    sip = null
    release?.()
    release = null
  }

  function renewLater(mine: number, credentials: Softphone): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void renew(mine), Math.max(10_000, credentials.expiresAt - Date.now() - renewBeforeMs))
  }

  async function renew(mine: number): Promise<void> {
    try {
      const credentials = await options.fetchCredentials()
      if (mine !== epoch) return
      sip?.admit(credentials)
      renewLater(mine, credentials)
    } catch (error) {
      if (mine !== epoch) return
      const trouble = options.whyRefused(error)
      if (trouble) send({ was: 'refused', trouble })
      else timer = window.setTimeout(() => void renew(mine), 15_000)
    }
  }

  /** Resolves true once this tab has the telephone; it keeps it until `release`. */
  function holdLock(mine: number): Promise<boolean> {
    const locks = navigator.locks
    if (!locks) return Promise.resolve(true)
    const how: LockOptions = steal ? { steal: true } : { ifAvailable: true }
    steal = false
    return new Promise(resolve => {
      locks
        .request(lockName, how, lock => {
          resolve(lock !== null)
          return lock === null ? undefined : new Promise<void>(free => (release = free))
        })
        // Another tab took it over.
        .catch(() => mine === epoch && send({ was: 'taken-elsewhere' }))
    })
  }

  // A closed page hangs up and unregisters, so that nobody is sent to a telephone that is gone; a page with a call up asks first.
  window.addEventListener('beforeunload', event => {
    if (liveCalls(state).length > 0) event.preventDefault()
  })
  window.addEventListener('pagehide', () => {
    const wasOn = isOn(state)
    send({ was: 'switch-off' })
    if (wasOn) window.addEventListener('pageshow', () => send({ was: 'switch-on' }), { once: true })
  })

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    send,
    takeOver() {
      steal = true
      send({ was: 'switch-on' })
    },
  }
}

/** Stays the same for this browser, so that a reloaded page replaces its old binding instead of adding one (RFC 5626 §4.1). */
function instanceId(): string {
  const kept = localStorage.getItem(instanceKey)
  if (kept) return kept
  const made = crypto.randomUUID()
  localStorage.setItem(instanceKey, made)
  return made
}
