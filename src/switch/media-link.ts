/**
 * The switch's end of the socket to one media process. It keeps trying; on every (re)connection the switch states which
 * sessions shall exist and what they are, so that a media process that crashed makes them anew on the same ports and one
 * that did not just goes on.
 */
import { connect, type Socket } from 'node:net'
import type { MediaCommand, MediaNotice } from '../media/protocol.ts'
import { readJsonLines, writeJsonLines } from '../net/json-lines.ts'

export interface MediaLinkEvents {
  notice(node: string, notice: MediaNotice): void
  /** Connected: `only` and the `put`s of every session are to be said now. */
  connected(node: string): void
  lost(node: string): void
}

const RETRY_MS = 50

export class MediaLink {
  readonly node: string
  private readonly path: string
  private readonly events: MediaLinkEvents
  private socket: Socket | null = null
  private closed = false
  /** Epoch ms of the process behind the socket: a new one means that the old one died. */
  since = 0

  constructor(node: string, path: string, events: MediaLinkEvents) {
    this.node = node
    this.path = path
    this.events = events
    this.open()
  }

  get connected(): boolean {
    return this.socket !== null
  }

  /** While the process is away commands are dropped: the state is restated when it is back. */
  send(commands: readonly MediaCommand[]): void {
    if (this.socket) writeJsonLines(this.socket, commands)
  }

  close(): void {
    this.closed = true
    this.socket?.destroy()
  }

  private open(): void {
    if (this.closed) return
    const socket = connect(this.path)
    socket.once('connect', () => {
      this.socket = socket
      readJsonLines(socket, value => this.take(value as MediaNotice))
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      const was = this.socket === socket
      this.socket = null
      if (was && !this.closed) this.events.lost(this.node)
      if (!this.closed) setTimeout(() => this.open(), RETRY_MS)
    })
  }

  private take(notice: MediaNotice): void {
    if (notice.is === 'ready') {
      this.since = notice.since
      this.events.connected(this.node)
    }
    this.events.notice(this.node, notice)
  }
}
