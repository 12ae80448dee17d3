/**
 * `npm test`: type check, lint, unit and scenario tests, then the tests against real programs, one after the other.
 * Ends with one line that counts everything. `node test/run.ts unit` or `real` runs a part.
 *
 * Tests that hear, see and time other programs share the machine with whatever else it does. A test file that fails is run once more,
 * alone, when all others are done: what passes then is reported as unsteady, what fails again is a failure.
 */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'

interface Outcome {
  readonly name: string
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Test files with a failure. */
  readonly failedIn: readonly string[]
}

/** More failing files than this are no accident. */
const MOST_AGAIN = 4

const node = process.execPath
const only = process.argv[2]
const flags = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=spec']

function run(name: string, command: string, args: readonly string[], quiet: boolean): Promise<Outcome> {
  return new Promise(done => {
    const began = Date.now()
    let out = ''
    const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FORCE_COLOR: '0' } })
    const take = (chunk: Buffer): void => {
      out += chunk.toString()
      if (!quiet) process.stdout.write(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('close', code => {
      const count = (word: string): number => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(out)?.[1] ?? 0)
      if (quiet && code !== 0) process.stdout.write(out)
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
      done({
        name,
        ok: code === 0,
        passed: count('pass'),
        failed: count('fail') || (code === 0 ? 0 : 1),
        skipped: count('skipped') + count('todo'),
        failedIn: [...new Set([...out.matchAll(/^test at (\S+?):\d+:\d+$/gm)].map(m => m[1]!))],
      })
    })
  })
}

const tests = (pattern: string[], without: string): string[] =>
  pattern
    .flatMap(p => globSync(p))
    .filter(f => without === '' || !f.startsWith(without))
    .sort()

/** Failing files once more, each alone. */
async function again(first: Outcome, timeoutMs: number): Promise<Outcome> {
  if (first.ok || first.failedIn.length === 0 || first.failedIn.length > MOST_AGAIN) return first
  const args = [...flags, '--test-concurrency=1', `--test-timeout=${timeoutMs}`, ...first.failedIn]
  const second = await run(`${first.name}, once more: ${first.failedIn.join(', ')}`, node, args, false)
  if (second.ok) console.log(`UNSTEADY ${first.failedIn.join(', ')}: failed beside others, passed alone`)
  return { ...first, ok: second.ok, passed: first.passed + (second.ok ? first.failed : 0), failed: second.ok ? 0 : first.failed }
}

const outcomes: Outcome[] = []
if (only === undefined || only === 'check') {
  const tsc = 'node_modules/tsc7/bin/tsc'
  outcomes.push(await run('type check', node, [tsc, '-p', 'tsconfig.json'], true))
  outcomes.push(await run('type check of the console', node, [tsc, '-p', 'src/console/tsconfig.json'], true))
  outcomes.push(await run('format and lint', 'node_modules/.bin/biome', ['check', '--error-on-warnings', '.'], true))
}
if (only === undefined || only === 'unit') {
  const files = tests(['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'], 'test/real')
  const first = await run('unit and scenario tests', node, [...flags, '--test-concurrency=2', '--test-timeout=120000', ...files], true)
  outcomes.push(await again(first, 120_000))
}
if (only === undefined || only === 'real') {
  const files = tests(['test/real/**/*.test.ts'], '')
  const first = await run('tests against real programs', node, [...flags, '--test-concurrency=1', '--test-timeout=240000', ...files], false)
  outcomes.push(await again(first, 240_000))
}
const sum = (of: 'passed' | 'failed' | 'skipped'): number => outcomes.reduce((n, o) => n + o[of], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
process.exitCode = outcomes.every(o => o.ok) ? 0 : 1
