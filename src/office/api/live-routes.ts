/** The live board over a WebSocket. The session is looked at again with every message: an ended one ends the feed. */
import type { WebSocket } from 'ws'
import { type AccessPlan, filterFor } from '../../access/rights.ts'
import type { LiveFeed } from '../live-feed.ts'
import type { Sessions } from '../sessions.ts'
import type { Api } from './api.ts'
import { callerIn, cookieName, requireRight } from './guard.ts'

export interface LiveDeps {
  readonly feed: LiveFeed
  readonly sessions: Sessions
  readonly plan: () => AccessPlan
  readonly secure: boolean
}

const PING_EVERY_MS = 25_000
/** A viewer that takes nothing any more is let go; the console comes back by itself and gets a fresh board. */
const MOST_UNSENT_BYTES = 2 * 1024 * 1024
/** RFC 6455 §7.4.2: codes for the application's own use. */
const SESSION_ENDED = 4401
const TOO_SLOW = 4408

export function liveRoutes(app: Api, { feed, sessions, plan, secure }: LiveDeps): void {
  app.get('/api/live', { websocket: true, schema: { hide: true } }, (socket: WebSocket, request) => {
    const caller = callerIn(request)
    requireRight(caller, 'see-calls')
    const cookie = request.cookies[cookieName(secure)]
    const stop = feed.watch({
      send(message) {
        if (socket.readyState !== socket.OPEN) return
        if (socket.bufferedAmount > MOST_UNSENT_BYTES) return socket.close(TOO_SLOW, 'too slow')
        socket.send(JSON.stringify(message))
      },
      rights() {
        const signedIn = sessions.resume(cookie, false)
        if (signedIn === null) {
          socket.close(SESSION_ENDED, 'the session has ended')
          return null
        }
        const filter = (right: 'see-calls' | 'end-calls') => filterFor(plan(), signedIn.user, right, Date.now())
        return { see: filter('see-calls'), end: filter('end-calls') }
      },
    })
    let answered = true
    const ping = setInterval(() => {
      if (!answered) return socket.terminate()
      answered = false
      socket.ping()
    }, PING_EVERY_MS)
    socket.on('pong', () => {
      answered = true
    })
    socket.on('message', () => {}) // nothing is asked over this socket
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(ping)
      stop()
    })
  })
}
