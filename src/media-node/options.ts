/** The command line of the media process. */
import { parseArgs } from 'node:util'
import { type Fault, fail, ok, type Result } from '../kernel/result.ts'

export interface MediaNodeOptions {
  readonly socket: string
  /** Only tells the switch who we are; sessions bring their own addresses. */
  readonly address: string
  readonly node: string
  readonly dtlsCert: string | null
  readonly dtlsKey: string | null
  /** Earlier directories win: an office's own prompts before the supplied ones. */
  readonly prompts: readonly string[]
  readonly io: 'auto' | 'dgram'
}

export const usage =
  'usage: media-node --socket PATH --address IP --node NAME [--dtls-cert FILE --dtls-key FILE] [--prompts DIR …] [--io auto|dgram]'

export function readOptions(args: readonly string[]): Result<MediaNodeOptions> {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        socket: { type: 'string' },
        address: { type: 'string' },
        node: { type: 'string' },
        'dtls-cert': { type: 'string' },
        'dtls-key': { type: 'string' },
        prompts: { type: 'string', multiple: true },
        io: { type: 'string' },
      },
    })
    if (values.socket === undefined) return wrong('--socket PATH is missing: the unix socket on which the switch will find this process')
    if ((values['dtls-cert'] === undefined) !== (values['dtls-key'] === undefined)) return wrong('--dtls-cert and --dtls-key go together')
    if (values.io !== undefined && values.io !== 'auto' && values.io !== 'dgram') return wrong(`--io is auto or dgram, not ${values.io}`)
    return ok({
      socket: values.socket,
      address: values.address ?? '127.0.0.1',
      node: values.node ?? 'media-1',
      dtlsCert: values['dtls-cert'] ?? null,
      dtlsKey: values['dtls-key'] ?? null,
      prompts: values.prompts ?? [],
      io: values.io ?? 'auto',
    })
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
}

function wrong(message: string): { readonly ok: false; readonly error: Fault } {
  return fail({ code: 'media.options', message })
}
