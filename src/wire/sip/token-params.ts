/** `token *(;param)`: the shape that many headers share. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { skip, skipBlanks, TOKEN } from './chars.ts'
import type { Param } from './params.ts'
import { parseParams, printParams } from './params.ts'

export interface TokenParams {
  readonly token: string
  readonly params: readonly Param[]
}

export function parseTokenParams(value: string, code: string, what: string): Result<TokenParams> {
  const at = skipBlanks(value, 0)
  const end = skip(value, at, TOKEN)
  if (end === at) return fault(code, `${what} must begin with a token`, at)
  const params = parseParams(value, end)
  return params.ok ? ok({ token: value.slice(at, end), params: params.value }) : params
}

export function printTokenParams(v: TokenParams): string {
  return `${v.token}${printParams(v.params)}`
}
