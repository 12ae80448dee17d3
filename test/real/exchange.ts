/** A whole exchange for a test: the three processes as `switchroom up` starts them, on ports of its own, in a folder of its own. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { LoggedEvent } from '../../src/call/events.ts'
import { LogView } from '../../src/cli/log-view.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface ExchangeOptions {
  /** YAML. */
  readonly plan: string
  /** First of the ports it may use: +0 SIP, +1 SIPS, +6 WS, +7 WSS, +8 HTTP; phones of the test take from +20. */
  readonly port: number
  readonly rtp: string
  /** What only contracts can tell: passwords of trunks. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Where SIP and sound listen; default 127.0.0.1. */
  readonly host?: string
  /** Further options of `switchroom up`. */
  readonly more?: readonly string[]
  /** Names its folder, so that one sees in `ps` whose it is. */
  readonly tag?: string
}

export class TestExchange {
  readonly folder: string
  readonly data: string
  readonly options: ExchangeOptions
  private child: ChildProcess | null = null
  private out = ''

  private constructor(options: ExchangeOptions) {
    this.options = options
    this.folder = mkdtempSync(join(tmpdir(), `switchroom-test-${options.tag ?? ''}`))
    this.data = join(this.folder, 'data')
    writeFileSync(join(this.folder, 'plan.yaml'), options.plan)
    if (options.secrets) this.setSecrets(options.secrets)
  }

  static async start(options: ExchangeOptions): Promise<TestExchange> {
    const x = new TestExchange(options)
    await x.up().catch(async error => {
      await x.stop()
      throw error
    })
    return x
  }

  get registrar(): string {
    return `127.0.0.1:${this.options.port}`
  }

  get sips(): string {
    return `127.0.0.1:${this.options.port + 1}`
  }

  get http(): string {
    return `http://127.0.0.1:${this.options.port + 8}`
  }

  get output(): string {
    return this.out
  }

