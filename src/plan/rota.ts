/**
 * Whose turn it is: SCH-02. A rota has layers (first line, second line), each with its own turns; swaps and stand-ins go before
 * them. Stretches of a few weeks are worked out at once and looked up afterwards.
 */

import type { HoursAnswer } from './hours.ts'
import type { FeedEvent } from './ical.ts'
import { feedLayer, heldLayer, type Layer, restricted, type Shift, turnsLayer } from './rota-layer.ts'
import { type Zone, zoneOf } from './zone.ts'

export interface RotaInput {
  readonly timezone: string
  readonly layers: readonly LayerInput[]
  /** Who stands in from one moment to another, whatever the hours. Moments are '2026-12-31 09:00' or a day. */
  readonly overrides?: readonly StandIn[]
  /** Whether everyone on duty is meant at once, instead of one line after another. */
  readonly together?: boolean
}

export interface StandIn {
  readonly who: string
  readonly from: string
  readonly until: string
  /** The first one when absent. */
  readonly layer?: string | undefined
}

interface LayerBase {
  readonly name: string
  /** Only while these are open has anyone the turn. */
  readonly during?: { at(ms: number): Pick<HoursAnswer, 'open' | 'untilMs'> } | null
}

export type LayerInput =
  | (LayerBase & {
      readonly from: string
      /** 'mon 09:00', 'daily 08:00, 20:00', 'every 2 weeks mon 09:00'. */
      readonly handOver: string
      readonly turns: readonly string[]
      /** Local date → who stands in from that day's first hand-over time to the next day's. */
      readonly except?: Readonly<Record<string, string>>
      /** Turns that change places, each named by when it begins. */
      readonly swaps?: readonly (readonly [string, string])[]
    })
  /** Titles of its events are ids of people by now. */
  | (LayerBase & { readonly feed: readonly FeedEvent[] })
  /** Someone who holds it from a day, until before a day. */
  | (LayerBase & { readonly holder: string; readonly from: string | null; readonly until: string | null })

export interface Turn {
  readonly who: string
  /** Who is next to be asked: the other layers in order. */
  readonly next: readonly string[]
  /** Everyone on duty, with their layers; somebody may stand in two. */
  readonly lines: readonly { readonly layer: string; readonly who: string }[]
  readonly fromMs: number
  /** The end of this turn, or before it the moment at which somebody else is on duty. */
  readonly untilMs: number
  readonly swapped: boolean
}

export interface Standing {
  /** Null: nobody is on duty. */
  readonly turn: Turn | null
  /** Until when it stands so; more than a year ahead when no end is in sight. */
  readonly untilMs: number
}

export interface Rota {
  /** Everyone who can have a turn. */
  readonly turns: readonly string[]
  /** How those on duty are called: first line first, or all. */
  readonly order: 'one-by-one' | 'together'
  /** Null when it is nobody's turn. */
  at(ms: number): Turn | null
  standing(ms: number): Standing
}

const DAY_MS = 86_400_000
const STRETCH_MS = 28 * DAY_MS
const STRETCHES_AHEAD = 15
const STRETCHES_KEPT = 200

/** Nobody's Standing or somebody's, with what tells it from the next one. */
interface Piece {
  readonly key: string
  readonly shifts: readonly (Shift & { readonly layer: string })[]
  fromMs: number
  untilMs: number
  standing: Standing | null
}

export function compileRota(input: RotaInput): Rota {
  const zone = zoneOf(input.timezone)
  const layers = input.layers.map(l =>
    layerOf(
      l,
      zone,
      (input.overrides ?? []).filter(o => (o.layer ?? input.layers[0]?.name) === l.name),
    ),
  )
  const stretches = new Map<number, readonly Piece[]>()

  function stretch(number: number): readonly Piece[] {
    let pieces = stretches.get(number)
    if (pieces === undefined) {
      pieces = workOut(layers, number * STRETCH_MS, (number + 1) * STRETCH_MS)
      if (stretches.size > STRETCHES_KEPT) stretches.clear()
      stretches.set(number, pieces)
    }
    return pieces
  }

  function standing(ms: number): Standing {
    const number = Math.floor(ms / STRETCH_MS)
    const pieces = stretch(number)
    let low = 0
    for (let high = pieces.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1
      if (pieces[middle]!.fromMs <= ms) low = middle
      else high = middle - 1
    }
    const piece = pieces[low]!
    piece.standing ??= standingOf(
      piece,
      low === 0 ? began(number, piece) : piece.fromMs,
      low < pieces.length - 1 ? piece.untilMs : ends(number, piece),
    )
    return piece.standing
  }

  function began(number: number, piece: Piece): number {
    let fromMs = piece.fromMs
    for (let n = number - 1; n > number - STRETCHES_AHEAD; n--) {
      const last = stretch(n).at(-1)!
      if (last.key !== piece.key) break
      fromMs = last.fromMs
      if (stretch(n).length > 1) break
    }
    return fromMs
  }

  function ends(number: number, piece: Piece): number {
    let untilMs = piece.untilMs
    for (let n = number + 1; n < number + STRETCHES_AHEAD; n++) {
      const [first] = stretch(n)
      if (first!.key !== piece.key) break
      untilMs = first!.untilMs
      if (stretch(n).length > 1) break
    }
    return untilMs
  }

  return {
    turns: [...new Set(layers.flatMap(l => l.people))],
    order: input.together ? 'together' : 'one-by-one',
    at: ms => standing(ms).turn,
    standing,
  }
}

