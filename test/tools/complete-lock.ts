/**
 * `node test/tools/complete-lock.ts`: npm leaves platform packages that its registry would not give out of the lock file, and `npm ci`
 * then refuses it. This writes them in, with what their names say of system, processor and C library, so that the lock file
 * installs on every platform. Run it after a change of dependencies.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface Locked {
  version?: string
  optional?: boolean
  dev?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const path = new URL('../../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Locked> }
let added = 0
for (const [where, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (lock.packages[`${where}/node_modules/${name}`] || lock.packages[`node_modules/${name}`]) continue
    const platform = platformOf(name)
    if (platform === null) continue
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(parent.dev ? { dev: true } : {}), optional: true }
    added++
  }
}
const [root, ...rest] = Object.entries(lock.packages)
lock.packages = Object.fromEntries([root!, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))])
writeFileSync(path, JSON.stringify(lock, null, 2) + '\n')
console.log(`${added} platform packages written into the lock file`)

function platformOf(name: string): Pick<Locked, 'os' | 'cpu' | 'libc'> | null {
  const os = /(android|darwin|freebsd|linux|openharmony|win32|netbsd|openbsd|sunos|aix)/.exec(name)?.[1]
  if (name.includes('wasm32')) return { cpu: ['wasm32'] }
  const cpu = /(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64)(?!\d)/.exec(name.slice(name.indexOf(os ?? '') + (os?.length ?? 0)))?.[1]
  if (!os || !cpu) return null
  const libc = name.includes('musl') ? ['musl'] : os === 'linux' && /gnu/.test(name) ? ['glibc'] : null
  return { os: [os], cpu: [cpu], ...(libc ? { libc } : {}) }
}
