/** For tests: a data folder with a log that the test writes, a switch that answers on the control socket, and a running office. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoggedEvent } from '../call/events.ts'
import type { ControlReply, ControlRequest } from '../operations/control-protocol.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { LogStore } from '../store/log-store.ts'
import { type RunningOffice, startOffice } from './office.ts'
import type { OfficePlan } from './office-plan.ts'
import { parseOptions } from './options.ts'

export const PLAN: OfficePlan = {
  revision: 3,
  office: { name: 'Densaulyk Clinic', timezone: 'Asia/Almaty', languages: ['ru', 'kk', 'en'] },
  owner: 'aida',
  approvers: ['aida', 'dana'],
  people: [
    { id: 'aida', name: 'Aida Sadykova', extension: '201', department: 'reception', accounts: ['201'], roles: ['operator'] },
    { id: 'dana', name: 'Dana Omarova', extension: '202', department: 'reception', accounts: ['202'], roles: [] },
    { id: 'marat', name: 'Marat Iskakov', extension: '410', department: 'sales', accounts: ['410'], roles: [] },
  ],
  entries: [
    { id: 'person:aida', kind: 'person', name: 'Aida Sadykova', number: '201', department: 'reception', accounts: ['201'] },
    { id: 'person:marat', kind: 'person', name: 'Marat Iskakov', number: '410', department: 'sales', accounts: ['410'] },
    { id: 'service:echo', kind: 'service', name: 'Echo test', number: '*43', department: null, accounts: [] },
  ],
  boxes: [{ box: 'sales', tell: ['marat'] }],
  grants: [
    { name: 'admin', who: ['aida'], may: ['configure'], of: { kind: 'everything' }, newerThanMs: null },
    { name: 'lead-support', who: ['aida'], may: ['search', 'listen'], of: { kind: 'everything' }, newerThanMs: null },
    { name: 'lead-sales', who: ['marat'], may: ['search', 'listen'], of: { kind: 'department', name: 'sales' }, newerThanMs: null },
    { name: 'security', who: ['dana'], may: ['search', 'listen', 'download'], of: { kind: 'everything' }, newerThanMs: null },
  ],
  administrators: ['aida'],
  recordingFormat: 'opus',
  prompts: [],
}

export function temporaryData(): { readonly data: string; remove(): void } {
  const data = mkdtempSync(join(tmpdir(), 'switchroom-office-'))
  mkdirSync(join(data, 'run'))
  mkdirSync(join(data, 'spool'))
  return { data, remove: () => rmSync(data, { recursive: true, force: true }) }
}

/** Appends to the log as the switch does. */
export class TestLog {
  private readonly store: LogStore

  constructor(data: string) {
    this.store = new LogStore(dataPaths(data).switchDb)
  }

  append(events: readonly LoggedEvent[]): void {
    for (const { at, call, event } of events) this.store.append(at, call, event)
    this.store.commit()
  }

  close(): void {
    this.store.close()
  }
}

/** What the office asks of a switch, answered by the test. */
export class TestSwitch {
  readonly asked: ControlRequest[] = []
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private readonly answer: (request: ControlRequest) => unknown

  constructor(path: string, answer: (request: ControlRequest) => unknown = () => null) {
    this.answer = answer
    this.server = createServer(socket => {
      this.sockets.add(socket)
      socket.setEncoding('utf8')
      socket.on('error', () => {})
      let rest = ''
      socket.on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop()!
        for (const line of lines) this.reply(socket, JSON.parse(line) as ControlRequest)
      })
    })
    this.server.listen(path)
  }

  notice(upTo: number): void {
    for (const socket of this.sockets) socket.write(`${JSON.stringify({ notice: 'log', upTo })}\n`)
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private reply(socket: Socket, request: ControlRequest): void {
    if (request.ask !== 'watch') this.asked.push(request)
    socket.write(`${JSON.stringify(this.replyTo(request))}\n`)
  }

  /** An exception of the test is the switch's refusal. */
  private replyTo(request: ControlRequest): ControlReply {
    const { id } = request
    try {
      return { id, ok: true, value: this.answer(request) }
    } catch (error) {
      return { id, ok: false, code: 'refused', message: (error as Error).message }
    }
  }
}

/** A browser as far as cookies and headers go. */
export class TestBrowser {
  private readonly url: string
  cookie = ''

  constructor(url: string) {
    this.url = url
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: unknown; headers: Headers; bytes: Buffer }> {
    const sent: Record<string, string> = { 'x-switchroom': 'test', ...headers }
    if (this.cookie) sent['cookie'] = this.cookie
    if (body !== undefined) sent['content-type'] = 'application/json'
    const response = await fetch(this.url + path, { method, headers: sent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const set = response.headers.get('set-cookie')
    if (set) this.cookie = set.split(';')[0]!
    const bytes = Buffer.from(await response.arrayBuffer())
    const json = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      body: json ? JSON.parse(bytes.toString()) : bytes.toString('latin1'),
      headers: response.headers,
      bytes,
    }
  }

  signIn(user: string, password: string): ReturnType<TestBrowser['ask']> {
    return this.ask('POST', '/api/session', { user, password })
  }
}

/** With `logged`, everything the office logs is added to it. */
export function startTestOffice(data: string, plan: OfficePlan = PLAN, logged?: string[]): Promise<RunningOffice> {
  const options = parseOptions([
    '--data',
    data,
    '--http',
    '127.0.0.1:0',
    '--ws-port',
    '15066',
    '--log-level',
    logged ? 'trace' : 'silent',
    '--console',
    join(data, 'console'),
  ])
  return startOffice(options, {
    version: 'test',
    plan,
    voice: () => null,
    ...(logged ? { logTo: { write: line => void logged.push(line) } } : {}),
  })
}
