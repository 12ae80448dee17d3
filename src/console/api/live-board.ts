/** The live board as the fold of what the web socket says. */
import { unreachable } from '../../kernel/result.ts'
import type { LiveBoard, LiveMessage } from '../../office/api/schemas.ts'

export const emptyBoard: LiveBoard = { at: 0, switchHere: true, calls: [] }

export function foldLive(board: LiveBoard, message: LiveMessage): LiveBoard {
  switch (message.is) {
    case 'board':
      return { at: message.at, switchHere: message.switchHere, calls: [...message.calls].sort(byStart) }
    case 'change': {
      const gone = new Set([...message.ended, ...message.calls.map(call => call.id)])
      const kept = board.calls.filter(call => !gone.has(call.id))
      const ended = new Set(message.ended)
      return { ...board, at: message.at, calls: [...kept, ...message.calls.filter(call => !ended.has(call.id))].sort(byStart) }
    }
    case 'switch':
      return { ...board, at: message.at, switchHere: message.here }
    default:
      return unreachable(message)
  }
}

/** Oldest first: a row keeps its place while others come and go below it. */
function byStart(a: { readonly startedAt: number; readonly id: string }, b: { readonly startedAt: number; readonly id: string }): number {
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1)
}
