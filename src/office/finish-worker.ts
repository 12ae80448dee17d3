/**
 * The thread that finishes recordings: everything slow about it (decoding, Opus, encryption, waiting for the disk) happens
 * here. A job may be repeated at any time: the finished file takes its name only when it is complete, synced and read back.
 */
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { AgreedCodec, CodecName } from '../media/leg-media.ts'
import { voiceCodecs } from '../media/voice-codecs.ts'
import { OpusSink, WavSink } from '../recording/audio-sinks.ts'
import { type Finished, finishSpool, surveySpool } from '../recording/finish-spool.ts'
import type { ChannelCheck } from '../recording/intelligibility.ts'
import type { Gap } from '../recording/recording-entry.ts'
import { readOggOpus } from '../wire/audio/ogg-opus.ts'
import { parseWav } from '../wire/audio/wav.ts'
import { loadOpusLibrary, type OpusLibrary } from './opus-library.ts'
import { openRecording } from './recording-files.ts'
import { SealedWriter } from './sealed-writer.ts'
import { readSpoolFileHead, spoolFileFrames } from './spool-file.ts'

export interface FinishJob {
  readonly id: string
  readonly spoolPath: string
  /** Where the finished file shall be. */
  readonly target: string
  readonly format: 'opus' | 'wav'
  readonly channels: 1 | 2
  readonly master: Uint8Array
}

export type FinishReply =
  | {
      readonly is: 'done'
      readonly durationMs: number
      /** Of the audio itself, before encryption. */
      readonly sizeBytes: number
      readonly checks: { readonly left: ChannelCheck; readonly right: ChannelCheck | null }
      readonly gaps: readonly Gap[]
    }
  /** Nothing came from either side: no file was made. */
  | { readonly is: 'empty' }
  /** The media process is still writing it. */
  | { readonly is: 'unfinished' }
  | { readonly is: 'failed'; readonly message: string }

/** A spool that was not closed in order is taken as it is once nobody has written to it for so long. */
const ABANDONED_MS = 3000

let opus: Promise<OpusLibrary> | null = null

parentPort?.on('message', (job: FinishJob) => {
  finish(job).then(
    reply => parentPort?.postMessage(reply),
    (error: Error) => parentPort?.postMessage({ is: 'failed', message: error.message } satisfies FinishReply),
  )
})

export async function finish(job: FinishJob): Promise<FinishReply> {
  const head = readSpoolFileHead(job.spoolPath)
  if (!head.ok) {
    const { size, mtimeMs } = statSync(job.spoolPath)
    if (Date.now() - mtimeMs < ABANDONED_MS) return { is: 'unfinished' }
    return size === 0 ? { is: 'empty' } : { is: 'failed', message: head.error.message }
  }
  const { header, framesAt } = head.value
  const survey = surveySpool(spoolFileFrames(job.spoolPath, framesAt))
  if (!survey.ended && Date.now() - statSync(job.spoolPath).mtimeMs < ABANDONED_MS) return { is: 'unfinished' }
  if (survey.audioFrames === 0) return { is: 'empty' }
  const library = await (opus ??= loadOpusLibrary())
  const codecs = voiceCodecs({ decoder: hz => library.decoder(hz === 8000 ? 8000 : 16_000), encoder: () => unused() })
  const sink =
    job.format === 'wav'
      ? new WavSink(survey.hz, job.channels)
      : new OpusSink(library.fileEncoder(survey.hz, job.channels), randomBytes(4).readUInt32BE(), [
          `RECORDING=${job.id}`,
          `DATE=${new Date(header.startedAt).toISOString()}`,
        ])
  const file = new SealedWriter(job.target, job.id, job.master)
  try {
    const finished = finishSpool(spoolFileFrames(job.spoolPath, framesAt), {
      hz: survey.hz,
      channels: job.channels,
      startedAtMs: header.startedAt,
      sink,
      write: bytes => file.write(bytes),
      decoder: (codec, clockHz) => codecs.decoder(agreed(codec, clockHz)),
    })
    file.finish(sink.head)
    await readBack(file.partPath, job, file.sizeBytes, finished)
    file.publish()
    return { is: 'done', sizeBytes: file.sizeBytes, ...finished }
  } catch (error) {
    file.abandon()
    throw error
  }
}

/** What will be kept is what can be read: decrypted, parsed, and as long as it should be. Only then the spool may go. */
async function readBack(path: string, job: FinishJob, sizeBytes: number, { durationMs }: Finished): Promise<void> {
  const file = await openRecording(path, job.id, () => Buffer.from(job.master))
  if (!file) throw new Error('the file just written is not there')
  if (file.sizeBytes !== sizeBytes) throw new Error(`the file just written holds ${file.sizeBytes} bytes instead of ${sizeBytes}`)
  const parts: Buffer[] = []
  for await (const part of file.stream(0, sizeBytes - 1)) parts.push(part as Buffer)
  const bytes = Buffer.concat(parts)
  const heardMs = job.format === 'wav' ? wavMs(bytes) : opusMs(bytes)
  if (heardMs === null || Math.abs(heardMs - durationMs) > 1)
    throw new Error(`the file just written reads back as ${heardMs} ms instead of ${durationMs} ms`)
}

function opusMs(bytes: Uint8Array): number | null {
  const read = readOggOpus(bytes)
  return read.ok && read.value.complete && read.value.lostPackets === 0 ? read.value.samples / 48 : null
}

function wavMs(bytes: Uint8Array): number | null {
  const read = parseWav(bytes)
  return read.ok ? (read.value.dataBytes / (2 * read.value.channels) / read.value.clockHz) * 1000 : null
}

function agreed(name: CodecName, clockHz: number): AgreedCodec {
  return { name, clockHz, sendType: 0, receiveType: 0, channels: 1, ptimeMs: 20 }
}

function unused(): never {
  throw new Error('finishing sends nothing')
}
