/** A certificate of our own for the first start: TLS, WSS, HTTPS and DTLS work at once; the office replaces it when it has a better one. */
import { webcrypto } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** Makes `server.crt` and `server.key` (P-256, ten years) in `folder` unless they are there. */
export async function ensureCertificate(folder: string, names: readonly string[]): Promise<CertificateFiles> {
  const files = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') }
  if (existsSync(files.cert) && existsSync(files.key)) return files
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(webcrypto as never)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const now = Date.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^[89a-f]/, '1'),
    name: 'CN=switchroom',
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + 10 * 365 * 86_400_000),
    signingAlgorithm: algorithm,
    keys: keys as never,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        names.map(value => ({ type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
    ],
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(files.key, `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, '$1\n').trim()}\n-----END PRIVATE KEY-----\n`, {
    mode: 0o600,
  })
  chmodSync(files.key, 0o600)
  writeFileSync(files.cert, certificate.toString('pem') + '\n')
  return files
}
