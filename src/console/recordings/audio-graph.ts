/** Between the fetched file and the ear: decoding, the waveform, and which of the two voices is heard. */
import WaveSurfer from 'wavesurfer.js'
import { api } from '../api/api.ts'

export type Voices = 'both' | 'left' | 'right'

export interface OpenRecording {
  readonly surfer: WaveSurfer
  hear(voices: Voices): void
  close(): void
}

export async function openRecording(id: string, container: HTMLElement, stereo: boolean, signal: AbortSignal): Promise<OpenRecording> {
  const blob = await api.recordingAudio(id, signal)
  const media = new Audio()
  const surfer = WaveSurfer.create({
    container,
    media,
    height: 44,
    normalize: true,
    barWidth: 2,
    barGap: 1,
    barRadius: 1,
    cursorWidth: 2,
    dragToSeek: true,
    ...voiceColours(container, stereo, ''),
  })
  const close = () => {
    surfer.destroy()
    void graph?.context.close()
  }
  let graph: Graph | null = null
  try {
    await surfer.loadBlob(blob)
  } catch (error) {
    close()
    throw error
  }
  if (stereo) graph = mixer(media)
  return { surfer, hear: voices => graph?.hear(voices), close }
}

/** The page's own colours, resolved for a canvas. `_scheme` only makes callers ask again when it changes. */
export function voiceColours(container: HTMLElement, stereo: boolean, _scheme: string) {
  const colour = (name: string) => {
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    container.append(probe)
    const resolved = getComputedStyle(probe).color
    probe.remove()
    return resolved
  }
  const soft = (name: string) => colour(name).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.45)')
  const left = { waveColor: soft('--sea'), progressColor: colour('--sea') }
  const cursorColor = colour('--ink')
  return stereo
    ? { cursorColor, splitChannels: [left, { waveColor: soft('--warn'), progressColor: colour('--warn') }] }
    : { cursorColor, ...left }
}

interface Graph {
  readonly context: AudioContext
  hear(voices: Voices): void
}

/** Both voices in the middle: a voice in one ear only tires. One voice can be taken alone. */
function mixer(media: HTMLMediaElement): Graph {
  const context = new AudioContext()
  const splitter = context.createChannelSplitter(2)
  const gains = [context.createGain(), context.createGain()]
  const out = context.createGain()
  out.channelCount = 1
  out.channelCountMode = 'explicit'
  context.createMediaElementSource(media).connect(splitter)
  gains.forEach((gain, channel) => {
    splitter.connect(gain, channel)
    gain.connect(out)
  })
  out.connect(context.destination)
  media.addEventListener('play', () => void context.resume())
  return {
    context,
    hear(voices) {
      gains.forEach((gain, channel) => {
        gain.gain.value = voices === 'both' || (voices === 'left') === (channel === 0) ? 1 : 0
      })
    },
  }
}
