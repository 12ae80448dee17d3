/** What the YAML library finds wrong with a text, told to somebody who has never heard of flow sequences and scalars. */

export interface YamlFault {
  readonly code: string
  readonly message: string
}

/** `rest`: the text from the place of the fault on. */
export function faultInWords(fault: YamlFault, rest: string): { readonly message: string; readonly remedy: string } {
  const known = FAULTS[fault.code]?.(fault.message, snippet(rest))
  if (known !== undefined) return { message: `This is not YAML: ${known[0]}`, remedy: known[1] }
  const first = fault.message.split('\n')[0]!.trim()
  const said = first.charAt(0).toLowerCase() + first.slice(1) + (/[.!?]$/.test(first) ? '' : '.')
  return {
    message: `This is not YAML: ${said}`,
    remedy: 'Look at this line and the one above it: quotes, brackets, the space after a colon.',
  }
}

type Words = (message: string, at: string) => readonly [message: string, remedy: string]

const COLON: readonly [string, string] = ['a colon stands where none can be.', 'A text with a colon and a space in it stands in quotes.']

const FAULTS: Readonly<Record<string, Words>> = {
  TAB_AS_INDENT: () => ['a tab stands where only spaces may.', 'Indent with spaces.'],
  BAD_INDENT: message => {
    const bracket = /end with an? ([}\]])/.exec(message)
    return bracket === null
      ? ['this line does not begin where its neighbours do.', 'Line it up with its neighbours, with spaces.']
      : [
          `a bracket is not closed: '${bracket[1]}' is missing before this place.`,
          'Close it; lines within brackets are indented more than the line that opens them.',
        ]
  },
  MISSING_CHAR: message => {
    if (/quote/.test(message)) return ['a quote is opened and not closed.', "Close it on the same line; within '…' write two '' for one."]
    if (/,/.test(message)) return ['a comma is missing between two entries.', 'Write it before this place, with a space behind it.']
    return [
      "a sign is missing here: a closing quote, ']' or '}', a ',' or the space after a colon.",
      'Look at this line and the one above it.',
    ]
  },
  UNEXPECTED_TOKEN: (_, at) =>
    at === ':'
      ? COLON
      : [
          `${at === '' ? 'this' : `'${at}'`} cannot stand here: what stands before it has ended already.`,
          'Look for a quote or a bracket too many, or put the whole text in quotes.',
        ],
  BLOCK_AS_IMPLICIT_KEY: () => COLON,
  MULTILINE_IMPLICIT_KEY: () => [
    'a name and its colon do not stand on one line.',
    'Is a colon missing here, or on the line above? A text that goes on over lines stands in quotes.',
  ],
  BLOCK_IN_FLOW: () => [
    'within brackets stands something that needs lines of its own.',
    'Write it without brackets, or all of it within them.',
  ],
  BAD_SCALAR_START: (_, at) => [`a text cannot begin with '${at.charAt(0)}' here.`, 'Put it in quotes.'],
  BAD_DQ_ESCAPE: (_, at) => [
    `in double quotes a backslash begins a special sign, and '${at.slice(0, 2)}' is none.`,
    "Write two backslashes, or use single quotes: '…'.",
  ],
  TAG_RESOLVE_FAILED: (_, at) => [`'${at}' is a tag, and plans have none.`, 'If it belongs to the text, put the text in quotes.'],
  MULTIPLE_DOCS: () => ['a second document begins here.', "Remove the line '---': a plan is one document."],
  KEY_OVER_1024_CHARS: () => ['a name is longer than any name can be.', 'Is a quote or a bracket not closed above?'],
}

/** The word at the place, short enough to be told. */
function snippet(rest: string): string {
  const word = /^[^\s,[\]{}:]+|^[,[\]{}:]/.exec(rest)?.[0] ?? ''
  return word.length > 20 ? `${word.slice(0, 20)}…` : word
}
