/** JSON lines over a local socket: how the three processes talk. One value per line, bounded, never throwing on what came in. */
import type { Socket } from 'node:net'

const LONGEST_LINE = 4 * 1024 * 1024

/** Calls `line` for every complete value; a peer that sends garbage or an endless line is cut off. */
export function readJsonLines(socket: Socket, line: (value: unknown) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    rest = rest === '' ? chunk : rest + chunk
    let from = 0
    for (let end = rest.indexOf('\n', from); end >= 0; end = rest.indexOf('\n', from)) {
      const text = rest.slice(from, end)
      from = end + 1
      if (text === '') continue
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        socket.destroy(new Error('a line that is not JSON'))
        return
      }
      line(value)
    }
    rest = from === 0 ? rest : rest.slice(from)
    if (rest.length > LONGEST_LINE) socket.destroy(new Error('a line without end'))
  })
}

export function writeJsonLine(socket: Socket, value: unknown): void {
  if (!socket.destroyed) socket.write(JSON.stringify(value) + '\n')
}

/** Several in one write: one call of the system, one waking of the peer. */
export function writeJsonLines(socket: Socket, values: readonly unknown[]): void {
  if (socket.destroyed || values.length === 0) return
  let text = ''
  for (const value of values) text += JSON.stringify(value) + '\n'
  socket.write(text)
}
