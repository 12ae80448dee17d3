/** DTLS-SRTP and ICE-lite of one leg on its media port: checks are answered here, handshakes pass to the other thread, keys come back as a guard. */
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { IceLite } from '../media/ice-lite.ts'
import type { MediaLeg } from '../media/media-leg.ts'
import type { PacketSource } from '../media/packet-io.ts'
import type { SecureTransport } from '../media/secure-transport.ts'
import { SrtpGuard } from '../media/srtp-guard.ts'
import { classifyPacket } from '../wire/rtp/demultiplex.ts'
import { masterKeyOf } from '../wire/srtp/sdes-key.ts'
import { DtlsKeyFolder } from './dtls-keys.ts'
import type { DtlsKeys, FromDtls, ToDtls } from './dtls-messages.ts'

export type SecureTransports = (leg: MediaLeg, ready: (guard: SrtpGuard) => void) => SecureTransport | null

/** `keysFolder`: where keys of running legs outlive this process. */
export async function secureTransports(certPath: string | null, keyPath: string | null, keysFolder: string): Promise<SecureTransports> {
  if (certPath === null || keyPath === null) return () => null
  const cert = await readFile(certPath, 'utf8')
  const key = await readFile(keyPath, 'utf8')
  const thread = new HandshakeThread(cert, key, createPrivateKey(key).asymmetricKeyType === 'rsa')
  const folder = new DtlsKeyFolder(keysFolder)
  return (leg, ready) => new LegTransport(leg, ready, thread, folder)
}

class LegTransport implements SecureTransport {
  private readonly leg: MediaLeg
  private readonly ready: (guard: SrtpGuard) => void
  private readonly thread: HandshakeThread
  private readonly folder: DtlsKeyFolder
  private readonly path: string
  private readonly ice: IceLite | null
  private id = -1
  private keyed = false

  constructor(leg: MediaLeg, ready: (guard: SrtpGuard) => void, thread: HandshakeThread, folder: DtlsKeyFolder) {
    this.leg = leg
    this.ready = ready
    this.thread = thread
    this.folder = folder
    this.path = folder.path(leg)
    const { ice } = leg.media
    this.ice = ice === null ? null : new IceLite(ice.localUfrag, ice.localPwd)
    const kept = folder.find(leg)
    if (kept !== null) this.use(kept)
    // Without ICE (a telephone with DTLS-SRTP) there is no check to wait for.
    else if (this.ice === null && leg.media.remote !== null) this.begin()
  }

  packet(packet: Uint8Array, length: number, source: PacketSource | null, onControlPort: boolean): void {
    const kind = classifyPacket(packet, length)
    if (kind === 'stun') {
      if (source === null || this.ice === null) return
      const check = this.ice.take(packet, length, source.address, source.port)
      if (check === null) return
      const socket = onControlPort ? this.leg.rtcp : this.leg.rtp
      socket?.sendTo(check.reply, check.reply.length, source.address, source.port)
      if (check.nominated && !onControlPort) {
        this.leg.latch.trust(source.address, source.port)
        this.leg.aim(source.address, source.port, false)
        this.begin()
      }
    } else if (kind === 'dtls' && !onControlPort && !this.keyed) {
      if (source !== null && this.ice === null) this.leg.aim(source.address, source.port, false)
      this.begin()
      this.thread.send({ do: 'packet', id: this.id, bytes: packet.slice(0, length) })
    } else if (kind === 'dtls' && !onControlPort && this.id >= 0) {
      // The last flight again (our answer was lost), or a goodbye.
      this.thread.send({ do: 'packet', id: this.id, bytes: packet.slice(0, length) })
    }
  }

  close(): void {
    if (this.id >= 0) this.thread.close(this.id)
    this.id = -1
    this.folder.forget(this.path)
  }

  private begin(): void {
    const { srtp } = this.leg.media
    if (this.keyed || srtp.kind !== 'dtls') return
    if (this.id < 0) this.id = this.thread.open(srtp.role, srtp.remoteFingerprint, message => this.hear(message))
    if (srtp.role === 'active') this.thread.send({ do: 'begin', id: this.id })
  }

  private hear(message: FromDtls): void {
    switch (message.is) {
      case 'packet':
        this.leg.rtp?.send(message.bytes, message.bytes.length)
        break
      case 'keys':
        this.folder.keep(this.leg, message.keys)
        this.use(message.keys)
        break
      case 'failed':
        this.leg.refuse('media.dtls-failed', `the DTLS handshake failed: ${message.message}`)
        break
    }
  }

  private use(keys: DtlsKeys): void {
    const local = masterKeyOf(keys.localKey, keys.suite)
    const remote = masterKeyOf(keys.remoteKey, keys.suite)
    if (!local.ok || !remote.ok) return
    this.keyed = true
    const guard = new SrtpGuard(keys.suite, local.value)
    guard.trust(keys.suite, remote.value, keys.remoteKey)
    this.ready(guard)
  }
}

/** Starts the other thread with the first leg that needs it: it costs memory that an exchange without browsers shall not pay. */
class HandshakeThread {
  private readonly data: { readonly cert: string; readonly key: string; readonly rsa: boolean }
  private worker: Worker | null = null
  private readonly ears = new Map<number, (message: FromDtls) => void>()
  private nextId = 1

  constructor(cert: string, key: string, rsa: boolean) {
    this.data = { cert, key, rsa }
  }

  open(role: 'active' | 'passive', remoteFingerprint: string | null, hear: (message: FromDtls) => void): number {
    const id = this.nextId++
    this.ears.set(id, hear)
    this.send({ do: 'open', id, role, remoteFingerprint })
    return id
  }

  send(message: ToDtls): void {
    this.running().postMessage(message)
  }

  close(id: number): void {
    this.ears.delete(id)
    this.worker?.postMessage({ do: 'close', id } satisfies ToDtls)
  }

  private running(): Worker {
    if (this.worker !== null) return this.worker
    const worker = new Worker(new URL('./dtls-worker.ts', import.meta.url), { workerData: this.data })
    worker.unref()
    worker.on('message', (m: FromDtls) => this.ears.get(m.id)?.(m))
    worker.on('error', (error: unknown) => this.lost(error instanceof Error ? error.message : String(error)))
    worker.on('exit', code => this.lost(`the handshake thread ended (${code})`))
    this.worker = worker
    return worker
  }

  private lost(message: string): void {
    if (this.worker === null) return
    this.worker = null
    for (const [id, hear] of [...this.ears]) hear({ is: 'failed', id, message })
  }
}
