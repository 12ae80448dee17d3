/**
 * The SIP side of the browser telephone: carries out the orders of `softphone-state.ts` with JsSIP over WebSocket and reports
 * what happened. Loaded only when the telephone is switched on. No STUN or TURN: the media process has an address that
 * browsers reach (ICE-lite), so host candidates are enough and gathering is cut short.
 */
import { UA } from 'jssip'
import type { RTCSession, RTCSessionEventMap } from 'jssip/lib/RTCSession'
import type { RTCSessionEvent } from 'jssip/lib/UA'
import { unreachable } from '../../kernel/result.ts'
import type { Softphone } from '../../office/api/schemas.ts'
import { callEnd } from './call-end.ts'
import { closeMicrophone, openMicrophone } from './microphone.ts'
import { sipSocket } from './sip-socket.ts'
import type { OtherParty, PhoneEffect, PhoneInput } from './softphone-state.ts'
import { createTones } from './tones.ts'

export type SipOrder = Exclude<PhoneEffect, { do: 'start' | 'stop' | 'dismiss-later' }>

export interface SipSide {
  obey(order: SipOrder): void
  /** New credentials for the same account. */
  admit(credentials: Softphone): void
  sound: ReturnType<typeof createTones>['play']
  stop(): void
}

interface Line {
  readonly id: string
  readonly direction: 'in' | 'out'
  session: RTCSession | null
  stream: MediaStream | null
  audio: HTMLAudioElement | null
  wasUp: boolean
  over: boolean
}

