/** Request-Line and Status-Line (RFC 3261 §7.1, §7.2). */
import { decimal, isToken } from './chars.ts'
import { parseUri } from './uri.ts'

export interface StartLine {
  readonly request: boolean
  readonly method: string
  readonly uri: string
  readonly status: number
  readonly reason: string
  /** The first thing wrong with it, and the status that says so. */
  readonly wrong: { readonly code: string; readonly message: string; readonly answer: number } | null
}

/** Null when the line has nothing of SIP, so that no answer is due. */
export function parseStartLine(line: string, maxUriBytes: number): StartLine | null {
  if (line.startsWith('SIP/')) return parseStatusLine(line)
  const space = line.indexOf(' ')
  const version = line.lastIndexOf(' SIP/')
  if (space <= 0 || version < space) return parseOddCase(line, maxUriBytes)
  const method = line.slice(0, space)
  const uri = version > space ? line.slice(space + 1, version) : ''
  return { request: true, method, uri, status: 0, reason: '', wrong: wrongWith(method, uri, line.slice(version + 1), maxUriBytes) }
}

/** "SIP" is case-insensitive as every quoted string of the grammar; nobody writes it small, so it is looked at last. */
function parseOddCase(line: string, maxUriBytes: number): StartLine | null {
  const m = /(^| )sip\/(?=\d)/i.exec(line)
  if (m === null || m[0].indexOf('SIP/') >= 0) return null
  const at = m.index + m[1]!.length
  return parseStartLine(`${line.slice(0, at)}SIP${line.slice(at + 3)}`, maxUriBytes)
}

function wrongWith(method: string, uri: string, version: string, maxUriBytes: number): StartLine['wrong'] {
  if (version !== 'SIP/2.0') {
    if (/^SIP\/\d+\.\d+$/.test(version)) return { code: 'sip-version', message: 'only SIP/2.0 is spoken here', answer: 505 }
    return { code: 'sip-bad-start-line', message: 'the request line must end with SIP/2.0', answer: 400 }
  }
  if (!isToken(method)) return { code: 'sip-bad-start-line', message: 'the method is not a token', answer: 400 }
  if (uri.length > maxUriBytes)
    return { code: 'sip-uri-too-long', message: 'the request URI is longer than this element takes', answer: 414 }
  if (uri.indexOf(' ') >= 0)
    return { code: 'sip-bad-start-line', message: 'one space stands before and after the request URI', answer: 400 }
  const parsed = parseUri(uri)
  if (!parsed.ok) return { code: parsed.error.code, message: `request URI: ${parsed.error.message}`, answer: 400 }
  switch (parsed.value.scheme) {
    case 'sip':
    case 'sips':
      // §19.1.1 table 1: headers may not stand in a request URI.
      return parsed.value.headers.length > 0 ? { code: 'sip-bad-uri', message: 'a request URI may not hold headers', answer: 400 } : null
    case 'tel':
      return null
    case 'other':
      // urn:service:sos (RFC 5031) is how an emergency call may be addressed.
      return parsed.value.name === 'urn'
        ? null
        : { code: 'sip-unknown-scheme', message: 'the scheme of the request URI is not known here', answer: 416 }
  }
}

function parseStatusLine(line: string): StartLine {
  const status = decimal(line.slice(8, 11), 699)
  const shaped = line.startsWith('SIP/2.0 ') && status >= 100 && (line.length === 11 || line.charCodeAt(11) === 32)
  const wrong = shaped
    ? null
    : { code: 'sip-bad-start-line', message: 'a response begins with SIP/2.0 and a status from 100 to 699', answer: 0 }
  return { request: false, method: '', uri: '', status: shaped ? status : 0, reason: line.slice(12), wrong }
}
