/** The file of each provider with what its contract should say; what is missing is marked: TOP-06. */
import type { CompiledPlan } from '../compiled.ts'
import { type Block, type Cell, type Page, row } from './page.ts'
import type { Say } from './say.ts'

const FACTS = ['sla', 'support', 'hosted', 'recording', 'export', 'porting', 'on-failure', 'contract'] as const
/** The number of the contract helps, but nothing hangs on it. */
const WANTED: ReadonlySet<string> = new Set(FACTS.slice(0, -1))

export function providerPage(plan: CompiledPlan, say: Say): Page {
  const blocks: Block[] = []
  const trunkText = (id: string): string => {
    const trunk = plan.trunks.get(id)
    return trunk === undefined ? id : say('trunk-with-channels', { trunk: trunk.name, n: trunk.channels })
  }
  const without = [...plan.trunks.keys()].filter(id => plan.source.trunks[id]?.provider === undefined)
  let missing = without.length
  for (const [id, provider] of Object.entries(plan.source.providers)) {
    const trunks = [...plan.trunks.keys()].filter(t => plan.source.trunks[t]?.provider === id)
    blocks.push({ is: 'heading', text: provider.name ?? id })
    const rows = FACTS.map(fact => {
      const value: unknown = provider[fact]
      const known = value !== undefined && value !== ''
      if (!known && WANTED.has(fact)) missing++
      const told: Cell = known ? String(value) : WANTED.has(fact) ? { missing: say('fact-missing') } : '—'
      return row(known ? '☑' : '☐', say(`fact-${fact}`), told)
    })
    blocks.push({
      is: 'table',
      table: {
        caption: trunks.length === 0 ? say('provider-no-trunk') : trunks.map(trunkText).join('; '),
        columns: [{ title: say('column-known') }, { title: say('column-fact') }, { title: say('column-answer') }],
        rows,
      },
    })
  }
  for (const id of without) blocks.push({ is: 'text', text: say('trunk-no-provider', { trunk: trunkText(id) }) })
  blocks.unshift({ is: 'text', text: missing === 0 ? say('facts-complete') : say('facts-missing', { n: missing }) })
  return { path: 'providers.html', title: say('providers-title'), intro: say('providers-intro'), blocks }
}
