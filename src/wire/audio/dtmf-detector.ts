/**
 * Digits heard as tones (ITU-T Q.23, Q.24). Eight Goertzel filters run over blocks of 12.75 ms; a block is a hit when one row and
 * one column stand out of their groups, hold most of the block's energy, and neither is much louder than the other. Two hits in a
 * row begin a digit if the phases between them tell frequencies near the nominal ones; so 40 ms are always heard and 20 ms
 * never, and voices, whose harmonics seldom fall in place, are not taken for digits. Two misses end it. Streaming, no
 * allocation per sample or block.
 */
import { DTMF_COLUMNS_HZ, DTMF_KEYS, DTMF_ROWS_HZ } from './tone.ts'

export interface DtmfEvents {
  /** The digit has just been recognised and still sounds. `atMs` counts from the detector's first sample. */
  started?(digit: string, atMs: number): void
  /** The key is up. */
  ended?(digit: string, durationMs: number, atMs: number): void
}

const BLOCK_MS = 12.75
/** Of the block's energy, what the two filters must hold: less than all, because a tone 1.5 % off its filter loses some of its power there. */
const MIN_SHARE = 0.6
/** The same once that loss is made good, required where a digit begins. */
const MIN_TRUE_SHARE = 0.85
/** Q.24: up to 1.5 % off must be accepted, from 3.5 % off refused. */
const MAX_DEVIATION = 0.025
/** Over every other tone of the group: 8 dB. */
const OVER_OTHERS = 6.3
/** Column louder than row by at most 8 dB, row louder than column by at most 6 dB. */
const MAX_COLUMN_TWIST = 6.3
const MAX_ROW_TWIST = 4
/** Mean square of a block below which nothing is a digit: -42 dBFS. */
const MIN_POWER = 32768 * 16384 * 10 ** -4.2
const HITS_TO_START = 2
const MISSES_TO_END = 2

export class DtmfDetector {
  private readonly events: DtmfEvents
  private readonly blockSamples: number
  private readonly coefficients: Float64Array
  private readonly s1 = new Float64Array(8)
  private readonly s2 = new Float64Array(8)
  private readonly powers = new Float64Array(8)
  /** Phase of each filter's output at the end of this block and of the last. */
  private readonly phases = new Float64Array(8)
  private readonly lastPhases = new Float64Array(8)
  private readonly angles: Float64Array
  private blockEnergy = 0
  private energy = 0
  private inBlock = 0
  private blocks = 0
  /** Key index of the digit that sounds, -1 for none; the candidate that is being counted; and blocks since it began. */
  private sounding = -1
  private candidate = -1
  private hits = 0
  private misses = 0
  private beganBlock = 0

  constructor(clockHz: number, events: DtmfEvents) {
    this.events = events
    this.blockSamples = Math.round((clockHz * BLOCK_MS) / 1000)
    this.angles = Float64Array.from([...DTMF_ROWS_HZ, ...DTMF_COLUMNS_HZ], hz => (2 * Math.PI * hz) / clockHz)
    this.coefficients = this.angles.map(angle => 2 * Math.cos(angle))
  }

  /** Listens to `samples[from, to)`; events come from within. */
  feed(samples: Int16Array, from: number, to: number): void {
    while (from < to) {
      const until = Math.min(to, from + this.blockSamples - this.inBlock)
      this.filter(samples, from, until)
      this.inBlock += until - from
      from = until
      if (this.inBlock === this.blockSamples) this.endBlock()
    }
  }

  /** The sound is over (hold, hang-up): ends a digit that still sounds. */
  flush(): void {
    if (this.sounding >= 0) this.end(this.blocks - this.misses)
    this.candidate = -1
  }

  private filter(samples: Int16Array, from: number, to: number): void {
    let energy = 0
    for (let i = from; i < to; i++) energy += samples[i]! * samples[i]!
    this.energy += energy
    for (let f = 0; f < 8; f++) {
      const c = this.coefficients[f]!
      let a = this.s1[f]!
      let b = this.s2[f]!
      for (let i = from; i < to; i++) {
        const next = samples[i]! + c * a - b
        b = a
        a = next
      }
      this.s1[f] = a
      this.s2[f] = b
    }
  }

