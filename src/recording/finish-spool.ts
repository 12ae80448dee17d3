/**
 * A spool's frames into a finished recording: decoded, aligned, checked for intelligibility, encoded. Pure: frames in, bytes
 * of the file out, coders handed in.
 */
import type { AudioDecoder } from '../media/audio-codec.ts'
import type { CodecName } from '../media/leg-media.ts'
import type { SpoolFrame } from '../media/spool-format.ts'
import { type MixBlock, SpoolMixer } from '../media/spool-mix.ts'
import { LevelMeter } from '../wire/audio/level.ts'
import type { AudioSink } from './audio-sinks.ts'
import { type ChannelCheck, channelCheck } from './intelligibility.ts'
import type { Gap } from './recording-entry.ts'
import { gapsOf, missingMs } from './recording-gaps.ts'

/** What has to be known of a spool before it is finished: a first look at its frames. */
export interface SpoolSurvey {
  readonly audioFrames: number
  /** Closed in order by the media process. */
  readonly ended: boolean
  /** Enough for everything that was said: wide-band codecs get twice the rate. */
  readonly hz: 8000 | 16000
}

export function surveySpool(frames: Iterable<SpoolFrame>): SpoolSurvey {
  let audioFrames = 0
  let ended = false
  let wide = false
  for (const frame of frames) {
    // A recording that went on after an end (the call came back) is not over.
    ended = frame.kind === 'end'
    if (frame.kind !== 'audio' || frame.payload.length === 0) continue
    audioFrames++
    wide ||= frame.codec === 'G722' || frame.codec === 'opus' || (frame.codec === 'L16' && frame.clockHz > 8000)
  }
  return { audioFrames, ended, hz: wide ? 16_000 : 8000 }
}

export interface Finished {
  readonly durationMs: number
  readonly checks: { readonly left: ChannelCheck; readonly right: ChannelCheck | null }
  readonly gaps: readonly Gap[]
}

export interface FinishOptions {
  readonly hz: 8000 | 16000
  readonly channels: 1 | 2
  readonly startedAtMs: number
  readonly sink: AudioSink
  readonly write: (bytes: Uint8Array) => void
  decoder(codec: CodecName, clockHz: number): AudioDecoder | null
}

export function finishSpool(frames: Iterable<SpoolFrame>, options: FinishOptions): Finished {
  const { hz, channels, sink, write } = options
  const mixer = new SpoolMixer({ hz, decoder: options.decoder })
  const left = new LevelMeter(hz)
  const right = new LevelMeter(hz)
  let samples = 0
  const take = (block: MixBlock): void => {
    left.take(block.left, 0, block.left.length)
    if (channels === 2) right.take(block.right, 0, block.right.length)
    samples += block.left.length
    for (const bytes of sink.take(channels === 2 ? interleave(block) : block.left)) write(bytes)
  }
  for (const bytes of sink.begin()) write(bytes)
  for (const frame of frames) for (const block of mixer.take(frame, options.startedAtMs)) take(block)
  for (const block of mixer.finish()) take(block)
  for (const bytes of sink.finish()) write(bytes)
  return {
    durationMs: Math.round((samples * 1000) / hz),
    checks: {
      left: channelCheck(left.figures(), hz, missingMs(mixer.gaps, 'left')),
      right: channels === 2 ? channelCheck(right.figures(), hz, missingMs(mixer.gaps, 'right')) : null,
    },
    gaps: gapsOf(mixer.gaps),
  }
}

function interleave({ left, right }: MixBlock): Int16Array {
  const out = new Int16Array(left.length * 2)
  for (let i = 0; i < left.length; i++) {
    out[2 * i] = left[i]!
    out[2 * i + 1] = right[i]!
  }
  return out
}
