/** A real telephone: baresip, driven over its control socket. It speaks a tone and writes what it hears to a file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface PhoneOptions {
  readonly name: string
  readonly folder: string
  readonly user: string
  readonly password: string
  /** `127.0.0.1:15060`. */
  readonly registrar: string
  readonly transport?: 'udp' | 'tcp' | 'tls'
  /** Hz of the tone it speaks. */
  readonly tone: number
  /** e.g. `PCMU`, `G722/16000/1`, `opus/48000/2`. */
  readonly codecs?: string
  readonly encryption?: 'srtp' | 'srtp-mand' | 'dtls_srtp'
  readonly answers?: 'auto' | 'manual'
  /** Where its SIP comes from; 127.0.0.1 when absent. Its RTP does in any case: the system takes that address for any loopback peer. */
  readonly address?: string
  /** False: it belongs to a provider and registers nowhere. */
  readonly registers?: false
  /** Further numbers at which a provider's subscriber is called. */
  readonly aliases?: readonly string[]
  readonly sipPort: number
  readonly controlPort: number
  readonly rtpPorts: string
  /** Subscribes to its mailbox. Not unless asked: a refused subscription at times sends baresip 1.0 into an endless loop. */
  readonly mailbox?: boolean
}

export interface PhoneEvent {
  readonly class: string
  readonly type: string
  readonly param: string
  readonly id?: string
  /** Who calls or is called. */
  readonly peeruri?: string
}

export class Phone {
  readonly options: PhoneOptions
  readonly events: PhoneEvent[] = []
  private readonly child: ChildProcess
  private control: Socket | null = null
  private out = ''
  private replies = 0

  private constructor(options: PhoneOptions, child: ChildProcess) {
    this.options = options
    this.child = child
    child.stdout?.on('data', d => (this.out += d))
    child.stderr?.on('data', d => (this.out += d))
  }

  /** Starts it and waits until it has registered. */
  static async start(options: PhoneOptions): Promise<Phone> {
    const folder = join(options.folder, options.name)
    mkdirSync(join(folder, 'heard'), { recursive: true })
    writeFileSync(join(folder, 'config'), config(options, folder))
    const transport = options.transport ?? 'udp'
    const account = (user: string): string =>
      [
        `<sip:${user}@${options.registrar};transport=${transport}>`,
        `auth_user=${options.user}`,
        `auth_pass=${options.password}`,
        `answermode=${options.answers ?? 'auto'}`,
        `regint=${options.registers === false ? 0 : 60}`,
        ...(options.codecs ? [`audio_codecs=${options.codecs}`] : []),
        ...(options.encryption ? [`mediaenc=${options.encryption}`] : []),
        ...(options.mailbox ? [] : ['mwi=no']),
      ].join(';')
    writeFileSync(join(folder, 'accounts'), [options.user, ...(options.aliases ?? [])].map(user => account(user) + '\n').join(''))
    writeFileSync(join(folder, 'contacts'), '')
    const child = spawn('baresip', ['-f', folder], { stdio: ['ignore', 'pipe', 'pipe'] })
    const phone = new Phone(options, child)
    await phone.connectControl()
    if (options.registers === false) return phone
    await phone.until(() => phone.events.some(e => e.type === 'REGISTER_OK') || /200 OK/.test(phone.out), 'registration')
    return phone
  }

  dial(target: string): Promise<void> {
    return this.command('dial', `sip:${target}@${this.options.registrar}`)
  }

  accept(): Promise<void> {
    return this.command('accept')
  }

  hangUp(): Promise<void> {
    return this.command('hangup')
  }

  hold(): Promise<void> {
    return this.command('hold')
  }

  resume(): Promise<void> {
    return this.command('resume')
  }

  transfer(target: string): Promise<void> {
    return this.command('transfer', `sip:${target}@${this.options.registrar}`)
  }

  async digits(text: string): Promise<void> {
    for (const d of text) {
      await this.command('sndcode', d)
      await sleep(250)
    }
  }

  count(type: string): number {
    return this.events.filter(e => e.type === type).length
  }

