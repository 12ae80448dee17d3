/** A computation that can fail without throwing. Parsers of anything that came from outside return one. */
export type Result<T, E = Fault> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

/** What went wrong in bytes we were given: a code from the catalogue in `docs/errors.md`, where, and a sentence for people. */
export interface Fault {
  readonly code: string
  /** Byte or character offset into the input, where known. */
  readonly at?: number
  readonly message: string
}

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function fail<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error }
}

/** Shorthand for a `Fault` result. */
export function fault(code: string, message: string, at?: number): { readonly ok: false; readonly error: Fault } {
  return { ok: false, error: at === undefined ? { code, message } : { code, message, at } }
}

/** Ends an exhaustive switch: a forgotten case becomes a compile error here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