const registerForS = 300
/** After the first candidate, later ones (other interfaces) get this long. */
const gatherForMs = 300
const pcConfig: RTCConfiguration = { iceServers: [], bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' }

export function startSip(credentials: Softphone, instanceId: string, report: (input: PhoneInput) => void): SipSide {
  const tones = createTones()
  const lines = new Map<string, Line>()
  const domain =
    credentials.uri
      .replace(/^sips?:/, '')
      .split('@')
      .at(-1) ?? ''
  const ua = new UA({
    sockets: usableUrls(credentials.wsUrls).map((url, index) => ({ socket: sipSocket(url), weight: 100 - index })),
    uri: credentials.uri,
    authorization_user: credentials.username,
    password: credentials.password,
    display_name: credentials.displayName,
    instance_id: instanceId,
    register_expires: registerForS,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 20,
    user_agent: 'Switchroom console',
  })
  let stopped = false
  let reRegister: number | undefined
  let failures = 0

  ua.on('connecting', () => report({ was: 'connecting' }))
  ua.on('disconnected', () => {
    if (!stopped) report({ was: 'lost', trouble: 'no-connection' })
  })
  ua.on('registered', () => {
    failures = 0
    report({ was: 'registered' })
  })
  ua.on('registrationFailed', event => {
    if (stopped) return
    const status = event.response?.status_code ?? 0
    if (status === 401 || status === 403 || status === 407) return report({ was: 'refused', trouble: 'not-admitted' })
    if (status === 404) return report({ was: 'refused', trouble: 'no-extension' })
    report({ was: 'lost', trouble: 'no-connection' })
    failures += 1
    window.clearTimeout(reRegister)
    reRegister = window.setTimeout(() => ua.isConnected() && ua.register(), Math.min(60, 2 ** failures) * 1000 * (0.75 + Math.random() / 2))
  })
  ua.on('newRTCSession', (event: RTCSessionEvent) => {
    if (event.originator !== 'remote') return
    const { session, request } = event
    const line: Line = { id: session.id, direction: 'in', session, stream: null, audio: null, wasUp: false, over: false }
    lines.set(line.id, line)
    watch(line, session)
    report({ was: 'incoming', id: line.id, party: partyOf(request.from), at: Date.now() })
  })
  ua.start()

  function obey(order: SipOrder): void {
    const line = order.do === 'dial' ? null : lines.get(order.id)
    if (order.do === 'dial') void dial(order.id, order.number)
    else if (line) onLine(line, order)
  }

  function onLine(line: Line, order: Exclude<SipOrder, { do: 'dial' }>): void {
    switch (order.do) {
      case 'answer':
        void answer(line)
        break
      case 'decline':
        finish(line, { status_code: 603, reason_phrase: 'Decline' })
        break
      case 'refuse-busy':
        finish(line, { status_code: 486, reason_phrase: 'Busy Here' })
        break
      case 'hang-up':
        finish(line)
        break
      case 'hold':
      case 'resume':
        setHeld(line, order.do === 'hold', 3)
        break
      case 'mute':
      case 'unmute':
        for (const track of line.stream?.getAudioTracks() ?? []) track.enabled = order.do === 'unmute'
        if (order.do === 'mute') line.session?.mute({ audio: true })
        else line.session?.unmute({ audio: true })
        break
      case 'send-digit':
        tones.key(order.digit)
        sendDigit(line, order.digit)
        break
      default:
        unreachable(order)
    }
  }

  async function dial(id: string, number: string): Promise<void> {
    const line: Line = { id, direction: 'out', session: null, stream: null, audio: null, wasUp: false, over: false }
    lines.set(id, line)
    if (!(await withMicrophone(line)) || line.over || !line.stream) return
    try {
      const target = `sip:${encodeURIComponent(number).replaceAll('%2B', '+')}@${domain}`
      const eventHandlers: Partial<RTCSessionEventMap> = { peerconnection: ({ peerconnection }) => listen(line, peerconnection) }
      const session = ua.call(target, { mediaStream: line.stream, pcConfig, eventHandlers, sessionTimersExpires: 1800 })
      line.session = session
      watch(line, session)
    } catch {
      over(line, 'failed')
    }
  }

  async function answer(line: Line): Promise<void> {
    if (!(await withMicrophone(line)) || line.over || !line.session || !line.stream) return
    try {
      line.session.answer({ mediaStream: line.stream, pcConfig, sessionTimersExpires: 1800 })
    } catch {
      over(line, 'failed')
    }
  }

  /** Without a microphone there is no call: the far side is told at once and the person learns why. */
  async function withMicrophone(line: Line): Promise<boolean> {
    const opened = await openMicrophone()
    if (opened.ok && !line.over) {
      line.stream = opened.stream
      return true
    }
    if (opened.ok) closeMicrophone(opened.stream)
    else {
      report({ was: 'microphone', trouble: opened.trouble })
      over(line, 'microphone')
      terminate(line, { status_code: 480, reason_phrase: 'Temporarily Unavailable' })
    }
    return false
  }

  function watch(line: Line, session: RTCSession): void {
    let _gathering: number | undefined
    session.on('peerconnection', ({ peerconnection }) => listen(line, peerconnection))
    session.on('icecandidate', ({ ready }) => {
      _gathering ??= window.setTimeout(ready, gatherForMs)
    })
    session.on('progress', (event: { response?: { body?: string } }) => {
      if (line.direction === 'out') report({ was: 'progress', id: line.id, early: Boolean(event.response?.body) })
    })
    session.on('accepted', () => up(line))
    session.on('confirmed', () => up(line))
    session.on('hold', ({ originator }) => reportHold(line, originator === 'local', true))
    session.on('unhold', ({ originator }) => reportHold(line, originator === 'local', false))
    const ended = (event: {
      originator: string
      cause: string
      message?: { status_code?: number; getHeader?(name: string): string | undefined } | null
    }) =>
      over(
        line,
        callEnd({
          by: event.originator === 'remote' ? 'there' : event.originator === 'local' ? 'here' : 'system',
          direction: line.direction,
          wasUp: line.wasUp,
          status: event.message?.status_code ?? null,
          cause: event.cause,
          reason: event.message?.getHeader?.('reason') ?? '',
        }),
      )
    session.on('failed', ended)
    session.on('ended', ended)
  }

  function up(line: Line): void {
    if (line.wasUp || line.over) return
    line.wasUp = true
    report({ was: 'up', id: line.id, at: Date.now() })
  }

  function reportHold(line: Line, byUs: boolean, held: boolean): void {
    report(byUs ? { was: 'held', id: line.id, held } : { was: 'held-there', id: line.id, held })
  }

  function listen(line: Line, connection: RTCPeerConnection): void {
    connection.addEventListener('track', event => {
      const audio = line.audio ?? document.createElement('audio')
      audio.autoplay = true
      audio.dataset['testid'] = 'remote-audio'
      audio.dataset['call'] = line.id
      audio.srcObject = event.streams[0] ?? new MediaStream([event.track])
      if (!line.audio) document.body.append(audio)
      line.audio = audio
      void audio.play().catch(() => {})
    })
  }

  /** A re-INVITE may still be under way (RFC 3261 §14.1): asked again a moment later, then the truth is reported. */
  function setHeld(line: Line, held: boolean, tries: number): void {
    const session = line.session
    if (line.over || !session || session.isOnHold().local === held) return
    if (held ? session.hold() : session.unhold()) return
    if (tries > 0) window.setTimeout(() => setHeld(line, held, tries - 1), 400)
    else report({ was: 'held', id: line.id, held: session.isOnHold().local })
  }

  /** RFC 4733 where the far side agreed to it, INFO (RFC 6086) otherwise. */
  function sendDigit(line: Line, digit: string): void {
    const session = line.session
    if (!session?.isEstablished()) return
    const inMedia = session.connection.getSenders().some(sender => sender.dtmf?.canInsertDTMF)
    session.sendDTMF(digit, { transportType: (inMedia ? 'RFC2833' : 'INFO') as never, duration: 120, interToneGap: 80 })
  }

  function finish(line: Line, options?: { status_code: number; reason_phrase: string }): void {
    if (!line.session) {
      over(line, 'ended-here')
      return
    }
    terminate(line, options)
    // The library reports the end at once in every state; this only makes sure that no call stays on screen for ever.
    window.setTimeout(() => over(line, 'ended-here'), 2_000)
  }

  function terminate(line: Line, options?: { status_code: number; reason_phrase: string }): void {
    try {
      if (line.session && !line.session.isEnded())
        line.session.terminate(line.session.isEstablished() || line.direction === 'out' ? undefined : options)
    } catch {
      // It ended in the same moment: that is what was wanted.
    }
  }

  function over(line: Line, end: ReturnType<typeof callEnd>): void {
    if (line.over) return
    line.over = true
    if (line.stream) closeMicrophone(line.stream)
    line.audio?.remove()
    lines.delete(line.id)
    report({ was: 'over', id: line.id, end, at: Date.now() })
  }

  return {
    obey,
    sound: tones.play,
    admit(fresh) {
      ua.set('authorization_user', fresh.username)
      ua.set('password', fresh.password)
      if (ua.isConnected()) ua.register()
    },
    stop() {
      stopped = true
      window.clearTimeout(reRegister)
      tones.close()
      ua.stop()
    },
  }
}

/** A page that came over https may open only wss (mixed content); on http the switch's order of preference holds. */
export function usableUrls(wsUrls: readonly string[]): readonly string[] {
  return location.protocol === 'https:' ? wsUrls.filter(url => url.startsWith('wss:')) : wsUrls
}

function partyOf(from: { uri: { user?: string }; display_name?: string }): OtherParty {
  const user = from.uri.user ?? ''
  const number = user.toLowerCase() === 'anonymous' ? '' : user
  return { number, name: from.display_name ?? '' }
}
