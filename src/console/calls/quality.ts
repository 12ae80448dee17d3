/** A plain verdict on measured voice quality, so that nobody has to read figures first. Unknown stays unknown (QOS-01). */
import type { LegQuality } from '../../office/api/schemas.ts'

export type Verdict = 'good' | 'fair' | 'poor' | 'unknown'

/**
 * Bounds after ITU-T G.114 (delay) and the loss at which G.711 with concealment stays toll quality (ITU-T G.113 App. I):
 * the worst of the figures decides.
 */
export function verdictOf(quality: LegQuality): Verdict {
  if (quality.packetsIn === 0 || quality.lossShare === null) return 'unknown'
  const loss = Math.max(quality.lossShare, quality.farLoss ?? 0)
  if (loss > 0.03 || quality.jitterMs > 60 || (quality.rttMs ?? 0) > 500) return 'poor'
  if (loss > 0.01 || quality.jitterMs > 30 || (quality.rttMs ?? 0) > 300) return 'fair'
  return 'good'
}

/** `0.013` → `1.3 %`. */
export function formatShare(share: number): string {
  const percent = share * 100
  return `${percent === 0 ? '0' : percent < 0.1 ? '< 0.1' : percent.toFixed(percent < 10 ? 1 : 0)} %`
}
