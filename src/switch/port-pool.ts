/**
 * The RTP ports of one media process: even ports, each with the odd one above it for RTCP.
 * A port rests after use, so that late packets of an ended call do not reach the next one.
 */
export class PortPool {
  private readonly free: number[] = []
  private readonly resting: { readonly port: number; readonly until: number }[] = []
  private head = 0
  private readonly taken = new Set<number>()
  private readonly restMs: number

  constructor(first: number, last: number, restMs = 2000) {
    this.restMs = restMs
    for (let port = first + (first % 2); port + 1 <= last; port += 2) this.free.push(port)
  }

  /** Null when every port is in use or resting. */
  take(nowMs: number): number | null {
    while (this.head < this.resting.length && this.resting[this.head]!.until <= nowMs) this.free.push(this.resting[this.head++]!.port)
    if (this.head > 1024 && this.head * 2 > this.resting.length) {
      this.resting.splice(0, this.head)
      this.head = 0
    }
    // The last freed first: its sockets are open and its memory is warm.
    const port = this.free.pop()
    if (port === undefined) return null
    this.taken.add(port)
    return port
  }

  /** Marks a port as used by a call that was found in the log. */
  claim(port: number): void {
    const i = this.free.indexOf(port)
    if (i >= 0) this.free.splice(i, 1)
    this.taken.add(port)
  }

  give(port: number, nowMs: number): void {
    if (this.taken.delete(port)) this.resting.push({ port, until: nowMs + this.restMs })
  }

  get inUse(): number {
    return this.taken.size
  }
}
