/**
 * A registrar lists its digest challenges by preference (RFC 8760 §2.4), SHA-256 first. The SIP library of the page reads
 * only the first one and knows only MD5, so challenges it cannot answer are left out when there is one that it can.
 * The password is made for one session of a signed-in person and lives for minutes.
 */
export function preferMd5Challenge(message: string): string {
  if (!/^SIP\/2\.0 40[17] /.test(message)) return message
  const headEnd = message.indexOf('\r\n\r\n')
  if (headEnd < 0) return message
  const lines = message.slice(0, headEnd).split('\r\n')
  if (!lines.some(line => isChallenge(line) && answersMd5(line))) return message
  return lines.filter(line => !isChallenge(line) || answersMd5(line)).join('\r\n') + message.slice(headEnd)
}

function isChallenge(line: string): boolean {
  return /^(www|proxy)-authenticate\s*:\s*digest\s/i.test(line)
}

/** RFC 7616 §3.3: no algorithm means MD5. */
function answersMd5(line: string): boolean {
  const algorithm = /[\s,]algorithm\s*=\s*"?([^\s",]+)/i.exec(line)?.[1]
  return algorithm === undefined || algorithm.toUpperCase() === 'MD5'
}
