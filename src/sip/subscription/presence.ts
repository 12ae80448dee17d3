/** application/pidf+xml: presence in its simplest form (RFC 3863), with the note that telephones show. */
import { xmlText } from './xml-text.ts'

export const PIDF = 'application/pidf+xml'

export function presenceDocument(entity: string, open: boolean, note: string): string {
  const noted = note === '' ? '' : `<note>${xmlText(note)}</note>`
  return `<?xml version="1.0" encoding="UTF-8"?>\r\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${xmlText(entity)}"><tuple id="t1"><status><basic>${open ? 'open' : 'closed'}</basic></status>${noted}</tuple></presence>\r\n`
}