  private endBlock(): void {
    const key = this.keyOfBlock()
    this.lastPhases.set(this.phases)
    if (key >= 0) {
      this.measurePhase(key >> 2)
      this.measurePhase(4 + (key & 3))
    }
    this.blockEnergy = this.energy
    this.s1.fill(0)
    this.s2.fill(0)
    this.energy = 0
    this.inBlock = 0
    this.blocks++
    if (this.sounding >= 0) {
      if (key === this.sounding) {
        this.misses = 0
        return
      }
      this.count(key)
      if (++this.misses >= MISSES_TO_END) this.end(this.blocks - this.misses)
    } else this.count(key)
    if (this.sounding < 0 && this.candidate >= 0 && this.hits >= HITS_TO_START && this.isTrue(this.candidate)) {
      this.sounding = this.candidate
      this.misses = 0
      this.beganBlock = this.blocks - this.hits
      this.events.started?.(DTMF_KEYS[this.sounding]!, Math.round(this.beganBlock * BLOCK_MS))
    }
  }

  private measurePhase(f: number): void {
    const angle = this.angles[f]!
    this.phases[f] = Math.atan2(this.s2[f]! * Math.sin(angle), this.s1[f]! - this.s2[f]! * Math.cos(angle))
  }

  /** Whether the last two blocks hold the key's frequencies and, with what the filters miss of them made good, next to nothing else. */
  private isTrue(key: number): boolean {
    const row = this.truePower(key >> 2)
    const column = this.truePower(4 + (key & 3))
    return row > 0 && column > 0 && row + column >= (MIN_TRUE_SHARE * this.blockEnergy * this.blockSamples) / 2
  }

  /** A tone turns the filter's phase by its own frequency times the block's length. Gives the tone's power, or 0 if it is too far off. */
  private truePower(f: number): number {
    const n = this.blockSamples
    const turned = this.phases[f]! - this.lastPhases[f]! - this.angles[f]! * n
    const off = (turned - 2 * Math.PI * Math.round(turned / (2 * Math.PI))) / n
    if (Math.abs(off) > MAX_DEVIATION * this.angles[f]!) return 0
    const x = (off * n) / 2
    const response = Math.abs(x) < 1e-6 ? 1 : Math.sin(x) / x
    return this.powers[f]! / (response * response)
  }

  private count(key: number): void {
    this.hits = key >= 0 && key === this.candidate ? this.hits + 1 : 1
    this.candidate = key
  }

  private end(atBlock: number): void {
    const digit = DTMF_KEYS[this.sounding]!
    this.sounding = -1
    this.events.ended?.(digit, Math.round((atBlock - this.beganBlock) * BLOCK_MS), Math.round(atBlock * BLOCK_MS))
  }

  /** The key of the finished block, or -1. */
  private keyOfBlock(): number {
    const n = this.blockSamples
    if (this.energy < MIN_POWER * n) return -1
    const powers = this.powers
    for (let f = 0; f < 8; f++) {
      const a = this.s1[f]!
      const b = this.s2[f]!
      powers[f] = a * a + b * b - this.coefficients[f]! * a * b
    }
    const row = loudest(powers, 0)
    const column = loudest(powers, 4)
    if (row < 0 || column < 0) return -1
    const rowPower = powers[row]!
    const columnPower = powers[column]!
    if (columnPower > rowPower * MAX_COLUMN_TWIST || rowPower > columnPower * MAX_ROW_TWIST) return -1
    // A sine of mean square p gives p n² / 2.
    if (rowPower + columnPower < (MIN_SHARE * this.energy * n) / 2) return -1
    return row * 4 + (column - 4)
  }
}

/** Index of the filter in its group of four that stands out, or -1. */
function loudest(powers: Float64Array, first: number): number {
  let best = first
  for (let f = first + 1; f < first + 4; f++) if (powers[f]! > powers[best]!) best = f
  for (let f = first; f < first + 4; f++) if (f !== best && powers[f]! * OVER_OTHERS > powers[best]!) return -1
  return best
}
