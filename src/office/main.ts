/** The office process: `node src/office/main.ts --data DIR --http HOST:PORT --plan FILE …`. Ends cleanly on SIGTERM and SIGINT. */
import { releaseMemory } from '../net/release-memory.ts'
import { startOffice } from './office.ts'
import { OptionsError, parseOptions, USAGE } from './options.ts'
import { stepBack } from './step-back.ts'
import { version } from './version.ts'

// Recordings, passwords' hashes and the index are nobody else's on this machine.
process.umask(0o077)
stepBack()

try {
  const office = await startOffice(parseOptions(process.argv.slice(2)), { version })
  process.stdout.write(`${JSON.stringify({ notice: 'listening', url: office.url })}\n`)
  // The password itself is only in DATA/first-password.txt: this output usually ends up in a log.
  if (office.first)
    process.stdout.write(`${JSON.stringify({ notice: 'first-administrator', user: office.first.user, person: office.first.person })}\n`)
  setTimeout(releaseMemory, 3000).unref()
  let ending = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (ending) return
      ending = true
      office.close().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
} catch (error) {
  const configuration = error instanceof OptionsError
  process.stderr.write(`office: ${configuration ? `${error.message}\n${USAGE}` : String((error as Error).stack ?? error)}\n`)
  process.exitCode = configuration ? 2 : 1
  setImmediate(() => process.exit())
}
