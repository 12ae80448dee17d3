/** The thread that shakes hands: one DTLS association per WebRTC leg, over werift; started when the first such leg appears. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { DtlsClient, DtlsServer, HashAlgorithm, SignatureAlgorithm, type Transport } from 'werift'
import type { DtlsKeys, FromDtls, ToDtls } from './dtls-messages.ts'

/** RFC 5764 §4.1.2, RFC 7714 §14.2. */
const PROFILE_CM_80 = 1
const PROFILE_GCM_128 = 7

interface Association {
  readonly dtls: DtlsServer | DtlsClient
  readonly transport: Transport
  begun: boolean
}

const { cert, key, rsa } = workerData as { cert: string; key: string; rsa: boolean }
const port = parentPort!
const associations = new Map<number, Association>()

port.on('message', (m: ToDtls) => {
  const association = 'id' in m ? associations.get(m.id) : undefined
  switch (m.do) {
    case 'open':
      open(m.id, m.role, m.remoteFingerprint)
      break
    case 'packet':
      association?.transport.onData(Buffer.from(m.bytes), ['0.0.0.0', 0])
      break
    case 'begin':
      if (association !== undefined && !association.begun && association.dtls instanceof DtlsClient) {
        association.begun = true
        association.dtls.connect().catch((error: unknown) => fail(m.id, error))
      }
      break
    case 'close':
      associations.delete(m.id)
      break
  }
})

function open(id: number, role: 'active' | 'passive', remoteFingerprint: string | null): void {
  const transport: Transport = {
    type: 'udp',
    address: { address: '0.0.0.0', port: 0, family: 'IPv4' },
    closed: false,
    onData: () => {},
    send: async data => tell({ is: 'packet', id, bytes: new Uint8Array(data) }),
    close: async () => {},
  }
  const options = {
    transport,
    cert,
    key,
    srtpProfiles: [PROFILE_CM_80, PROFILE_GCM_128] as (1 | 7)[],
    signatureHash: { hash: HashAlgorithm.sha256_4, signature: rsa ? SignatureAlgorithm.rsa_1 : SignatureAlgorithm.ecdsa_3 },
    extendedMasterSecret: true,
  }
  const dtls = role === 'active' ? new DtlsClient(options) : new DtlsServer({ ...options, certificateRequest: true })
  associations.set(id, { dtls, transport, begun: false })
  dtls.onError.subscribe(error => fail(id, error))
  dtls.onConnect.subscribe(() => {
    const certificate = dtls.remoteCertificate
    // The key exchange proves nothing by itself: the certificate must be the one that signalling named (RFC 5763 §5).
    if (remoteFingerprint === null || certificate === undefined || !matches(certificate, remoteFingerprint)) {
      fail(id, new Error('the peer’s certificate is not the one whose fingerprint its SDP named'))
      return
    }
    const profile = dtls.srtp.srtpProfile
    const suite = profile === PROFILE_GCM_128 ? 'AEAD_AES_128_GCM' : profile === PROFILE_CM_80 ? 'AES_CM_128_HMAC_SHA1_80' : null
    if (suite === null) {
      fail(id, new Error('no SRTP profile was agreed'))
      return
    }
    const k = dtls.extractSessionKeys(16, suite === 'AEAD_AES_128_GCM' ? 12 : 14)
    const keys: DtlsKeys = {
      suite,
      localKey: Buffer.concat([k.localKey, k.localSalt]).toString('base64'),
      remoteKey: Buffer.concat([k.remoteKey, k.remoteSalt]).toString('base64'),
    }
    tell({ is: 'keys', id, keys })
  })
}

function matches(certificate: Buffer, fingerprint: string): boolean {
  const [hash, value] = fingerprint.split(' ')
  const name = hash?.toLowerCase().replace('-', '')
  if (value === undefined || (name !== 'sha256' && name !== 'sha384' && name !== 'sha512')) return false
  const wanted = Buffer.from(value.replaceAll(':', ''), 'hex')
  const actual = createHash(name).update(certificate).digest()
  return wanted.length === actual.length && timingSafeEqual(wanted, actual)
}

function fail(id: number, error: unknown): void {
  if (!associations.delete(id)) return
  tell({ is: 'failed', id, message: error instanceof Error ? error.message : String(error) })
}

function tell(message: FromDtls): void {
  port.postMessage(message)
}

// A malformed handshake must end its own association only.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})
