/**
 * Throws random and mutated inputs at every parser of bytes from outside and reports what was thrown back.
 *
 *     node bench/fuzz/run.ts [--count 10000000] [--seed N] [--seconds N] [--only TEXT] [--from N]
 *
 * `--only` takes the targets whose name contains the text. A finding prints the command that makes it again and the bytes.
 * Ends with 1 when anything was found, 2 for wrong options.
 */
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { targets } from './targets.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    seconds: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    from: { type: 'string', default: '0' },
  },
})
const [count, seed, seconds, from] = [values.count, values.seed, values.seconds, values.from].map(Number) as [
  number,
  number,
  number,
  number,
]
const chosen = targets.filter(t => t.name.includes(values.only))
if (chosen.length === 0 || [count, seed, seconds, from].some(n => !Number.isSafeInteger(n) || n < 0)) {
  console.error(`--only must be part of a target's name, the rest whole numbers. Targets: ${targets.map(t => t.name).join(', ')}`)
  process.exit(2)
}

console.log(`seed ${seed}, ${count} inputs over ${chosen.length} targets`)
const began = performance.now()
const { tallies, findings } = fuzz(targets, chosen, { count, seed, seconds, from })
for (const t of tallies) {
  const rate = Math.round(t.inputs / (t.ms / 1000))
  const share = ((100 * t.accepted) / Math.max(1, t.inputs)).toFixed(1)
  console.log(
    `${t.target.padEnd(32)} ${String(t.inputs).padStart(9)} inputs ${String(rate).padStart(8)}/s  accepted ${share.padStart(5)} %  mean ${String(Math.round(t.bytes / Math.max(1, t.inputs))).padStart(4)} B  slowest ${t.slowestMs.toFixed(1)} ms (input ${t.slowestInput})`,
  )
}
const total = tallies.reduce((n, t) => n + t.inputs, 0)
const took = (performance.now() - began) / 1000
for (const f of findings) {
  console.log(`\nFOUND ${f.target}: node bench/fuzz/run.ts --only '${f.target}' --seed ${seed} --from ${f.input} --count 1`)
  console.log(f.error)
  console.log(`hex ${Buffer.from(f.bytes).toString('hex')}`)
}
console.log(`\n${total} inputs in ${took.toFixed(1)} s (${Math.round(total / took)}/s), ${findings.length} findings`)
process.exitCode = findings.length > 0 ? 1 : 0