/** Who is on duty, as one word: two moments with the same word are alike for every call. Empty: nobody. */
export function dutyWord(turn: Turn | null): string {
  return turn === null ? '' : turn.next.length === 0 ? turn.who : `${turn.who} ${turn.next.join(' ')}`
}

function layerOf(input: LayerInput, zone: Zone, overrides: readonly StandIn[]): Layer {
  const layer =
    'turns' in input
      ? turnsLayer(input.name, zone, input.from, input.handOver, input.turns, input.except ?? {}, input.swaps ?? [])
      : 'feed' in input
        ? feedLayer(input.name, zone, input.feed)
        : heldLayer(input.name, zone, input.holder, input.from, input.until)
  return restricted(layer, input.during ?? null, overrides, zone)
}

/** Cuts the span wherever some layer may change, and asks once for each piece. */
function workOut(layers: readonly Layer[], fromMs: number, untilMs: number): readonly Piece[] {
  const cuts = new Set<number>([fromMs])
  for (const layer of layers) for (const ms of layer.changes(fromMs, untilMs)) if (ms > fromMs && ms < untilMs) cuts.add(ms)
  const pieces: Piece[] = []
  for (const at of [...cuts].sort((a, b) => a - b)) {
    const shifts = layers.flatMap(layer => layer.at(at).map(shift => ({ ...shift, layer: layer.name })))
    const key = shifts.map(s => `${s.layer}\n${s.turn}`).join('\n\n')
    const last = pieces.at(-1)
    if (last !== undefined) last.untilMs = at
    if (last?.key !== key) pieces.push({ key, shifts, fromMs: at, untilMs, standing: null })
  }
  pieces.at(-1)!.untilMs = untilMs
  return pieces
}

function standingOf(piece: Piece, fromMs: number, untilMs: number): Standing {
  const [first] = piece.shifts
  if (first === undefined) return { turn: null, untilMs }
  const people = new Set(piece.shifts.map(s => s.who))
  people.delete(first.who)
  const turn: Turn = {
    who: first.who,
    next: [...people],
    lines: piece.shifts.map(({ layer, who }) => ({ layer, who })),
    fromMs,
    untilMs,
    swapped: first.swapped,
  }
  return { turn, untilMs }
}

export interface Coverage {
  /** Spans in which nobody is on duty. */
  readonly gaps: readonly { readonly fromMs: number; readonly untilMs: number }[]
  /** Spans in which more than one is, and who: two lines as they should be, or one person in both. */
  readonly overlaps: readonly {
    readonly fromMs: number
    readonly untilMs: number
    readonly lines: readonly { readonly layer: string; readonly who: string }[]
  }[]
}

/** Where a rota leaves holes and where it has several on duty, in order. */
export function coverage(rota: Rota, fromMs: number, untilMs: number): Coverage {
  const gaps: { fromMs: number; untilMs: number }[] = []
  const overlaps: { fromMs: number; untilMs: number; lines: Turn['lines'] }[] = []
  for (let at = fromMs; at < untilMs; ) {
    const { turn, untilMs: ends } = rota.standing(at)
    const until = Math.min(ends, untilMs)
    if (turn === null) {
      const last = gaps.at(-1)
      if (last?.untilMs === at) last.untilMs = until
      else gaps.push({ fromMs: at, untilMs: until })
    } else if (turn.lines.length > 1) {
      const last = overlaps.at(-1)
      if (last?.untilMs === at && alike(last.lines, turn.lines)) last.untilMs = until
      else overlaps.push({ fromMs: at, untilMs: until, lines: turn.lines })
    }
    at = ends
  }
  return { gaps, overlaps }
}

function alike(a: Turn['lines'], b: Turn['lines']): boolean {
  return a.length === b.length && a.every((line, i) => line.layer === b[i]!.layer && line.who === b[i]!.who)
}
