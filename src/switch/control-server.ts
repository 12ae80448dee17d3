/** The switch's control socket: what office and command line may ask (`control-protocol.ts`). One user of the machine, mode 0600. */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { readJsonLines, writeJsonLine } from '../net/json-lines.ts'
import type { ByHand, SettingRefused, SettingView } from '../operations/by-hand.ts'
import type {
  ControlNotice,
  ControlReply,
  ControlRequest,
  MailboxCount,
  PlanApplied,
  PlanFollowed,
  RegistrationView,
  SwitchStatus,
} from '../operations/control-protocol.ts'
import type { Setting } from '../plan/decision.ts'

export interface ControlAnswers {
  status(): SwitchStatus
  registrations(): RegistrationView[]
  hangUp(call: string, by: string): boolean
  /** Rejects when the revision cannot be read; nothing has changed then. */
  applyPlan(revision: number): Promise<PlanApplied>
  planFollowed(at: number): PlanFollowed
  byHand(person: string | null, as: string | null): ByHand
  setByHand(setting: Setting, as: string | null): SettingView | SettingRefused
  mailboxes(counts: readonly MailboxCount[]): void
  /** False when the plan has no such account. */
  admit(request: Extract<ControlRequest, { ask: 'admit' }>): boolean
}

/** Watchers hear of new events this often at most: a busy exchange is not slowed by being watched. */
const TELL_EVERY_MS = 40

export class ControlServer {
  private readonly server: Server
  private toldSeq = 0
  private told: NodeJS.Timeout | null = null
  private latestSeq = 0
  private readonly watchers = new Set<Socket>()
  private readonly answers: ControlAnswers

  constructor(path: string, answers: ControlAnswers) {
    this.answers = answers
    rmSync(path, { force: true })
    this.server = createServer(socket => {
      socket.on('error', () => socket.destroy())
      socket.once('close', () => this.watchers.delete(socket))
      readJsonLines(socket, value => this.take(socket, value as ControlRequest))
    })
    this.server.listen(path, () => chmodSync(path, 0o600))
  }

  /** Events up to `seq` are in the log. */
  logged(seq: number): void {
    this.latestSeq = seq
    if (this.told === null && seq !== this.toldSeq && this.watchers.size > 0) this.tell()
  }

  close(): void {
    this.server.close()
  }

  private tell(): void {
    this.toldSeq = this.latestSeq
    const notice: ControlNotice = { notice: 'log', upTo: this.latestSeq }
    for (const socket of this.watchers) writeJsonLine(socket, notice)
    this.told = setTimeout(() => {
      this.told = null
      this.logged(this.latestSeq)
    }, TELL_EVERY_MS)
    this.told.unref()
  }

  private take(socket: Socket, request: ControlRequest): void {
    if (typeof request !== 'object' || request === null || typeof request.id !== 'number') {
      socket.destroy()
      return
    }
    const answer = this.answer(socket, request)
    if (answer instanceof Promise) void answer.then(reply => writeJsonLine(socket, reply))
    else writeJsonLine(socket, answer)
  }

  private answer(socket: Socket, request: ControlRequest): ControlReply | Promise<ControlReply> {
    const { id } = request
    const ok = (value: unknown): ControlReply => ({ id, ok: true, value })
    const refused = (code: string, message: string): ControlReply => ({ id, ok: false, code, message })
    switch (request.ask) {
      case 'status':
        return ok(this.answers.status())
      case 'watch':
        this.watchers.add(socket)
        return ok(null)
      case 'registrations':
        return ok(this.answers.registrations())
      case 'hang-up':
        return this.answers.hangUp(request.call, request.by) ? ok(null) : refused('call.unknown', `there is no call ${request.call} now`)
      case 'admit':
        return this.answers.admit(request) ? ok(null) : refused('account.unknown', `the plan has no account ${request.account}`)
      case 'apply-plan':
        return this.answers
          .applyPlan(request.revision)
          .then(ok, (error: Error) =>
            refused('plan.refused', `the switch cannot apply plan revision ${request.revision}: ${error.message}`),
          )
      case 'plan-followed':
        return ok(this.answers.planFollowed(request.at))
      case 'by-hand':
        return ok(this.answers.byHand(request.person, request.as))
      case 'set-by-hand': {
        const done = this.answers.setByHand(request.setting, request.as)
        if ('setting' in done) return ok(done)
        return done.because === 'not-allowed' ? refused('setting.not-allowed', done.refused) : refused('setting.refused', done.refused)
      }
      case 'mailboxes':
        this.answers.mailboxes(Array.isArray(request.boxes) ? request.boxes : [])
        return ok(null)
      default:
        return refused('control.unknown', 'the switch does not know this request; are both programs of one version?')
    }
  }
}
