/** `switchroom up`: starts media, switch and office, keeps them running, and ends them cleanly on Ctrl-C. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { availableParallelism, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dataPaths, type ExchangeConfig, writeConfig } from '../store/exchange-config.ts'
import { dataFolder, isWildcard, parseAddress, parsePorts, requireIp } from './options.ts'
import { type ProcessSpec, type Supervised, supervise } from './supervise.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

const help = `switchroom up --plan FILE --data DIR [options]

  --plan FILE        the plan of the office (a YAML file or a folder of them)
  --example          the example clinic instead of a plan of your own
  --data DIR         where everything is kept (default: ./data)
  --sip HOST:PORT    UDP and TCP (default 0.0.0.0:5060)
  --sips-port N      TLS (default: SIP port + 1)
  --ws-port N        WebSocket for browsers (default: SIP port + 6); --wss-port N, the same over TLS (default: SIP port + 7)
  --http HOST:PORT   the console (default 127.0.0.1:8080)
  --advertise IP     the address telephones are told, when --sip listens on all (default: the first of this machine)
  --rtp FIRST-LAST   ports for sound (default 20000-29999)
  --media N          media processes, one per core given (default 1)
  --dns IP[:PORT],…  name servers for trunks, instead of the system's
  --tls-cert FILE --tls-key FILE   instead of the certificate made at the first start`

/** A core for each of the three processes and one to spare. */
const FEW_CORES = 4

const root = fileURLToPath(new URL('../../', import.meta.url))

