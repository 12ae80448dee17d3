/**
 * Builds the console; with `--if-needed` only when a source is newer than what was built. For `npm start` on a fresh checkout:
 * nobody has to know that there is something to build, and a second start does not wait for it.
 */
import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('.', import.meta.url))
const built = fileURLToPath(new URL('../../dist/console/index.html', import.meta.url))

export async function buildConsole({ ifNeeded }: { readonly ifNeeded: boolean }): Promise<'built' | 'up to date'> {
  if (ifNeeded && isUpToDate()) return 'up to date'
  const { build } = await import('vite')
  await build({ configFile: `${sources}vite.config.ts`, logLevel: 'warn' })
  return 'built'
}

function isUpToDate(): boolean {
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs
  if (builtAt === undefined) return false
  const files = readdirSync(sources, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.every(({ parentPath, name }) => /\.test\.ts$/.test(name) || statSync(`${parentPath}/${name}`).mtimeMs <= builtAt)
}

if (import.meta.main) console.log(`The console is ${await buildConsole({ ifNeeded: process.argv.includes('--if-needed') })}.`)
