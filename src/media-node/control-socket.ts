/**
 * The line to the switch: a unix socket with one JSON value per line. One switch at a time: a newer connection takes over, the older one is closed.
 * Sessions do not care whether anybody is connected.
 */
import { unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { MediaCommand, MediaNotice } from '../media/protocol.ts'

/** A line longer than this is no command of ours. */
const MAX_LINE = 1 << 20
/** A switch that does not read for so long has its line cut, rather than our memory filled. */
const MAX_BACKLOG = 32 << 20

export interface ControlEvents {
  connected(): void
  disconnected(): void
  command(command: MediaCommand): void
}

export interface ControlLine {
  send(notice: MediaNotice): void
  readonly connected: boolean
  close(): void
}

export async function listenForSwitch(path: string, events: ControlEvents): Promise<ControlLine> {
  let current: Socket | null = null
  let pending = ''
  let flushing = false
  const flush = (): void => {
    flushing = false
    if (current === null) {
      pending = ''
      return
    }
    const text = pending
    pending = ''
    current.write(text)
    if (current.writableLength > MAX_BACKLOG) current.destroy()
  }
  const server = createServer(socket => {
    const before = current
    current = socket
    pending = ''
    before?.destroy()
    socket.setEncoding('utf8')
    readLines(socket, line => {
      if (socket === current) events.command(line)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (socket !== current) return
      current = null
      events.disconnected()
    })
    events.connected()
  })
  await listen(server, path)
  return {
    get connected() {
      return current !== null
    },
    send(notice) {
      if (current === null) return
      pending += JSON.stringify(notice) + '\n'
      if (flushing) return
      flushing = true
      // Many notices of one turn go out together.
      setImmediate(flush)
    },
    close() {
      if (pending !== '') flush()
      current?.end()
      server.close()
    },
  }
}

function readLines(socket: Socket, take: (command: MediaCommand) => void): void {
  let rest = ''
  socket.on('data', (chunk: string) => {
    let text = rest === '' ? chunk : rest + chunk
    let at = 0
    for (;;) {
      const end = text.indexOf('\n', at)
      if (end < 0) break
      const command = readCommand(text.slice(at, end))
      at = end + 1
      if (command !== null) take(command)
    }
    text = text.slice(at)
    if (text.length > MAX_LINE) socket.destroy()
    rest = text
  })
}

function readCommand(line: string): MediaCommand | null {
  if (line === '') return null
  try {
    const value = JSON.parse(line) as MediaCommand | null
    return value !== null && typeof value === 'object' && typeof value.op === 'string' ? value : null
  } catch {
    return null
  }
}

/** Binds, taking over the path of a process that died and left it behind. */
async function listen(server: Server, path: string): Promise<void> {
  const attempt = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(error)
      server.once('error', failed)
      server.listen(path, () => {
        server.off('error', failed)
        resolve()
      })
    })
  try {
    await attempt()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    unlinkSync(path)
    await attempt()
  }
}
