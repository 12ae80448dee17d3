/** Time-based codes (RFC 6238) as a second factor. The library is loaded when the first code comes. */

/** The time step of a right code (now, the one before or after), so that it is accepted once only; null for a wrong one. */
export async function checkOtp(secret: string, code: string, nowMs: number): Promise<number | null> {
  const { Secret, TOTP } = await import('otpauth')
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const totp = new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 })
  const delta = totp.validate({ token, timestamp: nowMs, window: 1 })
  return delta === null ? null : Math.floor(nowMs / 30_000) + delta
}
