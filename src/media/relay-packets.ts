/**
 * Passing one leg's packets on to those who hear it, with their payload types and in their streams. The packet may be changed in place: the last listener
 * gets the very buffer, others a copy in `scratch`.
 */
import type { Reception } from '../wire/rtp/reception.ts'
import { eventDuration, eventEnded, TELEPHONE_EVENT_BYTES, writeTelephoneEvent } from '../wire/rtp/telephone-event.ts'
import { PACKET_BYTES } from './packet-io.ts'
import type { Route } from './route.ts'

/** Comfort noise is a byte of level and at most a dozen coefficients (RFC 3389 §3). */
const MAX_NOISE_BYTES = 32
const ROOM = PACKET_BYTES - 64

export function relayAudio(
  routes: readonly Route[],
  scratch: Uint8Array,
  packet: Uint8Array,
  offset: number,
  end: number,
  sequence: number,
  timestamp: number,
  restarted: boolean,
  source: Reception,
  nowMs: number,
): void {
  const marker = packet[1]! >= 0x80
  for (let i = 0; i < routes.length; i++) {
    const route = routes[i]!
    if (route.kind !== 'relay') continue
    const to = route.to
    if (!to.listening) {
      to.stream.swallow(source, sequence)
      continue
    }
    if (restarted) to.stream.restart()
    to.stream.follow(source, sequence, timestamp, marker, nowMs)
    const type = to.media.codec!.sendType
    if (i === routes.length - 1 && offset === 12) {
      to.emit(packet, end, type)
    } else {
      const bytes = Math.min(end - offset, ROOM)
      scratch.set(packet.subarray(offset, offset + bytes), 12)
      to.emit(scratch, 12 + bytes, type)
    }
  }
}

/** A telephone-event (RFC 4733), in the listener's payload type and clock. Also goes beside translated sound; into a mix it does not. */
export function relayEvent(
  routes: readonly Route[],
  scratch: Uint8Array,
  packet: Uint8Array,
  offset: number,
  end: number,
  sequence: number,
  timestamp: number,
  clockHz: number,
  source: Reception,
  nowMs: number,
): void {
  if (end - offset < TELEPHONE_EVENT_BYTES) return
  for (const route of routes) {
    const to = route.to
    const te = to.media.dtmf
    if (route.kind === 'mix' || te === null || !to.listening) {
      to.stream.swallow(source, sequence)
      continue
    }
    const duration =
      te.clockHz === clockHz ? eventDuration(packet, offset) : Math.round((eventDuration(packet, offset) * te.clockHz) / clockHz)
    to.stream.event(source, timestamp, sequence, false, nowMs)
    to.stream.marker = packet[1]! >= 0x80
    const bytes = writeTelephoneEvent(scratch, 12, packet[offset]!, eventEnded(packet, offset), packet[offset + 1]! & 0x3f, duration)
    to.emit(scratch, 12 + bytes, te.sendType)
  }
}

/** Comfort noise is passed to who understands it; others simply hear nothing for a while. */
export function relayNoise(
  routes: readonly Route[],
  scratch: Uint8Array,
  packet: Uint8Array,
  offset: number,
  end: number,
  sequence: number,
  timestamp: number,
  source: Reception,
  nowMs: number,
): void {
  for (const route of routes) {
    const to = route.to
    if (route.kind !== 'relay') continue
    const type = to.media.comfortNoiseType
    if (type === null || !to.listening || end - offset > MAX_NOISE_BYTES) {
      to.stream.swallow(source, sequence)
      continue
    }
    to.stream.follow(source, sequence, timestamp, false, nowMs)
    scratch.set(packet.subarray(offset, end), 12)
    to.emit(scratch, 12 + end - offset, type)
  }
}
