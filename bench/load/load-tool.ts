/**
 * The load tool with which the peers were measured: outside this repository, found beside it or by SWITCHROOM_BENCH_TOOL (a folder
 * that holds measure.sh). It needs a C compiler, python3 and taskset.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SIP } from './bench-exchange.ts'
import { LINE } from './bench-plan.ts'

export type Figures = Readonly<Record<string, unknown>>

export class LoadTool {
  private readonly script: string
  private readonly build = mkdtempSync(join(tmpdir(), 'switchroom-load-'))
  readonly core: number

  private constructor(script: string, core: number) {
    this.script = script
    this.core = core
  }

  /** A sentence instead, when it cannot be used here. */
  static find(core: number): LoadTool | string {
    const folder = process.env['SWITCHROOM_BENCH_TOOL'] ?? join(import.meta.dirname, '../../../shared/bench')
    const script = join(folder, 'measure.sh')
    if (!existsSync(script)) return `the load tool is not at ${folder}: set SWITCHROOM_BENCH_TOOL to its folder`
    for (const program of ['cc', 'python3', 'taskset'])
      if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `${program} is not installed`
    return new LoadTool(script, core)
  }

  /** One measurement as the tool makes it: its summaries, one for each step. */
  async measure(what: string, label: string, options: readonly string[], start: readonly string[] = []): Promise<Figures[]> {
    const target = what === 'register' || what === 'coldstart' ? [what, SIP] : [what, SIP, `sip:${LINE}@${SIP}`]
    const tail = start.length === 0 ? [] : ['--', ...start]
    const out = await this.run('bash', [this.script, ...target, '--label', label, '--core', String(this.core), ...options, ...tail])
    return jsonLines(out)
  }

  /** A single run at a fixed rate, whatever comes of it. */
  async load(options: readonly string[], mode: 'call' | 'register' = 'call'): Promise<Figures> {
    const sipload = join(this.build, 'sipload')
    if (!existsSync(sipload)) this.compile()
    const target = ['--mode', mode, '--target', SIP, '--core', String(this.core), '--rtp-socks', '4']
    const out = await this.run('taskset', [
      '-c',
      String(1 - this.core),
      sipload,
      ...target,
      ...(mode === 'call'
        ? ['--ruri', `sip:${LINE}@${SIP}`]
        : ['--uac', '127.0.0.4:6060', '--reg-first', '1000', '--reg-users', '500', '--reg-pass', 'pw']),
      ...options,
    ])
    return JSON.parse(out) as Figures
  }

  /** How fast this core is now: the least ns of UDP send and receive, and of an integer loop, of three tries. */
  async calibrate(): Promise<{ readonly udpNs: number; readonly loopNs: number }> {
    if (!existsSync(join(this.build, 'calib'))) this.compile()
    let udpNs = Number.POSITIVE_INFINITY
    let loopNs = Number.POSITIVE_INFINITY
    for (let i = 0; i < 3; i++) {
      const c = JSON.parse(await this.run('taskset', ['-c', String(this.core), join(this.build, 'calib')])) as {
        udp_cpu_ns: number
        loop_ns: number
      }
      udpNs = Math.min(udpNs, c.udp_cpu_ns)
      loopNs = Math.min(loopNs, c.loop_ns)
    }
    return { udpNs, loopNs }
  }

  private compile(): void {
    const folder = join(this.script, '..')
    for (const name of ['sipload', 'calib']) {
      const done = spawnSync('cc', ['-O2', '-w', '-o', join(this.build, name), join(folder, `${name}.c`)], { stdio: 'inherit' })
      if (done.status !== 0) throw new Error(`cc cannot compile ${name}.c`)
    }
  }

  private run(program: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, BENCH_BUILD: this.build, LOADCORE: String(1 - this.core) },
      })
      let out = ''
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString()
      })
      child.once('error', reject)
      child.once('exit', code => (code === 0 ? resolve(out) : reject(new Error(`${program} ${args[0]} ended with code ${code}\n${out}`))))
    })
  }
}

function jsonLines(text: string): Figures[] {
  return text.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as Figures] : []))
}
