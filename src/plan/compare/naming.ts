/**
 * What of the new plan is what of the old one, when only a name has changed. Things of the same name are the same; of the
 * others those with the same number, credentials or content. Renaming alone changes nobody's calls.
 */
import type { Account, CompiledPlan, Node, NodeKey } from '../compiled.ts'

export interface Naming {
  /** The old plan's name for something of the new plan; its own when it is new. */
  node(key: NodeKey): NodeKey
  /** By id, of persons, rooms and roles alike. */
  who(id: string): string
  account(username: string): string
  trunk(id: string): string
  hours(id: string): string
  rota(id: string): string
  queue(id: string): string
  box(id: string): string
  access(id: string): string
  /** The new plan's name for something of the old one. */
  accountAfter(username: string): string
  trunkAfter(id: string): string
}

export function naming(before: CompiledPlan, after: CompiledPlan): Naming {
  const nodes = new Map<NodeKey, NodeKey>()
  const gone = [...before.nodes.values()].filter(n => !after.nodes.has(n.key))
  const came = [...after.nodes.values()].filter(n => !before.nodes.has(n.key))
  pair(gone, came, numbered, nodes)
  pair(gone, came, content, nodes)
  const ids = new Map<string, string>()
  for (const [to, from] of nodes) ids.set(idOf(to), idOf(from))
  const node = (key: NodeKey): NodeKey => nodes.get(key) ?? key

  const owner = (plan: CompiledPlan): ((a: Account) => string) => {
    const many = new Set<string>()
    const seen = new Set<string>()
    for (const a of plan.accounts.values()) (seen.has(a.owner) ? many : seen).add(a.owner)
    return a => (many.has(a.owner) ? '' : a.owner)
  }
  const accounts = new Map([
    ...matched(
      before.accounts,
      after.accounts,
      a => owner(before)(a),
      a => node(owner(after)(a)),
    ),
    ...matched(before.accounts, after.accounts, a => [a.extension, a.kind, a.displayName].join('|')),
    ...matched(before.accounts, after.accounts, a => a.device ?? ''),
  ])
  const trunks = matched(before.trunks, after.trunks, t => [t.host, t.port, t.register?.user ?? '', t.sources.join(' ')].join('|'))
  const hours = matched(new Map(Object.entries(before.source.hours)), new Map(Object.entries(after.source.hours)), h => JSON.stringify(h))
  const rotas = matched(new Map(Object.entries(before.source.rotas)), new Map(Object.entries(after.source.rotas)), r => JSON.stringify(r))
  const access = matched(new Map(Object.entries(before.source.access)), new Map(Object.entries(after.source.access)), a =>
    JSON.stringify(a),
  )
  const back = (names: ReadonlyMap<string, string>): ReadonlyMap<string, string> => new Map([...names].map(([a, b]) => [b, a]))
  const accountsBack = back(accounts)
  const trunksBack = back(trunks)
  return {
    node,
    who: id => (before.nodes.has(`person:${id}`) || before.nodes.has(`role:${id}`) ? id : (ids.get(id) ?? id)),
    account: id => accounts.get(id) ?? id,
    trunk: id => trunks.get(id) ?? id,
    hours: id => hours.get(id) ?? id,
    rota: id => rotas.get(id) ?? id,
    queue: id => idOf(node(`queue:${id}`)),
    box: id => idOf(node(`voicemail:${id}`)),
    access: id => access.get(id) ?? id,
    accountAfter: id => accountsBack.get(id) ?? id,
    trunkAfter: id => trunksBack.get(id) ?? id,
  }
}

function idOf(key: NodeKey): string {
  return key.slice(key.indexOf(':') + 1)
}

/** The same number; people have the same name too, for a number may pass to somebody else. */
function numbered(node: Node): string {
  switch (node.kind) {
    case 'person':
      return node.extension === '' ? '' : `${node.is} ${node.extension} ${node.name}`
    case 'outside':
    case 'end':
    case 'line':
      return ''
    default:
      return node.number === '' ? '' : `${node.kind} ${node.number}`
  }
}

/** The same in everything but its name. */
function content(node: Node): string {
  if (node.kind === 'outside' || node.kind === 'end' || node.kind === 'line') return ''
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'place' || key === 'key' || key === 'id') return undefined
    if (key === 'name' && node.kind !== 'person') return undefined
    if (key === 'prompts') return 0
    if (value instanceof Map || value instanceof Set) return [...value]
    return value
  })
}

function pair(gone: readonly Node[], came: readonly Node[], by: (node: Node) => string, into: Map<NodeKey, NodeKey>): void {
  const taken = new Set(into.values())
  const old = unique(
    gone.filter(n => !taken.has(n.key)),
    by,
  )
  for (const [mark, node] of unique(
    came.filter(n => !into.has(n.key)),
    by,
  )) {
    const match = old.get(mark)
    if (match !== undefined) into.set(node.key, match.key)
  }
}

function unique<T>(list: readonly T[], by: (item: T) => string): ReadonlyMap<string, T> {
  const out = new Map<string, T | null>()
  for (const item of list) {
    const mark = by(item)
    if (mark !== '') out.set(mark, out.has(mark) ? null : item)
  }
  return new Map([...out].filter((e): e is [string, T] => e[1] !== null))
}

function matched<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  by: (item: T) => string,
  byAfter: (item: T) => string = by,
): ReadonlyMap<string, string> {
  const old = unique(
    [...before].filter(([id]) => !after.has(id)),
    ([, item]) => by(item),
  )
  const out = new Map<string, string>()
  for (const [mark, [id]] of unique(
    [...after].filter(([id]) => !before.has(id)),
    ([, item]) => byAfter(item),
  )) {
    const match = old.get(mark)
    if (match !== undefined) out.set(id, match[0])
  }
  return out
}
