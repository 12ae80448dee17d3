/** generic-param lists: `;name=value;flag` (RFC 3261 §25.1). */
import type { Fault, Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { isToken, skip, skipBlanks, TOKEN } from './chars.ts'
import { quote, quotedEnd, unquote } from './quoted-string.ts'

export interface Param {
  /** Lower case: parameter names do not distinguish it (RFC 3261 §7.3.1). */
  readonly name: string
  /** As written, quotes included; null for a flag. */
  readonly value: string | null
}

export const NO_PARAMS: readonly Param[] = []

/** The content of a parameter: '' for a flag, quotes undone, undefined when absent. `name` in lower case. */
export function param(params: readonly Param[], name: string): string | undefined {
  for (let i = 0; i < params.length; i++) {
    const p = params[i]!
    if (p.name === name) return p.value === null ? '' : unquote(p.value)
  }
  return undefined
}

export function hasParam(params: readonly Param[], name: string): boolean {
  for (let i = 0; i < params.length; i++) if (params[i]!.name === name) return true
  return false
}

/** A parameter with a value quoted where a token would not do. */
export function makeParam(name: string, value: string | null): Param {
  return { name: name.toLowerCase(), value: value === null || isToken(value) ? value : quote(value) }
}

/** The list without one name. */
export function withoutParam(params: readonly Param[], name: string): readonly Param[] {
  return hasParam(params, name) ? params.filter(p => p.name !== name) : params
}

/**
 * Reads `;a=b ; c` from `at` to the end of the text. Blanks may stand around `;` and `=`. A value is a token, a host
 * (brackets and colons for IPv6) or a quoted-string.
 */
export function parseParams(text: string, at: number): Result<readonly Param[], Fault> {
  at = skipBlanks(text, at)
  if (at === text.length) return ok(NO_PARAMS)
  const out: Param[] = []
  while (at < text.length) {
    if (text.charCodeAt(at) !== 59) return fault('sip-bad-parameter', 'a parameter must follow a semicolon', at)
    const start = skipBlanks(text, at + 1)
    const end = skip(text, start, TOKEN)
    if (end === start) return fault('sip-bad-parameter', 'a parameter has no name', start)
    const name = text.slice(start, end).toLowerCase()
    at = skipBlanks(text, end)
    let value: string | null = null
    if (text.charCodeAt(at) === 61) {
      const from = skipBlanks(text, at + 1)
      at = text.charCodeAt(from) === 34 ? quotedEnd(text, from) : skipValue(text, from)
      if (at < 0) return fault('sip-unclosed-quote', 'a quoted value is not closed', from)
      if (at === from) return fault('sip-bad-parameter', `parameter ${name} has no value after =`, from)
      value = text.slice(from, at)
      at = skipBlanks(text, at)
    }
    out.push({ name, value })
  }
  return ok(out)
}

/** token / host, and what else the world puts there unquoted (`/`, `@`, the `=` of base64), short of separators. */
function skipValue(text: string, at: number): number {
  while (at < text.length) {
    const c = text.charCodeAt(at)
    if (c <= 32 || c === 34 || c === 44 || c === 59 || c === 60 || c === 62 || c === 92 || c === 127) break
    at++
  }
  return at
}

export function printParams(params: readonly Param[]): string {
  let out = ''
  for (let i = 0; i < params.length; i++) {
    const p = params[i]!
    out += p.value === null ? `;${p.name}` : `;${p.name}=${p.value}`
  }
  return out
}
