/**
 * A layered drawing of boxes and links, from left to right. Links that run past a column get a lane of their own between its
 * boxes, shared by all links to the same box, so that no line crosses a box and lines to one place run together.
 */

export interface Sized {
  readonly id: string
  readonly height: number
}

export interface Link {
  readonly from: string
  /** Where it leaves the box, from the box's top. */
  readonly fromY: number
  readonly to: string
}

export interface Placed {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Routed {
  readonly link: Link
  /** Straight across columns, curved between them: pairs of points, the first and last on the boxes. */
  readonly points: readonly (readonly [number, number])[]
}

export interface Layout {
  readonly boxes: readonly Placed[]
  readonly links: readonly Routed[]
  readonly width: number
  readonly height: number
}

export interface Measures {
  readonly boxWidth: number
  readonly columnGap: number
  readonly rowGap: number
  /** Where links arrive, from the top of a box. */
  readonly arriveY: number
}

const LANE_HEIGHT = 4
const SWEEPS = 12

interface Item {
  readonly id: string
  readonly height: number
  readonly lane: boolean
  layer: number
  y: number
}

/** One hop of a link, between neighbouring columns. */
interface Hop {
  readonly from: Item
  readonly fromY: number
  readonly to: Item
}

/** Links that lead back to where a call has been; they cannot be drawn forwards. */
export function backLinks(ids: readonly string[], links: readonly { readonly from: string; readonly to: string }[]): ReadonlySet<number> {
  const out = new Map<string, number[]>(ids.map(id => [id, []]))
  for (const [i, l] of links.entries()) out.get(l.from)?.push(i)
  const back = new Set<number>()
  const state = new Map<string, 'open' | 'done'>()
  const visit = (id: string): void => {
    state.set(id, 'open')
    for (const i of out.get(id) ?? []) {
      const to = links[i]!.to
      if (state.get(to) === 'open') back.add(i)
      else if (!state.has(to)) visit(to)
    }
    state.set(id, 'done')
  }
  for (const id of ids) if (!state.has(id)) visit(id)
  return back
}

/** `links` must not lead back (`backLinks`). */
export function layOut(boxes: readonly Sized[], links: readonly Link[], m: Measures): Layout {
  const items = new Map<string, Item>(boxes.map(b => [b.id, { id: b.id, height: b.height, lane: false, layer: 0, y: 0 }]))
  const good = links.filter(l => items.has(l.from) && items.has(l.to))
  layers(items, good)
  const { hops, chains } = lanes(items, good)
  const columns: Item[][] = []
  for (const item of items.values()) (columns[item.layer] ??= []).push(item)
  order(columns, hops)
  heights(columns, hops, m)
  const top = Math.min(...[...items.values()].map(i => i.y))
  for (const item of items.values()) item.y = Math.round((item.y - top) * 2) / 2
  const x = (layer: number): number => layer * (m.boxWidth + m.columnGap)
  const arrive = (i: Item): number => i.y + (i.lane ? LANE_HEIGHT / 2 : m.arriveY)
  return {
    boxes: boxes.map(b => {
      const i = items.get(b.id)!
      return { id: b.id, x: x(i.layer), y: i.y, width: m.boxWidth, height: i.height }
    }),
    links: good.map((link, n) => {
      const points: [number, number][] = []
      for (const hop of chains[n]!) {
        points.push([x(hop.from.layer) + m.boxWidth, hop.from.lane ? arrive(hop.from) : hop.from.y + link.fromY])
        points.push([x(hop.to.layer), arrive(hop.to)])
      }
      return { link, points }
    }),
    width: columns.length * (m.boxWidth + m.columnGap) - (columns.length > 0 ? m.columnGap : 0),
    height: Math.max(0, ...[...items.values()].map(i => i.y + i.height)),
  }
}

/** Every box as far right as the longest way to it. */
function layers(items: ReadonlyMap<string, Item>, links: readonly Link[]): void {
  const incoming = new Map<string, number>([...items.keys()].map(id => [id, 0]))
  const out = new Map<string, string[]>([...items.keys()].map(id => [id, []]))
  for (const l of links) {
    incoming.set(l.to, incoming.get(l.to)! + 1)
    out.get(l.from)!.push(l.to)
  }
  const ready = [...items.keys()].filter(id => incoming.get(id) === 0)
  for (let id = ready.pop(); id !== undefined; id = ready.pop())
    for (const to of out.get(id)!) {
      const target = items.get(to)!
      target.layer = Math.max(target.layer, items.get(id)!.layer + 1)
      incoming.set(to, incoming.get(to)! - 1)
      if (incoming.get(to) === 0) ready.push(to)
    }
}

function lanes(
  items: Map<string, Item>,
  links: readonly Link[],
): { readonly hops: readonly Hop[]; readonly chains: readonly (readonly Hop[])[] } {
  const hops: Hop[] = []
  const chains = links.map(link => {
    const [from, to] = [items.get(link.from)!, items.get(link.to)!]
    const chain: Hop[] = []
    let at = from
    for (let layer = from.layer + 1; layer <= to.layer; layer++) {
      const id = `${to.id}\u0000${layer}`
      let next = layer === to.layer ? to : items.get(id)
      if (next === undefined) items.set(id, (next = { id, height: LANE_HEIGHT, lane: true, layer, y: 0 }))
      const hop = { from: at, fromY: at.lane ? LANE_HEIGHT / 2 : link.fromY, to: next }
      chain.push(hop)
      hops.push(hop)
      at = next
    }
    return chain
  })
  return { hops, chains }
}

/** Neighbours near each other: columns are sorted by the middle of what they hang on, to and fro, and the order with the fewest crossings stays. */
function order(columns: Item[][], hops: readonly Hop[]): void {
  const before = new Map<Item, Hop[]>()
  const after = new Map<Item, Hop[]>()
  for (const hop of hops) {
    put(before, hop.to, hop)
    put(after, hop.from, hop)
  }
  const place = new Map<Item, number>()
  const number = (): void => {
    for (const column of columns) for (const [i, item] of column.entries()) place.set(item, i)
  }
  number()
  let best = columns.map(c => [...c])
  let fewest = crossings(hops, place)
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const forwards = sweep % 2 === 0
    for (const column of forwards ? columns : [...columns].reverse()) {
      const middle = new Map<Item, number>()
      for (const item of column) {
        const near = (forwards ? before : after).get(item) ?? []
        const sum = near.reduce((s, h) => s + (forwards ? place.get(h.from)! + h.fromY / 10_000 : place.get(h.to)!), 0)
        middle.set(item, near.length === 0 ? place.get(item)! : sum / near.length)
      }
      column.sort((a, b) => middle.get(a)! - middle.get(b)! || place.get(a)! - place.get(b)!)
      for (const [i, item] of column.entries()) place.set(item, i)
    }
    const now = crossings(hops, place)
    if (now < fewest) {
      fewest = now
      best = columns.map(c => [...c])
    }
  }
  for (const [i, column] of best.entries()) columns[i]!.splice(0, columns[i]!.length, ...column)
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function crossings(hops: readonly Hop[], place: ReadonlyMap<Item, number>): number {
  const byColumn = new Map<number, Hop[]>()
  for (const hop of hops) put(byColumn, hop.from.layer, hop)
  let count = 0
  for (const list of byColumn.values()) {
    if (list.length > 400) return 0
    for (let i = 0; i < list.length; i++)
      for (let j = i + 1; j < list.length; j++) {
        const [a, b] = [list[i]!, list[j]!]
        const from = place.get(a.from)! - place.get(b.from)! || a.fromY - b.fromY
        const to = place.get(a.to)! - place.get(b.to)!
        if (from * to < 0) count++
      }
  }
  return count
}

/** Each item near the middle of what it hangs on, in its column's order, without touching its neighbours. */
function heights(columns: readonly Item[][], hops: readonly Hop[], m: Measures): void {
  const before = new Map<Item, Hop[]>()
  const after = new Map<Item, Hop[]>()
  for (const hop of hops) {
    put(before, hop.to, hop)
    put(after, hop.from, hop)
  }
  for (const column of columns)
    settle(
      column,
      column.map(() => 0),
      m,
    )
  const arrive = (i: Item): number => (i.lane ? LANE_HEIGHT / 2 : m.arriveY)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forwards = sweep % 2 === 0
    for (const column of forwards ? columns : [...columns].reverse()) {
      const wished = column.map(item => {
        const near = (forwards ? before : after).get(item) ?? []
        if (near.length === 0) return item.y
        const sum = near.reduce((s, h) => s + (forwards ? h.from.y + h.fromY - arrive(item) : h.to.y + arrive(h.to) - h.fromY), 0)
        return sum / near.length
      })
      settle(column, wished, m)
    }
  }
}

/** As near to the wishes as the order and the gaps allow (pool adjacent violators: the least squares answer). */
function settle(column: readonly Item[], wished: readonly number[], m: Measures): void {
  const pools: { sum: number; count: number }[] = []
  let offset = 0
  const offsets: number[] = []
  for (const [i, item] of column.entries()) {
    offsets.push(offset)
    offset += item.height + (item.lane && column[i + 1]?.lane === true ? m.rowGap / 2 : m.rowGap)
    pools.push({ sum: wished[i]! - offsets[i]!, count: 1 })
    while (pools.length > 1 && pools.at(-2)!.sum / pools.at(-2)!.count > pools.at(-1)!.sum / pools.at(-1)!.count) {
      const last = pools.pop()!
      pools.at(-1)!.sum += last.sum
      pools.at(-1)!.count += last.count
    }
  }
  let i = 0
  for (const pool of pools) for (let n = 0; n < pool.count; n++, i++) column[i]!.y = pool.sum / pool.count + offsets[i]!
}
