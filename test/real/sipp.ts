/** sipp with a scenario of ours: a telephone or provider that does exactly what the scenario says, and fails when the exchange does not. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const scenarios = fileURLToPath(new URL('./sipp/', import.meta.url))

export interface SippOptions {
  /** Name of the file in test/real/sipp, without `.xml`. */
  readonly scenario: string
  readonly folder: string
  /** Where it listens. */
  readonly local: readonly [host: string, port: number]
  /** Where it sends; absent for scenarios that only wait. */
  readonly remote?: string
  readonly rtpPort: number
  /** `[service]` in the scenario: whom it calls, or who it is. */
  readonly service?: string
  readonly user?: string
  readonly password?: string
  readonly transport?: 'u1' | 't1'
  /** `{{name}}` in the scenario. */
  readonly keys?: Readonly<Record<string, string>>
  /** Sends back the RTP that it hears. */
  readonly echoes?: boolean
  readonly calls?: number
  readonly timeoutS?: number
}

let runs = 0

export class Sipp {
  readonly options: SippOptions
  private readonly child: ChildProcess
  private readonly messages: string
  private readonly errors: string
  private out = ''

  private constructor(options: SippOptions) {
    this.options = options
    const folder = join(options.folder, 'sipp')
    mkdirSync(folder, { recursive: true })
    const name = `${options.scenario}-${runs++}`
    this.messages = join(folder, `${name}.messages`)
    this.errors = join(folder, `${name}.errors`)
    let scenario = readFileSync(join(scenarios, `${options.scenario}.xml`), 'utf8')
    for (const [key, value] of Object.entries(options.keys ?? {})) scenario = scenario.replaceAll(`{{${key}}}`, value)
    const path = join(folder, `${name}.xml`)
    writeFileSync(path, scenario)
    const args = [
      ...(options.remote ? [options.remote] : []),
      ...['-sf', path, '-i', options.local[0], '-p', String(options.local[1])],
      ...['-mi', options.local[0], '-mp', String(options.rtpPort), '-t', options.transport ?? 'u1', '-m', String(options.calls ?? 1)],
      ...['-nostdin', '-timeout', String(options.timeoutS ?? 20), '-timeout_error', '-trace_msg', '-message_file', this.messages],
      ...['-trace_err', '-error_file', this.errors, '-cp', String(options.rtpPort + 4), '-r', '1000'],
      ...(options.service ? ['-s', options.service] : []),
      ...(options.user ? ['-au', options.user, '-ap', options.password ?? ''] : []),
      ...(options.echoes ? ['-rtp_echo'] : []),
    ]
    this.child = spawn('sipp', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TERM: 'dumb' } })
    this.child.stdout?.on('data', d => (this.out = (this.out + d).slice(-4000)))
    this.child.stderr?.on('data', d => (this.out = (this.out + d).slice(-4000)))
  }

  static start(options: SippOptions): Sipp {
    return new Sipp(options)
  }

  /** Starts one that waits for calls, and waits until it does. */
  static async listen(options: SippOptions): Promise<Sipp> {
    const sipp = new Sipp(options)
    await sleep(250)
    return sipp
  }

  /** Until the scenario is through; throws when it failed. */
  async done(): Promise<this> {
    const code = this.child.exitCode ?? (await new Promise<number>(done => this.child.once('exit', c => done(c ?? -1))))
    if (code !== 0) throw new Error(`${this.options.scenario} failed (${code}):\n${this.said}\n${this.trace.slice(-5000)}`)
    return this
  }

  /** Every message sent and received. */
  get trace(): string {
    return existsSync(this.messages) ? readFileSync(this.messages, 'utf8') : ''
  }

  get said(): string {
    return existsSync(this.errors) ? readFileSync(this.errors, 'utf8') : this.out.slice(-1500)
  }

  /** The messages received, first lines and all. */
  received(): string[] {
    return this.trace
      .split(/^-{40,}.*$/m)
      .filter(part => /message received/.test(part))
      .map(part => part.slice(part.indexOf('\n\n') + 2).trim())
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return
    const gone = new Promise(done => this.child.once('exit', done))
    this.child.kill('SIGKILL')
    await gone
  }
}

export function headerOf(message: string, name: string): string | null {
  return new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(message)?.[1] ?? null
}
