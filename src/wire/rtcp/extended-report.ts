/** Extended report blocks (RFC 3611 §4): receiver reference time, DLRR and VoIP metrics as values; others are kept as bytes. */

export type XrBlock = ReferenceTime | DelaySinceReferenceTime | VoipMetrics | OtherXrBlock

/** §4.4: lets a party that sends nothing measure round trips too. */
export interface ReferenceTime {
  readonly kind: 'reference-time'
  readonly ntpSeconds: number
  readonly ntpFraction: number
}

/** §4.5: the answer to it. */
export interface DelaySinceReferenceTime {
  readonly kind: 'dlrr'
  readonly reports: readonly { readonly ssrc: number; readonly lastRr: number; readonly delaySinceLastRr: number }[]
}

/** §4.7. Names and units are the RFC's; 127 means "not known" for levels, factors and scores. */
export interface VoipMetrics {
  readonly kind: 'voip-metrics'
  readonly ssrc: number
  /** Shares of packets in 1/256. */
  readonly lossRate: number
  readonly discardRate: number
  readonly burstDensity: number
  readonly gapDensity: number
  readonly burstMs: number
  readonly gapMs: number
  readonly roundTripMs: number
  readonly endSystemMs: number
  /** dBm0, with a sign. */
  readonly signalLevel: number
  readonly noiseLevel: number
  /** Residual echo return loss, dB. */
  readonly rerl: number
  readonly gmin: number
  readonly rFactor: number
  readonly externalRFactor: number
  /** Scores times ten: 10 … 50. */
  readonly mosLq: number
  readonly mosCq: number
  readonly receiverConfig: number
  readonly jitterBufferNominalMs: number
  readonly jitterBufferMaximumMs: number
  readonly jitterBufferAbsoluteMs: number
}

export interface OtherXrBlock {
  readonly kind: 'other'
  readonly type: number
  readonly specific: number
  /** A whole number of 32-bit words. */
  readonly body: Uint8Array
}

const REFERENCE_TIME = 4
const DLRR = 5
const VOIP_METRICS = 7

/** Reads the blocks of `view[from, to)`; null when lengths do not add up. */
export function readXrBlocks(view: DataView, from: number, to: number): XrBlock[] | null {
  const blocks: XrBlock[] = []
  let at = from
  while (at < to) {
    if (at + 4 > to) return null
    const end = at + 4 + view.getUint16(at + 2) * 4
    if (end > to) return null
    blocks.push(readBlock(view, at, end))
    at = end
  }
  return blocks
}

function readBlock(v: DataView, at: number, end: number): XrBlock {
  const type = v.getUint8(at)
  const words = (end - at) / 4 - 1
  const p = at + 4
  if (type === REFERENCE_TIME && words === 2) return { kind: 'reference-time', ntpSeconds: v.getUint32(p), ntpFraction: v.getUint32(p + 4) }
  if (type === DLRR && words % 3 === 0) {
    const reports: { ssrc: number; lastRr: number; delaySinceLastRr: number }[] = []
    for (let i = p; i < end; i += 12)
      reports.push({ ssrc: v.getUint32(i), lastRr: v.getUint32(i + 4), delaySinceLastRr: v.getUint32(i + 8) })
    return { kind: 'dlrr', reports }
  }
  if (type === VOIP_METRICS && words === 8) return readVoipMetrics(v, p)
  return { kind: 'other', type, specific: v.getUint8(at + 1), body: new Uint8Array(v.buffer, v.byteOffset + p, end - p).slice() }
}

function readVoipMetrics(v: DataView, p: number): VoipMetrics {
  return {
    kind: 'voip-metrics',
    ssrc: v.getUint32(p),
    lossRate: v.getUint8(p + 4),
    discardRate: v.getUint8(p + 5),
    burstDensity: v.getUint8(p + 6),
    gapDensity: v.getUint8(p + 7),
    burstMs: v.getUint16(p + 8),
    gapMs: v.getUint16(p + 10),
    roundTripMs: v.getUint16(p + 12),
    endSystemMs: v.getUint16(p + 14),
    signalLevel: v.getInt8(p + 16),
    noiseLevel: v.getInt8(p + 17),
    rerl: v.getUint8(p + 18),
    gmin: v.getUint8(p + 19),
    rFactor: v.getUint8(p + 20),
    externalRFactor: v.getUint8(p + 21),
    mosLq: v.getUint8(p + 22),
    mosCq: v.getUint8(p + 23),
    receiverConfig: v.getUint8(p + 24),
    jitterBufferNominalMs: v.getUint16(p + 26),
    jitterBufferMaximumMs: v.getUint16(p + 28),
    jitterBufferAbsoluteMs: v.getUint16(p + 30),
  }
}

export function xrBlockBytes(b: XrBlock): number {
  switch (b.kind) {
    case 'reference-time':
      return 12
    case 'dlrr':
      return 4 + b.reports.length * 12
    case 'voip-metrics':
      return 36
    case 'other':
      return 4 + b.body.length
  }
}

/** Writes one block at `at`; the caller has made sure of the room. Returns the place after it. */
export function writeXrBlock(v: DataView, at: number, b: XrBlock): number {
  const end = at + xrBlockBytes(b)
  v.setUint8(
    at,
    b.kind === 'reference-time' ? REFERENCE_TIME : b.kind === 'dlrr' ? DLRR : b.kind === 'voip-metrics' ? VOIP_METRICS : b.type,
  )
  v.setUint8(at + 1, b.kind === 'other' ? b.specific : 0)
  v.setUint16(at + 2, (end - at) / 4 - 1)
  const p = at + 4
  if (b.kind === 'reference-time') {
    v.setUint32(p, b.ntpSeconds)
    v.setUint32(p + 4, b.ntpFraction)
  } else if (b.kind === 'dlrr') {
    b.reports.forEach((r, i) => {
      v.setUint32(p + i * 12, r.ssrc)
      v.setUint32(p + i * 12 + 4, r.lastRr)
      v.setUint32(p + i * 12 + 8, r.delaySinceLastRr)
    })
  } else if (b.kind === 'voip-metrics') writeVoipMetrics(v, p, b)
  else new Uint8Array(v.buffer, v.byteOffset).set(b.body, p)
  return end
}

function writeVoipMetrics(v: DataView, p: number, m: VoipMetrics): void {
  v.setUint32(p, m.ssrc)
  v.setUint8(p + 4, m.lossRate)
  v.setUint8(p + 5, m.discardRate)
  v.setUint8(p + 6, m.burstDensity)
  v.setUint8(p + 7, m.gapDensity)
  v.setUint16(p + 8, m.burstMs)
  v.setUint16(p + 10, m.gapMs)
  v.setUint16(p + 12, m.roundTripMs)
  v.setUint16(p + 14, m.endSystemMs)
  v.setInt8(p + 16, m.signalLevel)
  v.setInt8(p + 17, m.noiseLevel)
  v.setUint8(p + 18, m.rerl)
  v.setUint8(p + 19, m.gmin)
  v.setUint8(p + 20, m.rFactor)
  v.setUint8(p + 21, m.externalRFactor)
  v.setUint8(p + 22, m.mosLq)
  v.setUint8(p + 23, m.mosCq)
  v.setUint8(p + 24, m.receiverConfig)
  v.setUint8(p + 25, 0)
  v.setUint16(p + 26, m.jitterBufferNominalMs)
  v.setUint16(p + 28, m.jitterBufferMaximumMs)
  v.setUint16(p + 30, m.jitterBufferAbsoluteMs)
}
