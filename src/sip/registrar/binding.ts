/** One contact of an address of record, as plain JSON so that a store can keep it across restarts (RFC 3261 §10.3). */
import type { Flow } from '../flow.ts'

export interface Binding {
  /** Unique within the AOR: the contact URI, or instance and reg-id (RFC 5626 §6). */
  readonly id: string
  /** `sip:user@domain`. */
  readonly aor: string
  /** Who proved a password for it. */
  readonly account: string
  /** The Contact URI as registered: the Request-URI of what is sent there. */
  readonly contact: string
  /** 0 to 1000: thousandths of the q value (RFC 3261 §20.10). */
  readonly q: number
  /** `<urn:uuid:…>` without the brackets. */
  readonly instance?: string
  readonly regId?: number
  readonly callId: string
  readonly cseq: number
  /** Route set of requests to the contact (RFC 3327), topmost first. */
  readonly path: readonly string[]
  /** The way the REGISTER came, and the way back. */
  readonly flow: Flow
  /** The contact names another address than the one its REGISTER came from. */
  readonly natted: boolean
  readonly userAgent?: string
  readonly registeredAt: number
  readonly refreshedAt: number
  readonly expiresAt: number
  /** What the temporary GRUUs of this instance decrypt to; another Call-ID gets another one, so that older GRUUs die (RFC 5627 §5.2). */
  readonly gruuId?: number
}

/** Where bindings survive. The registrar calls it synchronously; an implementation may write behind. */
export interface BindingStore {
  loadAll(): Iterable<Binding>
  put(binding: Binding): void
  remove(aor: string, id: string): void
}

/** For tests and for an exchange without a disk. */
export function memoryBindingStore(): BindingStore & { readonly size: number } {
  const kept = new Map<string, Binding>()
  return {
    loadAll: () => [...kept.values()],
    put: b => void kept.set(`${b.aor} ${b.id}`, b),
    remove: (aor, id) => void kept.delete(`${aor} ${id}`),
    get size() {
      return kept.size
    },
  }
}
