/**
 * A telephone number of the outside world in ITU-T E.164 form: '+', country code, number; at most 15 digits.
 * Only `plan/normalise.ts` and validated configuration make one; everything else passes it along.
 */
declare const brand: unique symbol
export type E164 = string & { readonly [brand]: 'E164' }

/** Checks the form only; whether such a number can exist is the numbering authority's business. Null when it has another form. */
export function e164(text: string): E164 | null {
  if (text.length < 4 || text.length > 16 || text.charCodeAt(0) !== 43) return null
  const first = text.charCodeAt(1)
  if (first < 49 || first > 57) return null
  for (let i = 2; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 48 || c > 57) return null
  }
  return text as E164
}
