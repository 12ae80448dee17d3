/** The certificate with which this exchange's media proves itself in DTLS (RFC 5763): self-signed, made once, known by its fingerprint. */
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** As SDP writes it: `sha-256 AB:CD:…`. */
function fingerprintOf(certPem: string): string {
  return 'sha-256 ' + new X509Certificate(certPem).fingerprint256
}

/** Makes certificate and key where there are none yet; returns the fingerprint for the SDP. For who starts the media process. */
export async function ensureDtlsCertificate(certPath: string, keyPath: string): Promise<string> {
  try {
    await readFile(keyPath)
    return fingerprintOf(await readFile(certPath, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const { createSelfSignedCertificate, HashAlgorithm, SignatureAlgorithm } = await import('werift')
  const { certPem, keyPem } = await createSelfSignedCertificate({ hash: HashAlgorithm.sha256_4, signature: SignatureAlgorithm.ecdsa_3 })
  await mkdir(dirname(certPath), { recursive: true })
  await writeFile(keyPath, keyPem, { mode: 0o600 })
  await writeFile(certPath, certPem)
  return fingerprintOf(certPem)
}
