/** The office's HTTP interface as an administrator uses it: signs in with the one-time password, chooses another, asks. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallRecord, CallStory, Recording, VoicemailPage } from '../../src/office/api/schemas.ts'
import type { TestExchange } from './exchange.ts'
import { type Heard, readSound } from './listen.ts'

export const chosenPassword = 'copper lantern drifts northward'

export class OfficeApi {
  private readonly x: TestExchange
  private cookie = ''

  private constructor(x: TestExchange) {
    this.x = x
  }

  static async signIn(x: TestExchange): Promise<OfficeApi> {
    const api = new OfficeApi(x)
    const file = join(x.data, 'first-password.txt')
    if (existsSync(file)) {
      const [user, password] = readFileSync(file, 'utf8').trim().split(/\s+/)
      await api.post('/api/session', { user, password })
      await api.post('/api/me/password', { old: password, new: chosenPassword })
    } else await api.post('/api/session', { user: 'admin', password: chosenPassword })
    return api
  }

  async raw(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(this.x.http + path, {
      method,
      headers: { 'x-switchroom': 'test', cookie: this.cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const set = response.headers.getSetCookie()[0]
    if (set) this.cookie = set.split(';')[0]!
    return response
  }

  async post(path: string, body: unknown): Promise<unknown> {
    const response = await this.raw('POST', path, body)
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  async get<T>(path: string): Promise<T> {
    const response = await this.raw('GET', path)
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  async calls(): Promise<CallRecord[]> {
    return (await this.get<{ calls: CallRecord[] }>('/api/calls')).calls
  }

  /** The newest call to this number, once the office has read that it is over. */
  async callTo(dialled: string, ms = 5000): Promise<CallRecord> {
    for (const end = Date.now() + ms; ; await sleep(50)) {
      const found = (await this.calls()).find(c => c.dialled === dialled)
      if (found?.outcome) return found
      if (Date.now() > end) throw new Error(`no call to ${dialled} that is over: ${JSON.stringify(found ?? null)}`)
    }
  }

  story(call: string): Promise<CallStory> {
    return this.get(`/api/calls/${call}`)
  }

  voicemail(): Promise<VoicemailPage> {
    return this.get('/api/voicemail')
  }

  /** The first recording of a call (or voicemail) that passes, once it can be heard. */
  async recording(wanted: (r: Recording) => boolean, ms = 15_000): Promise<Recording> {
    const end = Date.now() + ms
    for (;;) {
      const { recordings } = await this.get<{ recordings: Recording[] }>('/api/recordings?limit=200')
      const found = recordings.find(wanted)
      if (found && (found.state === 'ready' || found.state === 'failed' || found.state === 'empty')) return found
      if (Date.now() > end) throw new Error(`no finished recording in ${ms} ms: ${JSON.stringify(found ?? recordings.slice(0, 3))}`)
      await sleep(100)
    }
  }

  /** Its sound as a player gets it, decoded. */
  async sound(recording: Recording): Promise<Heard> {
    const response = await this.raw('GET', `/api/recordings/${recording.id}/audio`)
    if (!response.ok) throw new Error(`audio of ${recording.id}: ${response.status} ${await response.text()}`)
    const path = join(this.x.folder, `${recording.id}.${recording.format}`)
    writeFileSync(path, new Uint8Array(await response.arrayBuffer()))
    return readSound(path)
  }
}
