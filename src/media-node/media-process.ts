/** The media process put together: control line, engine, sockets, sounds, recordings; and the one timer that paces them. */
import { randomInt } from 'node:crypto'
import { MediaEngine, TICK_MS } from '../media/media-engine.ts'
import type { MediaNotice } from '../media/protocol.ts'
import { voiceCodecs } from '../media/voice-codecs.ts'
import { ClipLibrary } from './clip-library.ts'
import { type ControlLine, listenForSwitch } from './control-socket.ts'
import { dgramIo } from './dgram-io.ts'
import { secureTransports } from './dtls-transport.ts'
import { ffiIo } from './ffi-io.ts'
import type { MediaNodeOptions } from './options.ts'
import { loadOpus } from './opus-codec.ts'
import { SpoolFiles } from './spool-files.ts'

export interface MediaProcess {
  /** 'ffi' or 'dgram'. */
  readonly io: string
  close(): Promise<void>
}

/** After a pause of the whole process no more than so many missed ticks are made up for. */
const MAX_CATCH_UP = 5

export async function startMediaProcess(options: MediaNodeOptions): Promise<MediaProcess> {
  const since = Date.now()
  const io = (options.io === 'auto' ? ffiIo() : null) ?? dgramIo()
  let line: ControlLine | null = null
  const notify = (notice: MediaNotice): void => line?.send(notice)
  const spool = new SpoolFiles(notify)
  const secure = await secureTransports(options.dtlsCert, options.dtlsKey, options.socket + '.keys')
  const engine = new MediaEngine({
    io,
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    random32: () => randomInt(0x100000000),
    cname: randomInt(2 ** 47).toString(36) + '@' + options.node,
    notify,
    codecs: voiceCodecs(await loadOpus()),
    clips: new ClipLibrary(options.prompts),
    recordings: spool,
    secure,
  })
  const pace = pacer(engine)
  line = await listenForSwitch(options.socket, {
    connected() {
      engine.switchConnected = true
      notify({ is: 'ready', node: options.node, since, sessions: engine.sessionIds })
    },
    disconnected() {
      engine.switchConnected = false
    },
    command(command) {
      try {
        engine.command(command)
      } catch (error) {
        // A command that our own types rule out must not take everybody's calls with it.
        const id = command.op === 'put' ? String(command.session?.id) : 'id' in command ? command.id : ''
        notify({
          is: 'refused',
          id,
          code: 'media.bad-command',
          message: `cannot ${command.op}: ${error instanceof Error ? error.message : String(error)}`,
        })
      }
      pace.start()
    },
  })
  return {
    io: io.kind,
    async close() {
      // Sessions are not ended: whoever starts this process again, and the switch, go on with them.
      pace.stop()
      await spool.flush()
      line?.close()
    },
  }
}

/** Calls `tick` every 20 ms of real time while there are sessions; sleeps otherwise. */
function pacer(engine: MediaEngine): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null
  let next = 0
  const step = (): void => {
    const now = performance.now()
    let made = 0
    while (next <= now && made < MAX_CATCH_UP) {
      engine.tick()
      next += TICK_MS
      made++
    }
    if (next <= now) next = now + TICK_MS
    timer = engine.busy ? setTimeout(step, Math.max(1, next - performance.now())) : null
  }
  return {
    start() {
      if (timer !== null || !engine.busy) return
      next = performance.now() + TICK_MS
      timer = setTimeout(step, TICK_MS)
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