export async function run(args: string[]): Promise<number> {
  // Everything under the data folder is this user's alone.
  process.umask(0o077)
  const { values: o } = parseArgs({
    args,
    options: {
      plan: { type: 'string' },
      example: { type: 'boolean' },
      data: { type: 'string' },
      sip: { type: 'string', default: '0.0.0.0:5060' },
      'sips-port': { type: 'string' },
      'ws-port': { type: 'string' },
      'wss-port': { type: 'string' },
      http: { type: 'string', default: '127.0.0.1:8080' },
      advertise: { type: 'string' },
      rtp: { type: 'string', default: '20000-29999' },
      media: { type: 'string', default: '1' },
      dns: { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (o.help) {
    console.log(help)
    return 0
  }
  const config = configure(o)
  const paths = dataPaths(config.data)
  for (const folder of [paths.run, paths.spool, paths.recordings, join(config.data, 'log')])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeConfig(config)
  const prepared = prepare(config, o.example === true)
  if (prepared !== 0) return prepared
  buildConsole()
  return keepRunning(config)
}

function configure(o: Readonly<Record<string, string | boolean | undefined>>): ExchangeConfig {
  const text = (name: string): string | undefined => o[name] as string | undefined
  if (o['example'] === true && text('plan')) throw new UsageError('--example and --plan exclude each other', 'give one of them')
  const plan = o['example'] === true ? join(root, 'examples', 'clinic') : text('plan')
  if (!plan) throw new UsageError('which plan?', 'give --plan FILE, or --example for the example clinic')
  const planPath = resolve(plan)
  if (!existsSync(planPath))
    throw new UsageError(`there is no plan at ${planPath}`, 'give the path of a YAML file or of a folder that holds one')
  if ((text('tls-cert') === undefined) !== (text('tls-key') === undefined))
    throw new UsageError('--tls-cert and --tls-key belong together', 'give both or none')
  const data = dataFolder(text('data'))
  const sip = parseAddress(text('sip')!, '--sip')
  const http = parseAddress(text('http')!, '--http')
  const advertise = text('advertise')
    ? requireIp(text('advertise')!, '--advertise')
    : isWildcard(sip.host)
      ? firstAddress()
      : requireIp(sip.host, '--sip')
  const port = (name: string, fallback: number): number => {
    const given = text(name)
    const n = given === undefined ? fallback : Number(given)
    if (!Number.isInteger(n) || n < 1 || n > 65535) throw new UsageError(`--${name} ${given}: not a port`, 'ports are 1 to 65535')
    return n
  }
  const nodes = Number(text('media'))
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 64)
    throw new UsageError(`--media ${text('media')}: not a number of processes`, 'one per core that sound may use: 1 to 64')
  return {
    v: 1,
    version,
    planPath,
    data,
    sip,
    sipsPort: port('sips-port', sip.port + 1),
    wsPort: port('ws-port', sip.port + 6),
    wssPort: port('wss-port', sip.port + 7),
    http,
    advertise,
    rtp: { host: isWildcard(sip.host) ? sip.host : advertise, ...parsePorts(text('rtp')!, '--rtp') },
    mediaNodes: Array.from({ length: nodes }, (_, i) => `media-${i}`),
    dns: text('dns') === undefined ? null : nameServers(text('dns')!),
    tlsCert: text('tls-cert') ? resolve(text('tls-cert')!) : join(data, 'tls', 'server.crt'),
    tlsKey: text('tls-key') ? resolve(text('tls-key')!) : join(data, 'tls', 'server.key'),
  }
}

function nameServers(text: string): string[] {
  return text.split(',').map(one => {
    const { host, port } = one.includes(':') && !/^\[?[0-9a-f:]+\]?$/i.test(one) ? parseAddress(one, '--dns') : { host: one, port: 53 }
    return `${bracketed(requireIp(host.replace(/^\[|\]$/g, ''), '--dns'))}:${port}`
  })
}

/** Certificate, secrets and the check of the plan: in a process of its own, so that this one stays small; skipped when nothing changed. */
function prepare(config: ExchangeConfig, example: boolean): number {
  const stamp = join(dataPaths(config.data).run, 'prepared')
  const now = createHash('sha256').update(version).update(planText(config.planPath)).digest('hex')
  if (existsSync(config.tlsCert) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return 0
  const done = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'src/cli/prepare.ts'), config.data, now, example ? 'example' : 'own'],
    {
      stdio: 'inherit',
    },
  )
  return done.status ?? 1
}

function planText(path: string): string {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8')
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(n => /\.ya?ml$/.test(n))
  return names
    .sort()
    .map(n => readFileSync(join(path, n), 'utf8'))
    .join('\n')
}

/** The console is built once, by Vite, from the packages that `npm ci` brought. */
function buildConsole(): void {
  if (existsSync(join(root, 'dist/console/index.html'))) return
  console.log('Building the console (once) …')
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const built = spawnSync(process.execPath, [vite, 'build', '--config', join(root, 'src/console/vite.config.ts'), '--logLevel', 'error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (built.status !== 0) console.error('The console could not be built; the exchange starts without it. Try: npm run build:console')
}

async function keepRunning(config: ExchangeConfig): Promise<number> {
  const paths = dataPaths(config.data)
  const processes: Supervised[] = []
  let finish: (code: number) => void = () => {}
  const finished = new Promise<number>(done => {
    finish = done
  })
  const exited = (name: string, code: number | null, signal: string | null): 'again' | 'stop' => {
    if (code === 2) {
      // Wrong configuration: starting again would not help.
      if (existsSync(paths.planProblems)) console.error(readFileSync(paths.planProblems, 'utf8'))
      console.error(`${name} cannot start with this configuration; see ${paths.log(name)}`)
      finish(2)
      return 'stop'
    }
    console.error(`${new Date().toISOString()} ${name} ended (${signal ?? `code ${code}`}); starting it again`)
    return 'again'
  }
  process.once('SIGINT', () => finish(0))
  process.once('SIGTERM', () => finish(0))
  const { media, calls, office } = specs(config)
  processes.push(supervise(calls, exited))
  // Telephones are answered as early as can be: what else starts would only take the cores from the switch.
  await Promise.race([reachable({ path: paths.switchSocket }), new Promise(done => setTimeout(done, 3000)), finished])
  for (const spec of [...media, office]) processes.push(supervise(spec, exited))
  const ready = await Promise.race([announce(config), finished])
  if (ready === undefined) console.log('Ctrl-C ends it.')
  const code = await finished
  if (code === 0) console.log('\nEnding …')
  // The switch first: it says BYE to whoever is still talking.
  for (const p of processes.filter(x => x.name === 'switch')) await p.stop('SIGINT', 4000)
  await Promise.all(processes.map(p => p.stop('SIGTERM', 4000)))
  process.exit(code)
}

function specs(config: ExchangeConfig): { readonly media: ProcessSpec[]; readonly calls: ProcessSpec; readonly office: ProcessSpec } {
  const paths = dataPaths(config.data)
  const env = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(config.data, 'run', 'code-cache') }
  // Where cores are few the collector's helper threads take them from the thread that they help: under load that waited ten times
  // as long for its turn as a collection without helpers takes.
  const collecting = availableParallelism() < FEW_CORES ? '--single-threaded-gc' : '--no-parallel-scavenge'
  const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8', collecting]
  const spec = (name: string, args: readonly string[], adopt = false): ProcessSpec => ({
    name,
    args,
    adopt,
    env,
    logFile: paths.log(name),
    pidFile: paths.pid(name),
  })
  const media = config.mediaNodes.map(node => {
    const where = ['--socket', paths.mediaSocket(node), '--address', config.rtp.host, '--node', node]
    const keys = ['--dtls-cert', config.tlsCert, '--dtls-key', config.tlsKey]
    const own = ['uploaded', 'spoken'].map(source => join(paths.prompts, source))
    const prompts = [...own, join(root, 'assets/prompts')].flatMap(folder => ['--prompts', folder])
    return spec(node, [...flags, '--experimental-ffi', join(root, 'src/media-node/main.ts'), ...where, ...keys, ...prompts], true)
  })
  const office = [
    '--data',
    config.data,
    '--http',
    `${bracketed(config.http.host)}:${config.http.port}`,
    // The revision that the switch runs, not the file that may be edited meanwhile.
    '--plan',
    appliedPlan(paths.plans),
    '--ws-port',
    String(config.wsPort),
    '--wss-port',
    String(config.wssPort),
    ...(hasOwnCertificate(config) ? ['--tls-cert', config.tlsCert, '--tls-key', config.tlsKey] : []),
  ]
  return {
    media,
    calls: spec('switch', [...flags, join(root, 'src/switch/main.ts'), '--data', config.data]),
    office: spec('office', [
      '--disable-warning=ExperimentalWarning',
      '--max-semi-space-size=2',
      join(root, 'src/office/main.ts'),
      ...office,
    ]),
  }
}

async function announce(config: ExchangeConfig): Promise<undefined> {
  const paths = dataPaths(config.data)
  rmSync(paths.planProblems, { force: true })
  await reachable({ path: paths.switchSocket })
  await reachable({ host: isWildcard(config.http.host) ? '127.0.0.1' : config.http.host, port: config.http.port })
  const shown = isWildcard(config.http.host) ? config.advertise : config.http.host
  const banner = join(paths.run, 'banner.txt')
  const lines = [
    '',
    `Switchroom ${version} is running.`,
    '',
    `  Telephones register at   ${bracketed(config.advertise)}:${config.sip.port} (UDP, TCP), ${bracketed(config.advertise)}:${config.sipsPort} (TLS)`,
    `  Console                  ${hasOwnCertificate(config) ? 'https' : 'http'}://${bracketed(shown)}:${config.http.port}`,
  ]
  if (existsSync(paths.firstPassword))
    lines.push(
      `  First administrator      ${readFileSync(paths.firstPassword, 'utf8').trim().replace(/\s+/g, ' ')}   (one-time password: the console asks for a new one)`,
    )
  if (existsSync(banner)) lines.push('', readFileSync(banner, 'utf8').trimEnd())
  console.log(lines.join('\n') + '\n')
  return undefined
}

async function reachable(where: { path: string } | { host: string; port: number }): Promise<void> {
  for (;;) {
    const ok = await new Promise<boolean>(done => {
      const socket = connect({ ...where } as never)
      socket.once('connect', () => {
        socket.destroy()
        done(true)
      })
      socket.once('error', () => done(false))
    })
    if (ok) return
    await new Promise(r => setTimeout(r, 30))
  }
}

function firstAddress(): string {
  for (const list of Object.values(networkInterfaces()))
    for (const a of list ?? []) if (!a.internal && a.family === 'IPv4') return a.address
  return '127.0.0.1'
}

/**
 * The office brought a certificate that browsers trust: then the console speaks HTTPS, which browsers ask for before they lend the
 * microphone to a page from another machine. The one made at the first start would only frighten people.
 */
function hasOwnCertificate(config: ExchangeConfig): boolean {
  return config.tlsCert !== join(config.data, 'tls', 'server.crt')
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** The newest revision's folder (`store/plan-files.ts` names them; it is not asked, because it reads YAML and this process stays small). */
function appliedPlan(plans: string): string {
  const newest = readdirSync(plans)
    .filter(n => /^\d{4,}$/.test(n))
    .sort((a, b) => Number(a) - Number(b))
    .at(-1)
  return join(plans, newest ?? '')
}
