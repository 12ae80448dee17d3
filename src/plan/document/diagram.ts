/** A drawing before it has coordinates: boxes with their ways out, each way out one row of its box. */

export type BoxShape = 'line' | 'people' | 'spoken' | 'box' | 'outside' | 'end' | 'passed'

export interface DiagramRow {
  /** Empty: the way out needs no words, and has no row. */
  readonly text: string
  readonly to: string
}

export interface DiagramBox {
  readonly id: string
  readonly shape: BoxShape
  /** 'Group · 620' */
  readonly label: string
  readonly title: string
  readonly body: readonly string[]
  readonly rows: readonly DiagramRow[]
}

export interface Diagram {
  readonly title: string
  /** The drawing in sentences, for whoever does not see it. */
  readonly sentences: readonly string[]
  readonly boxes: readonly DiagramBox[]
  /** Narrower boxes, for drawings of many. */
  readonly compact: boolean
  /** Under the drawing: what the hours are. */
  readonly notes: readonly string[]
}
