/**
 * One step of a leg machine in the making: a fresh copy of the state that the step may change, and the effects so far.
 * `step` in machine.ts makes one per input, so the state given to it is never touched.
 */
import type { HeaderField } from '../../wire/sip/message.ts'
import type { Dialog } from '../dialog/dialog.ts'
import { addressText, requestIn } from '../dialog/in-dialog-request.ts'
import type { RespondOptions } from '../endpoint/contract.ts'
import type { LegNotice } from '../leg.ts'
import { SDP_TYPE, sdpBytes } from './session-body.ts'
import type { LegEffect, LegOptions, LegState, LegTimer, Purpose } from './state.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export class Turn {
  readonly s: Mutable<LegState>
  readonly o: LegOptions
  readonly effects: LegEffect[] = []

  constructor(state: LegState, options: LegOptions) {
    this.s = { ...state }
    this.o = options
  }

  notice(notice: LegNotice): void {
    this.effects.push({ do: 'notice', notice })
  }

  start(timer: LegTimer, ms: number): void {
    this.effects.push({ do: 'start', timer, ms })
  }

  stop(...timers: LegTimer[]): void {
    for (const timer of timers) this.effects.push({ do: 'stop', timer })
  }

  respond(tx: number, status: number, options: RespondOptions = {}, keep?: '1xx' | '2xx'): void {
    this.effects.push(keep ? { do: 'respond', tx, status, options, keep } : { do: 'respond', tx, status, options })
  }

  /** A request inside `dialog` (the leg's own when absent): takes the next CSeq and returns it. */
  send(
    purpose: Purpose | ((seq: number) => Purpose),
    method: string,
    headers: readonly HeaderField[],
    body?: Uint8Array,
    dialog?: Dialog,
  ): number {
    const d = dialog ?? this.s.dialog!
    const seq = d.localSeq + 1
    const next: Dialog = { ...d, localSeq: seq }
    this.keep(next)
    const request = requestIn(next, body ? { method, seq, headers, body } : { method, seq, headers })
    const p = typeof purpose === 'function' ? purpose(seq) : purpose
    this.effects.push({ do: 'request', purpose: p, request, hops: [this.o.nextHop(next)], dialog: next })
    return seq
  }

  ack(dialog: Dialog, seq: number, sdp: string | null): void {
    const headers = sdp === null ? [] : [SDP_TYPE]
    const request = requestIn(dialog, sdp === null ? { method: 'ACK', seq, headers } : { method: 'ACK', seq, headers, body: sdpBytes(sdp) })
    this.effects.push({ do: 'ack', key: ackKey(dialog.remoteTag, seq), request, hop: this.o.nextHop(dialog) })
  }

  /** The same 2xx came again: so does its ACK (RFC 3261 §13.2.2.4). */
  ackAgain(remoteTag: string, seq: number): void {
    this.effects.push({ do: 'ack-again', key: ackKey(remoteTag, seq) })
  }

  /** Puts a changed dialog back where it came from: the leg's own, or one of the early ones. */
  keep(dialog: Dialog): void {
    const own = this.s.dialog
    if (own && own.remoteTag === dialog.remoteTag) this.s.dialog = dialog
    else this.s.forks = this.s.forks.map(f => (f.dialog.remoteTag === dialog.remoteTag ? { ...f, dialog } : f))
  }

  /** Headers of every message that sets up or refreshes the session: where to reach us and what we can do. */
  introduction(contact: string): HeaderField[] {
    return [{ name: 'Contact', value: `<${contact}>` }, { name: 'Allow', value: this.o.allow }, ...this.identityHeaders()]
  }

  identityHeaders(): HeaderField[] {
    const who = this.s.identity
    return who ? [{ name: 'P-Asserted-Identity', value: addressText(who) }] : []
  }

  nextId(): number {
    return this.s.nextId++
  }

  /** Seconds for Retry-After where RFC 3261 asks for a random choice between 0 and 10 (§14.2). */
  shortWait(): HeaderField {
    return { name: 'Retry-After', value: String(Math.floor(this.o.fraction() * 11)) }
  }
}

function ackKey(remoteTag: string, seq: number): string {
  return `${remoteTag}/${seq}`
}