  /** Waits for the n-th event of a type. */
  async event(type: string, n = 1): Promise<void> {
    await this.until(() => this.count(type) >= n, `${type} (${n})`)
  }

  /** Samples of everything it has heard in its calls, oldest call first. Complete after the call. */
  heard(): { readonly path: string; readonly bytes: Uint8Array }[] {
    const folder = join(this.options.folder, this.options.name, 'heard')
    return readdirSync(folder)
      .filter(n => n.endsWith('-dec.wav'))
      .sort()
      .map(n => ({ path: join(folder, n), bytes: readFileSync(join(folder, n)) }))
  }

  get log(): string {
    return this.out
  }

  async stop(): Promise<void> {
    this.control?.destroy()
    if (this.child.exitCode !== null) return
    const gone = new Promise(done => this.child.once('exit', done))
    this.child.kill('SIGCONT')
    this.child.kill('SIGTERM')
    await Promise.race([gone, sleep(1500, undefined, { ref: false })])
    if (this.child.exitCode === null) this.child.kill('SIGKILL')
  }

  /** As if its power had been cut. */
  kill(): void {
    this.child.kill('SIGKILL')
  }

  /** As if the network or the telephone stood still; `thaw` lets it go on. */
  freeze(): void {
    this.child.kill('SIGSTOP')
  }

  thaw(): void {
    this.child.kill('SIGCONT')
  }

  async until(done: () => boolean, what: string, ms = 15_000): Promise<void> {
    const end = Date.now() + ms
    while (!done()) {
      if (Date.now() > end || this.child.exitCode !== null)
        throw new Error(`${this.options.name}: no ${what} in ${ms} ms; it says:\n${this.out.slice(-3000)}`)
      await sleep(20)
    }
  }

  private async connectControl(): Promise<void> {
    for (let i = 0; i < 100; i++) {
      const socket = connect(this.options.controlPort, '127.0.0.1')
      const ok = await new Promise<boolean>(done => {
        socket.once('connect', () => done(true))
        socket.once('error', () => done(false))
      })
      if (ok) {
        this.control = socket
        let rest = ''
        socket.setEncoding('utf8')
        socket.on('error', () => {})
        socket.on('data', (chunk: string) => {
          rest += chunk
          for (let m = /^(\d+):/.exec(rest); m; m = /^(\d+):/.exec(rest)) {
            const from = m[0].length
            const length = Number(m[1])
            if (rest.length < from + length + 1) return
            const value = JSON.parse(rest.slice(from, from + length)) as PhoneEvent & { response?: boolean }
            rest = rest.slice(from + length + 1)
            if (value.response) this.replies++
            else this.events.push(value)
          }
        })
        return
      }
      await sleep(50)
    }
    throw new Error(`${this.options.name}: no control socket; it says:\n${this.out}`)
  }

  private async command(command: string, params = ''): Promise<void> {
    const text = JSON.stringify({ command, params, token: command })
    const before = this.replies
    this.control!.write(`${Buffer.byteLength(text)}:${text},`)
    await this.until(() => this.replies > before, `reply to ${command}`)
  }
}

function config(o: PhoneOptions, folder: string): string {
  return `poll_method epoll
sip_listen ${o.address ?? '127.0.0.1'}:${o.sipPort}
sip_verify_server no
call_max_calls 4
call_hold_other_calls yes
audio_player aubridge,${o.name}-ear
audio_source ausine,${o.tone}
audio_alert aubridge,${o.name}-bell
ausrc_srate 48000
auplay_srate 48000
ausrc_channels 2
auplay_channels 2
audio_txmode thread
audio_buffer 20-160
jitter_buffer_delay 2-10
rtp_ports ${o.rtpPorts}
rtcp_mux no
net_interface 127.0.0.1
snd_path ${folder}/heard
module_path /usr/lib/baresip/modules
module ausine.so
module aubridge.so
module sndfile.so
module g711.so
module g722.so
module opus.so
module srtp.so
module dtls_srtp.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
module_app mwi.so
ctrl_tcp_listen 127.0.0.1:${o.controlPort}
opus_bitrate 32000
`
}
