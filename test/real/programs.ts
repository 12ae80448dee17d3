/** Programs that the tests against the real world need. Missing: said in one line; with CI=true a failure. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export function find(program: string): string | null {
  for (const dir of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    const path = join(dir, program)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // not here
    }
  }
  return null
}

/** For `test(title, needs('sipp', 'baresip'), …)`. */
export function needs(...programs: string[]): { readonly skip: string | false } {
  const missing = programs.filter(p => find(p) === null)
  if (missing.length === 0) return { skip: false }
  if (process.env['CI'] === 'true') throw new Error(`CI lacks ${missing.join(', ')}: .ci/run must install it`)
  return { skip: `not found on this machine: ${missing.join(', ')}` }
}
