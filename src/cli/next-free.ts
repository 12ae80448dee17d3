import { parseArgs } from 'node:util'
import type { CompiledPlan } from '../plan/compiled.ts'
import { type Block, nextBlock } from '../plan/numbering/next-block.ts'
import { type Clash, type FreeNumbers, nextFree } from '../plan/numbering/next-free.ts'
import { type RangeUse, rangeUse } from '../plan/schema/office.ts'
import { planFrom } from './plan-argument.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom next-free [PLAN | --data DIR] --for USE [--site SITE] [--count 5] [--open-reserve] [--json]
switchroom next-free [PLAN | --data DIR] --for USE [--site SITE] --block [SIZE] [--json]

  --for           ${rangeUse.options.join(', ')} (default: people)
  --site          a site of the plan; for a block also a branch that is yet to come
  --count         how many numbers to propose (default 5)
  --open-reserve  numbers of reserved windows beside the ranges too
  --block         a block for a new branch, cut from a reserved window: --block 20 (default 10)`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: withBlockSize(args),
    allowPositionals: true,
    options: {
      for: { type: 'string', default: 'people' },
      site: { type: 'string' },
      count: { type: 'string', default: '5' },
      block: { type: 'string' },
      'open-reserve': { type: 'boolean', default: false },
      plan: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  if (values.site !== undefined && !/^\p{Ll}[\p{Ll}\p{N}]*(?:-[\p{Ll}\p{N}]+)*$/u.test(values.site))
    throw new UsageError(`--site ${values.site}: not a name of a site`, "lower-case words joined by hyphens, such as 'north-branch'")
  const plan = planFrom({ path: values.plan ?? positionals[0], data: values.data })
  if (plan === null) return 2
  const question = { for: values.for as RangeUse, site: values.site ?? null }
  if (values.block !== undefined) {
    const found = nextBlock(plan, { ...question, size: wholeNumber(values.block, '--block') })
    if (!found.ok) throw new UsageError(found.error.message, 'reserve a window: "430-499": { reserved: Branch growth }')
    console.log(
      values.json
        ? JSON.stringify({ ...found.value, window: found.value.window?.key ?? null }, null, 2)
        : tellBlock(plan, found.value, question.site),
    )
    return 0
  }
  const found = nextFree(plan, { ...question, count: wholeNumber(values.count, '--count'), openReserve: values['open-reserve'] })
  if (!found.ok) throw new UsageError(found.error.message, 'see switchroom next-free --help')
  console.log(values.json ? JSON.stringify(plain(found.value), null, 2) : tellNumbers(found.value, values['open-reserve']))
  return found.value.numbers.length > 0 ? 0 : 1
}

/** `--block` may stand without its size. */
function withBlockSize(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => (arg === '--block' && !/^\d+$/.test(args[i + 1] ?? '') ? ['--block', '10'] : [arg]))
}

function wholeNumber(text: string, option: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1 || n > 100_000) throw new UsageError(`${option} ${text}: not a number of numbers`, `write ${option} 5`)
  return n
}

function plain(found: FreeNumbers): unknown {
  return {
    numbers: found.numbers.map(n => ({ number: n.number, range: n.range.key, reserved: n.range.reserved })),
    ranges: found.ranges.map(u => ({ range: u.range.key, size: u.size, used: u.taken.length, free: u.free })),
    passedOver: found.passedOver,
  }
}

const CLASHES: Readonly<Record<Clash['with'], string>> = {
  emergency: 'the emergency number',
  'short-code': 'the short code',
  city: 'the town’s number',
  number: 'the number',
  prefix: 'the digit before outside numbers,',
}

function tellNumbers(found: FreeNumbers, opened: boolean): string {
  const out = found.numbers.map(n => {
    const why = n.range.reserved === null ? '' : `, reserved: ${n.range.reserved}; the range must be opened first`
    return `${n.number}  free in ${n.range.key}${why}`
  })
  for (const { number, clash } of found.passedOver)
    out.push(`${number}  is free, but a telephone could take it for ${CLASHES[clash.with]} ${clash.number}`)
  if (out.length === 0) out.push('No number is free there.')
  for (const u of found.ranges) {
    const purpose = u.range.use === null ? '' : ` for ${u.range.use}`
    out.push(`${u.range.key}${purpose}: ${u.taken.length} of ${u.size} in use, ${u.free} free`)
    if (u.free === 0 && u.reserve.length > 0 && !opened)
      out.push(`  It may grow into ${u.reserve.map(r => r.key).join(', ')}: ask again with --open-reserve.`)
  }
  return out.join('\n')
}

function tellBlock(plan: CompiledPlan, block: Block, site: string | null): string {
  const out = [`${block.key}  ${Number(block.last) - Number(block.first) + 1} numbers, all free`]
  if (block.window === null) out.push('They lie in no range of the plan. Add under numbering.ranges:')
  else
    out.push(
      `Cut from ${block.window.key} (reserved: ${block.window.reserved}). Write instead of its line ${block.window.place.line} in ${block.window.place.file}:`,
    )
  out.push(...block.yaml.map(line => `    ${line}`))
  if (site !== null && !(site in plan.source.sites)) out.push('and under sites:', `  ${site}: { address: "…" }`)
  out.push(`None of the ${block.unchanged} numbers in use changes.`)
  return out.join('\n')
}
