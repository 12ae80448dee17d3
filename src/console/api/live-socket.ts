/** Keeps WS /api/live open while somebody is signed in, and the board in the query cache up to date. */
import type { QueryClient } from '@tanstack/react-query'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { LiveBoard, LiveMessage } from '../../office/api/schemas.ts'
import { emptyBoard, foldLive } from './live-board.ts'
import { liveQuery } from './queries.ts'

/** What the office closes with, RFC 6455 §7.4.2. */
const sessionEnded = 4401
const listsEveryMs = 2_500
const retryMs = [500, 1_000, 2_000, 5_000, 10_000]

/** True while the board is current. */
export function useLiveSocket(wanted: boolean): boolean {
  const client = useQueryClient()
  const [open, setOpen] = useState(true)
  useEffect(() => (wanted ? keepOpen(client, setOpen) : undefined), [client, wanted])
  return open
}

function keepOpen(client: QueryClient, onOpen: (open: boolean) => void): () => void {
  let socket: WebSocket | null = null
  let attempt = 0
  let timer: number | undefined
  let listTimer: number | undefined
  let stopped = false

  function connect(): void {
    const url = new URL('/api/live', location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    socket = new WebSocket(url)
    socket.onmessage = event => {
      attempt = 0
      onOpen(true)
      receive(JSON.parse(String(event.data)) as LiveMessage)
    }
    socket.onclose = event => {
      if (stopped) return
      // The session has ended: any question now leads to the sign-in page.
      if (event.code === sessionEnded) void client.invalidateQueries({ queryKey: ['status'] })
      onOpen(false)
      timer = window.setTimeout(connect, retryMs[Math.min(attempt++, retryMs.length - 1)])
    }
  }

  function receive(message: LiveMessage): void {
    client.setQueryData<LiveBoard>(liveQuery.queryKey, board => foldLive(board ?? emptyBoard, message))
    if (message.is === 'change' && message.ended.length > 0) listsChanged()
    if (message.is === 'switch') void client.invalidateQueries({ queryKey: ['status'] })
  }

  /** In a busy office calls end every second: the lists are read anew at most every few seconds. */
  function listsChanged(): void {
    listTimer ??= window.setTimeout(() => {
      listTimer = undefined
      for (const key of ['calls', 'recordings', 'voicemail']) void client.invalidateQueries({ queryKey: [key] })
    }, listsEveryMs)
  }

  connect()
  return () => {
    stopped = true
    window.clearTimeout(listTimer)
    window.clearTimeout(timer)
    socket?.close()
  }
}
