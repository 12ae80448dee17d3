/** Secrets by reference (SEC-03): the plan says `secret:trunk-a`, the value lives here, mode 0600, and never in a log. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'

export class Secrets {
  private readonly path: string
  private stamp = ''
  private values: Record<string, string>

  constructor(path: string) {
    this.path = path
    this.values = {}
    this.refresh()
  }

  /** Reads the file again if it has changed; true then. A file that cannot be read leaves everything as it was. */
  refresh(): boolean {
    const { path } = this
    const stamp = existsSync(path) ? stampOf(path) : ''
    if (stamp === this.stamp) return false
    this.stamp = stamp
    if (stamp === '') return false
    try {
      this.values = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
    } catch (error) {
      throw new Error(`${path} is not what it should be (JSON of names and values); it was not taken over`, { cause: error })
    }
    return true
  }

  get names(): string[] {
    return Object.keys(this.values).sort()
  }

  /** `reference` without the 'secret:' prefix. */
  get(reference: string): string | undefined {
    return this.values[reference]
  }

  /** Makes a value for every reference that has none; returns the new ones. */
  provide(references: Iterable<string>): string[] {
    const made: string[] = []
    for (const r of references) {
      if (this.values[r] !== undefined) continue
      this.values[r] = readable(randomBytes(12))
      made.push(r)
    }
    if (made.length > 0) this.save()
    return made
  }

  set(reference: string, value: string): void {
    this.values[reference] = value
    this.save()
  }

  private save(): void {
    writeFileSync(this.path + '.new', JSON.stringify(this.values, null, 2), { mode: 0o600 })
    renameSync(this.path + '.new', this.path)
    this.stamp = stampOf(this.path)
  }
}

function stampOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path)
  return `${mtimeMs} ${size} ${ino}`
}

/** No letters that are mistaken for others when typed into a telephone. */
function readable(bytes: Uint8Array): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  let out = ''
  for (const b of bytes) out += letters[b & 31]
  return out
}
