/** The words of a line of a story: translated by its code where the language has a sentence for it, else as the office wrote it. */
import type { StoryLine } from '../../office/api/schemas.ts'
import { formatNumber } from '../format/telephone-number.ts'

export interface StoryLanguage {
  /** Code → sentence with `{value}`s. */
  readonly sentences: Readonly<Record<string, string>>
  /** English words that stand in values, and the units of time. */
  readonly words: Readonly<Record<string, string>>
}

export function storyWords(line: Pick<StoryLine, 'text' | 'code' | 'values'>, language: StoryLanguage | null): string {
  return readable((language && filled(line, language)) ?? line.text)
}

/** Null when the sentence needs a value that the line does not have: then the English one is right and this one would not be. */
function filled({ code, values }: Pick<StoryLine, 'code' | 'values'>, { sentences, words }: StoryLanguage): string | null {
  const sentence = sentences[code]
  if (sentence === undefined) return null
  let whole = true
  const text = sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) whole = false
    else return name.endsWith('Ms') ? lengthWords(Number(value), words) : (words[value] ?? value)
    return ''
  })
  return whole ? text.trim() : null
}

function lengthWords(ms: number, words: StoryLanguage['words']): string {
  const unit = (name: string) => words[name] ?? name
  if (ms < 1000) return `${Math.round(ms)} ${unit('ms')}`
  if (ms < 10_000) return `${Number((ms / 1000).toFixed(1))} ${unit('s')}`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return [minutes > 0 ? `${minutes} ${unit('min')}` : '', seconds % 60 > 0 || minutes === 0 ? `${seconds % 60} ${unit('s')}` : '']
    .filter(part => part !== '')
    .join(' ')
}

/** Numbers grouped, the first letter large: the log's sentences are made to be read in a row, these stand alone. */
function readable(text: string): string {
  const grouped = text.replace(/\+\d{7,15}(?!\d)/g, formatNumber)
  return grouped.charAt(0).toLocaleUpperCase() + grouped.slice(1)
}
