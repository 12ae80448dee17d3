/** The microphone, and what stands in its way, in the words of `phone.microphone.*`. */
import type { MicrophoneTrouble } from './softphone-state.ts'

export type Microphone = { readonly ok: true; readonly stream: MediaStream } | { readonly ok: false; readonly trouble: MicrophoneTrouble }

export async function openMicrophone(): Promise<Microphone> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      video: false,
    })
    return { ok: true, stream }
  } catch (error) {
    return { ok: false, trouble: microphoneTrouble(error instanceof Error ? error.name : '') }
  }
}

/** Names of exceptions: Media Capture and Streams §10.2 (getUserMedia). */
function microphoneTrouble(name: string): MicrophoneTrouble {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing'
  if (name === 'NotReadableError' || name === 'AbortError') return 'in-use'
  return 'failed'
}

export function closeMicrophone(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
