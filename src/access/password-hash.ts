/**
 * Password hashing with Argon2id (RFC 9106), stored in the PHC string format. The asynchronous form works off the main
 * thread, so that a sign-in never holds up anybody's request.
 */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'

/** OWASP's smallest recommended setting with one lane: 19 MiB, two passes. The office process shall stay small. */
const COST = { memoryKiB: 19_456, passes: 2, lanes: 1 } as const
const TAG_BYTES = 32

export interface Cost {
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
}

/** `$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG` */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive(password, salt, cost, TAG_BYTES)
  return `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.passes},p=${cost.lanes}$${unpadded(salt)}$${unpadded(tag)}`
}

/** False also for a stored value that cannot be read: nobody signs in with that. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored)
  if (parsed === null) return false
  const tag = await derive(password, parsed.salt, parsed.cost, parsed.tag.length)
  return timingSafeEqual(tag, parsed.tag)
}

/** True when the stored hash is cheaper than today's cost: hash anew at the next successful sign-in. */
export function outdated(stored: string, cost: Cost = COST): boolean {
  const parsed = parse(stored)
  return parsed === null || parsed.cost.memoryKiB < cost.memoryKiB || parsed.cost.passes < cost.passes
}

function parse(stored: string): { cost: Cost; salt: Buffer; tag: Buffer } | null {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,172})$/.exec(stored)
  if (!match) return null
  const [, memory, passes, lanes, salt, tag] = match
  return {
    cost: { memoryKiB: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt!, 'base64'),
    tag: Buffer.from(tag!, 'base64'),
  }
}

function derive(password: string, salt: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  const parameters: Argon2Parameters = {
    message: password.normalize('NFKC'),
    nonce: salt,
    parallelism: cost.lanes,
    tagLength,
    memory: cost.memoryKiB,
    passes: cost.passes,
  }
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(Buffer.from(tag))))
  })
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
