/** The media process. Started by `switchroom up`, by systemd, or by hand; see `options.ts`. */
import { releaseMemory } from '../net/release-memory.ts'
import { startMediaProcess } from './media-process.ts'
import { readOptions, usage } from './options.ts'

const options = readOptions(process.argv.slice(2))
if (!options.ok) {
  process.stderr.write(`${options.error.message}\n${usage}\n`)
  process.exit(2)
}
const media = await startMediaProcess(options.value)
releaseMemory()
process.stdout.write(JSON.stringify({ level: 'info', msg: 'media process is ready', node: options.value.node, io: media.io }) + '\n')

let ending = false
async function end(): Promise<void> {
  if (ending) return
  ending = true
  await media.close()
  process.exit(0)
}
process.on('SIGTERM', end)
process.on('SIGINT', end)
process.on('uncaughtException', error => {
  // Better one odd packet lost than every call: what is wrong is told, and calls go on.
  process.stderr.write(JSON.stringify({ level: 'error', msg: 'unexpected error', error: error.stack ?? String(error) }) + '\n')
})
