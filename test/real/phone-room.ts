/** Telephones of one test file: started on ports of their own, all ended together. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Phone, type PhoneOptions } from './baresip.ts'
import type { TestExchange } from './exchange.ts'
import { type Heard, joined, readSound } from './listen.ts'

/** All below 32768: the system gives the ports above to whoever asks for any. */
export interface RoomPorts {
  /** SIP and control ports of the telephones are taken from here on, four each. */
  readonly sip: number
  /** Their RTP ports, twenty each. */
  readonly rtp: number
}

export class PhoneRoom {
  private readonly x: TestExchange
  private readonly ports: RoomPorts
  private readonly phones: Phone[] = []
  private started = 0

  constructor(x: TestExchange, ports: RoomPorts) {
    this.x = x
    this.ports = ports
  }

  /** `user` is the SIP account; `secret` its name in the store of secrets, when that differs. */
  async phone(user: string, tone: number, more: Partial<PhoneOptions> & { readonly secret?: string } = {}): Promise<Phone> {
    const n = this.started++
    const { secret, ...options } = more
    const phone = await Phone.start({
      name: `${user}-${n}`,
      folder: this.x.folder,
      user,
      password: this.x.password(secret ?? user),
      registrar: more.transport === 'tls' ? this.x.sips : this.x.registrar,
      tone,
      sipPort: this.ports.sip + 4 * n,
      controlPort: this.ports.sip + 4 * n + 2,
      rtpPorts: `${this.ports.rtp + 20 * n}-${this.ports.rtp + 20 * n + 18}`,
      ...options,
    })
    this.phones.push(phone)
    return phone
  }

  async close(): Promise<void> {
    await Promise.all(this.phones.map(p => p.stop()))
  }
}

/** A dials, both are connected, and after `ms` A hangs up. */
export async function talk(a: Phone, b: Phone, target: string, ms: number, during: () => Promise<void> = async () => {}): Promise<void> {
  const established = [a.count('CALL_ESTABLISHED'), b.count('CALL_ESTABLISHED')] as const
  const closed = [a.count('CALL_CLOSED'), b.count('CALL_CLOSED')] as const
  await a.dial(target)
  await Promise.all([a.event('CALL_ESTABLISHED', established[0] + 1), b.event('CALL_ESTABLISHED', established[1] + 1)]).catch(
    (error: Error) => {
      throw new Error(`${error.message}\n${b.options.name} says:\n${b.log.slice(-2000)}`)
    },
  )
  await sleep(ms)
  await during()
  await a.hangUp()
  await Promise.all([a.event('CALL_CLOSED', closed[0] + 1), b.event('CALL_CLOSED', closed[1] + 1)])
  await sleep(200)
}

/** All that it has heard so far, in order. */
export function heardBy(p: Phone): Heard {
  return joined(p.heard().map(f => readSound(f.path)))
}
