/** Asks the running switch something over its control socket. */
import { connect } from 'node:net'
import { readJsonLines, writeJsonLine } from '../net/json-lines.ts'
import { UsageError } from './usage-error.ts'

/** Resolves with the value of the reply; a `UsageError` says so when no exchange runs on this folder. */
export function askSwitch<T>(socketPath: string, ask: string, rest: object = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new UsageError('the switch does not answer', 'look into DATA/log/switch.log; `switchroom up` restarts it when it died'))
    }, 3000)
    socket.once('connect', () => writeJsonLine(socket, { id: 1, ask, ...rest }))
    socket.once('error', () => {
      clearTimeout(timer)
      reject(
        new UsageError(
          `no exchange runs on this data folder (${socketPath})`,
          'start it with `switchroom up`, or name its folder with --data DIR',
        ),
      )
    })
    readJsonLines(socket, value => {
      const reply = value as { id?: number; ok?: boolean; value?: T; message?: string }
      if (reply.id !== 1) return
      clearTimeout(timer)
      socket.destroy()
      if (reply.ok) resolve(reply.value as T)
      else reject(new UsageError(reply.message ?? 'refused', 'see the message'))
    })
  })
}