  async up(): Promise<void> {
    const { port, rtp, host = '127.0.0.1' } = this.options
    const args = [
      'up',
      '--plan',
      join(this.folder, 'plan.yaml'),
      '--data',
      this.data,
      '--sip',
      host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
      '--http',
      `127.0.0.1:${port + 8}`,
      '--rtp',
      rtp,
      ...(this.options.more ?? []),
    ]
    // One code cache for all test exchanges: they start in a third of the time.
    const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'switchroom-code-cache'), ...process.env }
    this.child = spawn(join(root, 'bin/switchroom'), args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    this.child.stdout?.on('data', d => (this.out += d))
    this.child.stderr?.on('data', d => (this.out += d))
    await this.until(() => this.out.includes('Ctrl-C ends it.'), 'the exchange to be up', 60_000).catch((error: Error) => {
      const logs = ['switch', 'media-0', 'office'].map(name => `${name}:\n${this.processLog(name).slice(-1500)}`)
      throw new Error(`${error.message}\n${logs.join('\n')}`)
    })
  }

  /** Passwords by account as the first start made them. */
  password(account: string): string {
    const secrets = JSON.parse(readFileSync(join(this.data, 'secrets.json'), 'utf8')) as Record<string, string>
    const plan = secrets[account] ?? secrets[`people/${account}`] ?? secrets[`devices/${account}`]
    if (plan !== undefined) return plan
    const banner = readFileSync(join(this.data, 'run/banner.txt'), 'utf8')
    const row = banner.split('\n').find(l => l.trim().split(/\s+/)[0] === account)
    if (!row) throw new Error(`no password of ${account}`)
    return row.trim().split(/\s+/)[1]!
  }

  setSecrets(secrets: Readonly<Record<string, string>>): void {
    const path = join(this.data, 'secrets.json')
    const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object) : {}
    mkdirSync(this.data, { recursive: true })
    writeFileSync(path, JSON.stringify({ ...before, ...secrets }), { mode: 0o600 })
  }

  pid(process: 'switch' | 'media-0' | 'media-1' | 'office'): number {
    return Number(readFileSync(join(this.data, 'run', `${process}.pid`), 'utf8'))
  }

  /** kill -9, and waits until another one answers on the same socket. */
  async kill(process: 'switch' | 'media-0' | 'media-1' | 'office'): Promise<number> {
    const old = this.pid(process)
    const began = Date.now()
    globalThis.process.kill(old, 'SIGKILL')
    const pidOf = (): number => {
      try {
        return this.pid(process)
      } catch {
        return old
      }
    }
    await this.until(() => pidOf() !== old, `a new ${process}`)
    if (process !== 'office') await this.untilConnects(join(this.data, 'run', `${process}.sock`))
    return Date.now() - began
  }

  /** kill -9 of `switchroom up`, then another one is started on the same folder. */
  async killSupervisor(): Promise<void> {
    const old = this.child!
    const gone = new Promise(done => old.once('exit', done))
    old.kill('SIGKILL')
    await gone
    this.out = ''
    await this.up()
  }

  /** Runs a command that may fail: its exit code and what it says. */
  try(...args: string[]): { readonly code: number; readonly out: string; readonly err: string } {
    const done = spawnSync(join(root, 'bin/switchroom'), args, { encoding: 'utf8' })
    return { code: done.status ?? -1, out: done.stdout, err: done.stderr }
  }

  command(...args: string[]): string {
    return execFileSync(join(root, 'bin/switchroom'), [...args, '--data', this.data], { encoding: 'utf8' })
  }

  events(): LoggedEvent[] {
    const log = new LogView(this.data)
    const all = log.after(0, 100_000)
    log.close()
    return all
  }

  /** Waits until the log holds such an event. */
  async logged(wanted: (e: LoggedEvent) => boolean, what: string, ms = 15_000): Promise<LoggedEvent> {
    let found: LoggedEvent | undefined
    await this.until(() => (found = this.events().find(wanted)) !== undefined, what, ms)
    return found!
  }

  processLog(process: string): string {
    const path = join(this.data, 'log', `${process}.log`)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** Ctrl-C, and everything is gone. */
  async stop(): Promise<void> {
    const child = this.child
    if (child && child.exitCode === null) {
      const gone = new Promise(done => child.once('exit', done))
      child.kill('SIGINT')
      await Promise.race([gone, sleep(12_000, undefined, { ref: false })])
      if (child.exitCode === null) child.kill('SIGKILL')
    }
    this.endOrphans()
    if (process.env['KEEP_TEST_DATA'] === 'true') writeFileSync(join(this.folder, 'up.log'), this.out)
    else rmSync(this.folder, { recursive: true, force: true })
  }

  /** The three processes outlive a supervisor that was killed: what its pid files still name is ended here. */
  private endOrphans(): void {
    let names: string[] = []
    try {
      names = readdirSync(join(this.data, 'run')).filter(n => n.endsWith('.pid'))
    } catch {
      return // it never came that far
    }
    for (const name of names) {
      try {
        const pid = Number(readFileSync(join(this.data, 'run', name), 'utf8'))
        if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.data)) process.kill(pid, 'SIGKILL')
      } catch {
        // it has ended meanwhile
      }
    }
  }

  async until(done: () => boolean, what: string, ms = 15_000): Promise<void> {
    const end = Date.now() + ms
    while (!done()) {
      if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}; the exchange says:\n${this.out.slice(-3000)}`)
      if (this.child?.exitCode !== null && this.child?.exitCode !== undefined)
        throw new Error(`the exchange ended (${this.child.exitCode}):\n${this.out.slice(-3000)}`)
      await sleep(20)
    }
  }

  private async untilConnects(path: string): Promise<void> {
    for (let i = 0; i < 500; i++) {
      const ok = await new Promise<boolean>(done => {
        const s = connect(path)
        s.once('connect', () => {
          s.destroy()
          done(true)
        })
        s.once('error', () => done(false))
      })
      if (ok) return
      await sleep(10)
    }
    throw new Error(`nothing listens on ${path}`)
  }
}
