/**
 * The machine's voice: espeak-ng, when the office has it installed. It is a program of its own (GPL), run as a process and never
 * shipped (docs/adr/0005). Looked for each time, so that installing it needs no restart.
 */
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { setPriority } from 'node:os'
import { delimiter, join } from 'node:path'
import { fail, type Result } from '../../kernel/result.ts'
import type { Language } from '../../plan/schema/scalars.ts'
import { promptSound } from './prompt-sound.ts'

export interface Voice {
  /** Changes when the same words would sound otherwise. */
  readonly name: string
  speak(text: string, language: Language): Promise<Result<Uint8Array>>
}

const PROGRAM = 'espeak-ng'
const VOICES: Readonly<Record<Language, string>> = { en: 'en-gb', ru: 'ru', kk: 'kk' }
/** Words per minute, and a pause between words: a telephone's narrow band wants both. */
const MANNER = ['-s', '145', '-g', '4']
const PATIENCE_MS = 30_000
const POLITE = 10

export function machineVoice(): Voice | null {
  const program = found()
  if (program === null) return null
  return {
    name: `${PROGRAM} ${MANNER.join(' ')}`,
    async speak(text, language) {
      const wav = await run(program, ['-v', VOICES[language], ...MANNER, '--stdin', '--stdout'], text)
      return wav instanceof Error ? fail({ code: 'sound-refused', message: `${PROGRAM}: ${wav.message}` }) : promptSound(wav)
    },
  }
}

function found(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, PROGRAM)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  return null
}

/** The words go in by standard input: they may begin with a hyphen. */
function run(program: string, args: readonly string[], text: string): Promise<Buffer | Error> {
  return new Promise(resolve => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: PATIENCE_MS })
    const chunks: Buffer[] = []
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    child.on('error', resolve)
    child.on('close', (code, signal) =>
      resolve(code === 0 ? Buffer.concat(chunks) : new Error(said.trim().slice(0, 300) || `ended with ${signal ?? code}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(text)
    try {
      // Calls come first.
      if (child.pid !== undefined) setPriority(child.pid, POLITE)
    } catch {
      // It has ended already.
    }
  })
}
