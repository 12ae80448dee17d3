/**
 * Whom to believe to be the peer (symmetric RTP, RFC 4961), so that a phone behind NAT is heard and a third party
 * that sprays packets at our ports neither speaks into the call nor draws the call's sound to itself.
 *
 * *Named* sources are those that signalling vouches for: the address in the SDP, and the addresses that signalling itself came from.
 * - A packet from exactly the SDP's address and port locks at once; from a named address after a few consistent packets.
 * - An unnamed source, where latching is allowed at all, must keep one SSRC in sequence for longer, is never sent to before, and loses to a named
 *   one at any time.
 * - Once locked, only that source counts. The lock opens again when signalling changes the remote, or after silence; even then the
 *   target stays where it was until somebody else has proved consistent.
 */
import { sequenceDistance } from '../wire/rtp/sequence.ts'

const NAMED_PACKETS = 4
const UNNAMED_PACKETS = 25

export type Verdict =
  /** Not the peer. */
  | 'drop'
  /** Take the packet; the target is unchanged. */
  | 'take'
  /** Take it, and send to this source from now on; `certain` tells whether others may be shut out in the kernel. */
  | 'lock'

export class Latch {
  /** Who is locked on; port 0 while open. */
  address = ''
  port = 0
  /** Locked on a source that signalling named. */
  certain = false
  private allowed: boolean
  private sdpAddress = ''
  private sdpPort = 0
  private others: readonly string[] = []
  private candidate = ''
  private candidatePort = 0
  private candidateSsrc = -1
  private candidateSeq = 0
  private consistent = 0
  /** Who was locked on before silence: coming back, it needs no new proof. */
  private formerAddress = ''
  private formerPort = 0
  private formerCertain = false

  constructor(allowed: boolean) {
    this.allowed = allowed
  }

  /** What signalling says. Returns whether that opens the lock. */
  expect(sdp: { readonly address: string; readonly port: number } | null, others: readonly string[], allowed: boolean): boolean {
    const address = sdp?.address ?? ''
    const port = sdp?.port ?? 0
    const changed = address !== this.sdpAddress || port !== this.sdpPort
    this.sdpAddress = address
    this.sdpPort = port
    this.others = others
    this.allowed = allowed
    if (changed) {
      this.open()
      this.formerPort = 0
    }
    return changed
  }

  /** Lets a new source prove itself: the remote changed, or the locked one fell silent. */
  open(): void {
    if (this.port !== 0) {
      this.formerAddress = this.address
      this.formerPort = this.port
      this.formerCertain = this.certain
    }
    this.address = ''
    this.port = 0
    this.certain = false
    this.consistent = 0
    this.candidatePort = 0
  }

  /** A source whose packets are authentic (SRTP): no more proof is needed, and it may move. */
  trust(address: string, port: number): Verdict {
    return this.lock(address, port, false)
  }

  judge(address: string, port: number, ssrc: number, sequence: number): Verdict {
    if (this.port === port && this.address === address) return 'take'
    const exact = address === this.sdpAddress && port === this.sdpPort
    if (exact) return this.certain ? 'drop' : this.lock(address, port, true)
    if (this.port === 0 && port === this.formerPort && address === this.formerAddress) return this.lock(address, port, this.formerCertain)
    const named = address === this.sdpAddress || this.others.includes(address)
    if (!named && !this.allowed) return 'drop'
    if (this.port !== 0 && (this.certain || !named)) return 'drop'
    if (this.candidatePort !== port || this.candidate !== address) {
      // A named candidate is not pushed aside by an unnamed one; an older unnamed one neither while it goes on.
      if (this.candidatePort !== 0 && this.consistent > 0 && !named) return this.outlast(address, port, ssrc, sequence)
      return this.consider(address, port, ssrc, sequence)
    }
    const ahead = sequenceDistance(sequence, this.candidateSeq)
    if (ssrc !== this.candidateSsrc || ahead < -50 || ahead > 50) return this.consider(address, port, ssrc, sequence)
    if (ahead > 0) this.candidateSeq = sequence
    if (++this.consistent >= (named ? NAMED_PACKETS : UNNAMED_PACKETS)) return this.lock(address, port, named)
    return 'take'
  }

  /** Another unnamed source beside a candidate: the candidate loses one step, so that a dead one gives way in the end. */
  private outlast(address: string, port: number, ssrc: number, sequence: number): Verdict {
    if (--this.consistent > 0) return 'drop'
    return this.consider(address, port, ssrc, sequence)
  }

  private consider(address: string, port: number, ssrc: number, sequence: number): Verdict {
    this.candidate = address
    this.candidatePort = port
    this.candidateSsrc = ssrc
    this.candidateSeq = sequence
    this.consistent = 1
    return 'take'
  }

  private lock(address: string, port: number, certain: boolean): Verdict {
    this.address = address
    this.port = port
    this.certain = certain
    this.candidatePort = 0
    this.consistent = 0
    return 'lock'
  }
}
