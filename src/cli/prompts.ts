/** `switchroom prompts`: what callers are told and where its sound comes from; one's own sound instead. Through the office's local socket. */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { dataPaths } from '../store/exchange-config.ts'
import { askOffice } from './office-client.ts'
import { dataFolder } from './options.ts'
import { table } from './table.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom prompts COMMAND --as NAME [--data DIR] [--json]

  list                  what the plan wants said, and where its sound comes from; --all: supplied prompts as well
  set ID LANG FILE      your own sound: a WAV file, up to 5 MB and 3 minutes; it stays when the plan changes
  remove ID LANG        back to the machine's voice, or to the supplied prompt
  speak                 have the machine speak what has no sound: after espeak-ng was installed

  --as NAME    in whose name: a person of the plan or a user of the console who may configure

LANG is en, ru or kk. Exit code 1 when something that callers shall be told has no sound.`

interface Prompt {
  readonly id: string
  readonly language: string
  readonly from: 'uploaded' | 'spoken' | 'supplied' | 'missing' | 'waiting'
  readonly text: string | null
  readonly needed: boolean
  readonly uploaded: { readonly by: string; readonly outdated: boolean } | null
}

interface Prompts {
  readonly voice: boolean
  readonly prompts: readonly Prompt[]
}

const FROM: Readonly<Record<Prompt['from'], string>> = {
  uploaded: 'uploaded',
  spoken: "the machine's voice",
  supplied: 'supplied',
  missing: 'MISSING',
  waiting: 'is being spoken',
}

/** More than that the office does not take. */
const MOST_BYTES = 5 * 1024 * 1024

export async function run(args: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { as: text, data: text, json: flag, all: flag, help: { ...flag, short: 'h' } },
  })
  const [command = 'list', id, language, file] = positionals
  if (values.help) {
    console.log(help)
    return 0
  }
  const socket = dataPaths(dataFolder(values.data)).officeSocket
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    (await askOffice<T>(socket, method, path, body, { as: values.as })).body
  const show = (found: Prompts): number => {
    console.log(values.json ? JSON.stringify(found, null, 2) : listed(found, values.all === true))
    return found.prompts.some(p => p.from === 'missing') ? 1 : 0
  }
  switch (command) {
    case 'list':
      return show(await ask<Prompts>('GET', '/api/prompts'))
    case 'speak':
      return show(await ask<Prompts>('POST', '/api/prompts/speak'))
    case 'set': {
      const path = pathOf(id, language)
      const done = await ask<Prompt>('PUT', path, wavAt(file))
      console.log(values.json ? JSON.stringify(done, null, 2) : `${done.id} (${done.language}): callers hear your file from now on.`)
      return 0
    }
    case 'remove':
      await ask('DELETE', pathOf(id, language))
      console.log(`${id} (${language}): your file is gone.`)
      return 0
    default:
      throw new UsageError(`prompts ${command}: there is no such command`, 'see switchroom prompts --help')
  }
}

function pathOf(id: string | undefined, language: string | undefined): string {
  if (id === undefined || language === undefined) throw new UsageError('which prompt?', 'for instance: menus/welcome ru')
  return `/api/prompts/${encodeURIComponent(id)}/${encodeURIComponent(language)}`
}

function wavAt(file: string | undefined): Uint8Array {
  if (file === undefined) throw new UsageError('which sound?', 'give a WAV file')
  const path = resolve(file)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile()) throw new UsageError(`there is no file ${path}`, 'give a WAV file')
  if (found.size > MOST_BYTES) throw new UsageError(`${path} is larger than 5 MB`, 'save it as mono, 16 bits, 16 kHz')
  return readFileSync(path)
}

function listed({ voice, prompts }: Prompts, all: boolean): string {
  const shown = prompts.filter(p => all || p.from !== 'supplied')
  const rows = shown.map(p => [
    p.id,
    p.language,
    FROM[p.from],
    p.uploaded === null ? '' : `by ${p.uploaded.by}${p.uploaded.outdated ? '; THE WORDS ARE OTHERS NOW' : ''}`,
    p.text ?? (p.needed ? '' : 'the plan does not name it any more'),
  ])
  const missing = prompts.some(p => p.from === 'missing')
  return [
    shown.length === 0 ? 'The plan has no words of its own.' : table(['prompt', 'in', 'sound', '', 'words'], rows),
    ...(missing && !voice
      ? ['', 'Install espeak-ng and run `switchroom prompts speak`, or upload your own: `switchroom prompts set ID LANG FILE`.']
      : []),
  ].join('\n')
}
