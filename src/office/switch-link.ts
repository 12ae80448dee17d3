/**
 * The office's end of the switch's control socket: asks and answers by id, hears notices, comes back by itself when the switch
 * was away. Nothing in the office waits for the switch longer than one time-out.
 */
import { connect, type Socket } from 'node:net'
import type { ControlNotice, ControlReply, ControlRequest } from '../operations/control-protocol.ts'

type Question = ControlRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never

/** The switch did not answer, or said no: then `code` is its own. */
export class SwitchProblem extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: SwitchProblem): void
  timer: NodeJS.Timeout
}

const ANSWER_WITHIN_MS = 2000
const LONGEST_PAUSE_MS = 1000
const LONGEST_LINE = 4 * 1024 * 1024

export class SwitchLink {
  private readonly path: string
  private readonly onNotice: (notice: ControlNotice) => void
  private readonly onPresence: (here: boolean) => void
  private readonly waiting = new Map<number, Waiting>()
  private socket: Socket | null = null
  private up = false
  private closed = false
  private nextId = 1
  private pauseMs = 50
  private retry: NodeJS.Timeout | null = null
  private awayBecause = 'the switch has not been reached yet'

  constructor(path: string, onNotice: (notice: ControlNotice) => void, onPresence: (here: boolean) => void) {
    this.path = path
    this.onNotice = onNotice
    this.onPresence = onPresence
    this.connect()
  }

  get here(): boolean {
    return this.up
  }

  /** Why it is away, in words. */
  get away(): string {
    return this.awayBecause
  }

  ask(question: Question): Promise<unknown> {
    const { socket } = this
    if (!socket || !this.up) return Promise.reject(new SwitchProblem('switch-away', this.awayBecause))
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        reject(new SwitchProblem('switch-away', `the switch did not answer within ${ANSWER_WITHIN_MS} ms`))
      }, ANSWER_WITHIN_MS)
      this.waiting.set(id, { resolve, reject, timer })
      socket.write(`${JSON.stringify({ id, ...question })}\n`)
    })
  }

  close(): void {
    this.closed = true
    if (this.retry) clearTimeout(this.retry)
    this.lost('the office is closing')
    this.socket?.destroy()
  }

  private connect(): void {
    this.retry = null
    const socket = connect(this.path)
    this.socket = socket
    socket.setEncoding('utf8')
    socket.on('connect', () => {
      this.up = true
      this.pauseMs = 50
      this.ask({ ask: 'watch' }).catch(() => {})
      this.onPresence(true)
    })
    let rest = ''
    socket.on('data', (text: string) => {
      rest += text
      if (rest.length > LONGEST_LINE) socket.destroy(new Error('the switch sent a line without end'))
      const lines = rest.split('\n')
      rest = lines.pop()!
      for (const line of lines) if (line !== '') this.hear(line)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
      this.awayBecause = missing
        ? 'the switch is not running: calls cannot be shown or changed until it is back'
        : `the switch cannot be reached: ${error.message}`
    })
    socket.on('close', () => {
      if (this.socket !== socket) return
      this.lost(this.up ? 'the connection to the switch was lost; it is being restored' : this.awayBecause)
      if (this.closed) return
      this.retry = setTimeout(() => this.connect(), this.pauseMs)
      this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2)
    })
  }

  private lost(why: string): void {
    const was = this.up
    this.up = false
    this.awayBecause = why
    for (const waiting of this.waiting.values()) {
      clearTimeout(waiting.timer)
      waiting.reject(new SwitchProblem('switch-away', why))
    }
    this.waiting.clear()
    if (was && !this.closed) this.onPresence(false)
  }

  private hear(line: string): void {
    let message: ControlReply | ControlNotice
    try {
      message = JSON.parse(line) as ControlReply | ControlNotice
    } catch {
      return
    }
    if ('notice' in message) {
      this.onNotice(message)
      return
    }
    const waiting = this.waiting.get(message.id)
    if (!waiting) return
    this.waiting.delete(message.id)
    clearTimeout(waiting.timer)
    if (message.ok) waiting.resolve(message.value)
    else waiting.reject(new SwitchProblem(message.code, message.message))
  }
}
