/** How a provider wants numbers written in what we send it. Inside the exchange a number is E.164 with its plus; the edge turns it. */
export interface NumberForm {
  /**
   * e164: +77172000000. digits: 77172000000. international: prefix and digits, 0077172000000.
   * national: for the provider's own country its trunk prefix and the rest, 87172000000; others as international.
   */
  readonly style: 'e164' | 'digits' | 'international' | 'national'
  /** Country code without plus, for `national`. */
  readonly country?: string
  /** Before a national number: '8', '0', ''. */
  readonly trunkPrefix?: string
  /** Before a foreign number; default '00'. */
  readonly internationalPrefix?: string
  /** Put before all of it: a provider's account or technical prefix. */
  readonly prepend?: string
}

/** What is no E.164 number (112, 101, short codes) leaves as it is, without prefixes: nobody may stand between a caller and 112. */
export function writeNumber(number: string, form: NumberForm): string {
  if (!/^\+[1-9]\d{3,14}$/.test(number)) return number
  return (form.prepend ?? '') + styled(number.slice(1), form)
}

function styled(digits: string, form: NumberForm): string {
  const foreign = (form.internationalPrefix ?? '00') + digits
  switch (form.style) {
    case 'e164':
      return '+' + digits
    case 'digits':
      return digits
    case 'international':
      return foreign
    case 'national':
      return form.country !== undefined && digits.startsWith(form.country)
        ? (form.trunkPrefix ?? '') + digits.slice(form.country.length)
        : foreign
  }
}
