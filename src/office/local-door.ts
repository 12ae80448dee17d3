/**
 * The HTTP interface for the administrator at the machine: the same routes over DATA/run/office.sock. Whoever can open that socket
 * owns the data folder and could change everything in it anyway, so no password is asked; they say in whose name they act, and it
 * is recorded that it was done at the machine. What is somebody's own to say (an approval) still wants that person's password.
 */
import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { OfficeStore } from '../store/office-store.ts'
import type { OfficePlan } from './office-plan.ts'
import type { SignedIn } from './sessions.ts'

export const AS_HEADER = 'x-switchroom-as'

export class LocalDoor {
  private readonly sockets = new WeakSet<Socket>()
  private readonly store: OfficeStore
  private readonly plan: () => OfficePlan

  constructor(store: OfficeStore, plan: () => OfficePlan) {
    this.store = store
    this.plan = plan
  }

  isLocal(request: FastifyRequest): boolean {
    return this.sockets.has(request.raw.socket)
  }

  /** In whose name a request at the machine is made; null: it does not say, or there is nobody of that name. */
  nameOf(request: FastifyRequest): SignedIn | null {
    const given = request.headers[AS_HEADER]
    if (typeof given !== 'string' || given === '') return null
    const name = decodeURIComponent(given)
    const person = this.plan().people.find(p => p.id === name) ?? null
    const user = this.store.users.find(name) ?? this.store.users.list().find(u => person !== null && u.person === person.id)
    if (!user && person === null) return null
    const known = user ?? {
      user: name,
      name: person?.name ?? name,
      person: person?.id ?? null,
      administrator: false,
      hash: '',
      mustChange: false,
      disabled: false,
      otpSecret: null,
    }
    const now = Date.now()
    return {
      // A one-time password that was never changed keeps nobody from working at the machine.
      user: { ...known, mustChange: false },
      session: {
        idHash: '',
        user: known.user,
        createdAt: now,
        seenAt: now,
        expiresAt: now,
        address: 'this machine',
        agent: 'command line',
      },
    }
  }

  /** Opens the socket; closes with what is returned. */
  async open(app: FastifyInstance, path: string): Promise<() => void> {
    await app.ready()
    rmSync(path, { force: true })
    const server = createServer((request, response) => app.routing(request, response))
    server.on('connection', socket => this.sockets.add(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    chmodSync(path, 0o600)
    return () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
