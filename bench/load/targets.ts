/** What is measured, what the peers do, and what we aim at: the figures of the load tool's TARGETS.md. */
export interface Target {
  readonly id: string
  readonly says: string
  /** Asterisk 22.10, FreeSWITCH 1.11, Kamailio 5.6 with rtpengine 10.5; null where none was measured. */
  readonly peers: readonly [number | null, number | null, number | null]
  readonly floor: number
  readonly goal: number
  readonly better: 'more' | 'less'
}

const t = (id: string, says: string, peers: Target['peers'], floor: number, goal: number, better: Target['better'] = 'less'): Target => ({
  id,
  says,
  peers,
  floor,
  goal,
  better,
})

export const TARGETS: readonly Target[] = [
  t('cps', 'call set-ups per second', [132, 50, 361], 450, 1000, 'more'),
  t('cpu-per-call', 'CPU ms per call set up and torn down', [4.9, 15, 2.6], 2.0, 0.9),
  t('media-max', 'calls with sound both ways, core ≤ 95 %, loss ≤ 0.1 %', [219, 96, 422], 420, 850, 'more'),
  t('media-cpu', 'CPU % per call with sound', [0.42, 0.85, 0.22], 0.21, 0.1),
  t('rec-50', 'CPU % of 50 recorded calls', [56, 49, 23], 15, 8),
  t('rec-100', 'CPU % of 100 recorded calls', [85, null, 33], 28, 15),
  t('rec-200', 'CPU % of 200 recorded calls', [null, null, 57], 54, 28),
  t('rtp-p50', 'RTP through the exchange at 100 calls, p50 ms', [0.8, 22, 0.3], 0.4, 0.2),
  t('rtp-p99', 'RTP through the exchange at 100 calls, p99 ms', [15, 53, 5], 6, 3),
  t('invite-p50', 'INVITE in → INVITE out, p50 ms', [2.5, 5.1, 2.3], 1.5, 0.6),
  t('invite-p99', 'INVITE in → INVITE out, p99 ms', [8.9, 22, 19], 8, 4),
  t('ringing-p50', '180 in → 180 out, p50 ms', [0.5, 1.3, 0.2], 0.4, 0.2),
  t('ringing-p99', '180 in → 180 out, p99 ms', [7, 24, 1.5], 4, 1.5),
  t('register', 'digest registrations per second', [1074, 199, 4900], 3000, 6000, 'more'),
  t('kb-per-call', 'memory per held call, KB', [430, 749, 59], 80, 30),
  t('idle', 'idle memory of all processes, MB (shared pages counted once)', [69, 36, 49], 220, 120),
  t('start', 'start → first OPTIONS answered, ms', [1210, 1198, 28], 800, 300),
  t('overload', 'offered twice the highest rate: answered share of it, %', [null, null, null], 80, 95, 'more'),
]

/** How a figure stands: the goal, the floor, or by how much the floor is missed. */
export function verdict(target: Target, value: number): string {
  const ratio = target.better === 'more' ? value / target.floor : target.floor / value
  const reaches = (limit: number): boolean => (target.better === 'more' ? value >= limit : value <= limit)
  if (reaches(target.goal)) return 'goal'
  return reaches(target.floor) ? 'floor' : `missed: ${Math.round(ratio * 100)} % of the floor`
}

export function table(values: ReadonlyMap<string, number>): string {
  const cell = (n: number | null | undefined): string => (n === null || n === undefined ? '–' : String(Number(n.toFixed(2))))
  const best = (target: Target): number | null => {
    const known = target.peers.filter(p => p !== null)
    if (known.length === 0) return null
    return target.better === 'more' ? Math.max(...known) : Math.min(...known)
  }
  const ratio = (target: Target, value: number): string => {
    const peer = best(target)
    if (peer === null || value === 0) return '–'
    return `${(target.better === 'more' ? value / peer : peer / value).toFixed(2)} ×`
  }
  const rows = TARGETS.flatMap(target => {
    const value = values.get(target.id)
    if (value === undefined) return []
    return [
      `| ${target.says} | **${cell(value)}** | ${target.peers.map(cell).join(' | ')} | ${ratio(target, value)} | ${target.floor} | ${target.goal} | ${verdict(target, value)} |`,
    ]
  })
  const head = '| figure | Switchroom | Asterisk | FreeSWITCH | Kamailio + rtpengine | against the best of them | floor | goal | reached |'
  return [head, '|---|---|---|---|---|---|---|---|---|', ...rows].join('\n')
}
