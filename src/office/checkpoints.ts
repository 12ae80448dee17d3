/**
 * Moves the switch's write-ahead log into its database file. The switch itself never checkpoints, so that no commit of it ever
 * waits for a disk; the office does it beside. Passive every few seconds: that takes no lock that a writer wants, and once it has
 * caught up, the switch begins the file anew by itself. Under a load without a pause it never quite catches up; then, when the file
 * is very large, it is cut off. That does hold the switch up, so a passive round goes before and leaves little to be done.
 */
import { existsSync, statSync } from 'node:fs'
import { Database } from '../store/sqlite.ts'

const EVERY_MS = 5000
const LARGE_BYTES = 1024 * 1024 * 1024

export function keepCheckpointing(path: string, onProblem: (problem: unknown) => void): { close(): void } {
  let db: Database | null = null
  const round = (): void => {
    try {
      if (db === null) {
        if (!existsSync(path)) return
        // Never waits for a lock: what cannot be done now is done in five seconds.
        db = new Database(path, { autocheckpointPages: 0, busyMs: 50, cacheKiB: 512 })
      }
      const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
      if (walBytes > 0) db.get('PRAGMA wal_checkpoint(PASSIVE)')
      if (walBytes > LARGE_BYTES) db.get('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      if (!/locked|busy/.test(String(error))) onProblem(error)
    }
  }
  const timer = setInterval(round, EVERY_MS)
  timer.unref()
  round()
  return {
    close() {
      clearInterval(timer)
      db?.close()
    },
  }
}
