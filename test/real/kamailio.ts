/** A telephone provider: Debian's Kamailio with `kamailio/provider.cfg`, on an address of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { find } from './programs.ts'

const config = fileURLToPath(new URL('kamailio/provider.cfg', import.meta.url))

export interface ProviderOptions {
  /** Where its control socket may lie. */
  readonly folder: string
  /** `127.0.0.31:32131`. */
  readonly at: string
  /** The telephone that stands for the outside world. */
  readonly world: string
  /** Where calls for a customer without registration go. */
  readonly customer: string
  readonly algorithm: 'MD5' | 'SHA-256'
  /** Password by user. */
  readonly customers: Readonly<Record<string, string>>
}

export class Provider {
  readonly options: ProviderOptions
  private child: ChildProcess | null = null
  private out = ''

  private constructor(options: ProviderOptions) {
    this.options = options
  }

  static async start(options: ProviderOptions): Promise<Provider> {
    const provider = new Provider(options)
    await provider.up()
    return provider
  }

  /** What it wrote since it was first started. */
  get log(): string {
    return this.out
  }

  async up(): Promise<void> {
    const { at, world, customer, algorithm, customers } = this.options
    const defines = [`PROVIDER=${at}`, `WORLD=${world}`, `CUSTOMER=${customer}`, `ALGORITHM="${algorithm}"`, `CONTROL="${this.control}"`]
    const args = ['-f', config, '-DD', '-E', '-m', '32', '-M', '4', ...defines.flatMap(d => ['-A', d])]
    const child = spawn(find('kamailio')!, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', d => (this.out += d))
    this.child = child
    for (let i = 0; i < 200; i++) {
      if (child.exitCode !== null) break
      try {
        for (const [user, password] of Object.entries(customers)) this.setPassword(user, password)
        return
      } catch {
        await sleep(50)
      }
    }
    throw new Error(`kamailio does not start:\n${this.out.slice(-2000)}`)
  }

  setPassword(user: string, password: string): void {
    execFileSync(find('kamcmd')!, ['-s', this.control, 'htable.sets', 'users', `s:${user}`, `s:${password}`], { stdio: 'pipe' })
  }

  async until(wanted: RegExp, ms = 10_000): Promise<RegExpExecArray> {
    for (const end = Date.now() + ms; ; await sleep(30)) {
      const found = wanted.exec(this.out)
      if (found) return found
      if (Date.now() > end) throw new Error(`the provider never says ${wanted}; it says:\n${this.said().join('\n')}`)
    }
  }

  /** The lines that its configuration writes. */
  said(): string[] {
    return this.out.split('\n').flatMap(l => /SAYS (.*)/.exec(l)?.[1] ?? [])
  }

  /** From one moment to the next nobody listens there any more. */
  async down(): Promise<void> {
    const { child } = this
    this.child = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise(done => child.once('exit', done))
    child.kill('SIGTERM')
    await Promise.race([gone, sleep(3000, undefined, { ref: false })])
    if (child.exitCode === null) child.kill('SIGKILL')
  }

  private get control(): string {
    return `unix:${join(this.options.folder, `kamailio-${this.options.at.split(':')[1]}`)}`
  }
}
