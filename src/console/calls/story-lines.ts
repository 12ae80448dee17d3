/** How the lines of a call's story are shown: reasons under the action they led to, and what a first glance may leave out. */
import type { StoryLine } from '../../office/api/schemas.ts'

export interface StoryStep {
  readonly line: StoryLine
  /** The reasons that came with it, in order. */
  readonly reasons: readonly StoryLine[]
}

/** Kinds that explain decisions; the others tell what the machinery did. */
const told: ReadonlySet<StoryLine['kind']> = new Set(['start', 'action', 'ring', 'answer', 'talk', 'failure', 'recovery', 'end'])

/** Reasons stand before their action in the log (they led to it); they are shown below it. */
export function storySteps(lines: readonly StoryLine[], everything: boolean): readonly StoryStep[] {
  const steps: StoryStep[] = []
  let reasons: StoryLine[] = []
  for (const line of lines) {
    if (line.kind === 'reason') reasons.push(line)
    else if (line.kind === 'action') {
      steps.push({ line, reasons })
      reasons = []
    } else {
      if (reasons.length > 0) steps.push(...reasons.map(reason => ({ line: reason, reasons: [] })))
      reasons = []
      if (everything || told.has(line.kind)) steps.push({ line, reasons: [] })
    }
  }
  return [...steps, ...reasons.map(reason => ({ line: reason, reasons: [] }))]
}
