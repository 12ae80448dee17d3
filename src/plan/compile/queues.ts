/** Queues: who answers in which order, how long a call may wait, and where it goes when it cannot. */
import type { HuntNode, Member, QueueStrategy, SkillWish } from '../compiled.ts'
import { didYouMean } from '../problem.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Path } from '../source.ts'
import { readCondition } from './conditions.ts'
import type { Names } from './names.ts'
import type { Workbench } from './workbench.ts'

type Queue = Plan['queues'][string]

/** Nobody waits for ever: a queue that says nothing of its own lets a call go after this. */
const LONGEST_WAIT_MS = 600_000
const EACH_MS = 15_000

export function compileQueue(
  bench: Workbench,
  names: Names,
  id: string,
  queue: Queue,
  members: readonly Member[],
  skills: () => ReadonlySet<string>,
): HuntNode {
  const path: Path = ['queues', id]
  const strategy = queue.ring.split(',')[0] as QueueStrategy
  const forMs = queue['on-waited']?.after ?? LONGEST_WAIT_MS
  const each = /(\d+)s each/.exec(queue.ring)?.[1]
  const waited = names.resolve(queue['on-waited']?.to, [...path, 'on-waited', 'to'])
  const full = names.resolve(queue['on-full']?.to, [...path, 'on-full', 'to'])
  const nobody = names.resolve(queue['on-nobody']?.to, [...path, 'on-nobody', 'to'])
  const expected = queue['on-expected-wait']
  const expectedTo = names.resolve(expected?.to, [...path, 'on-expected-wait', 'to'])
  return {
    kind: 'hunt',
    is: 'queue',
    key: `queue:${id}`,
    id,
    name: queue.name ?? id,
    place: bench.place(...path),
    number: queue.number ?? '',
    members,
    order: strategy === 'together' ? 'together' : 'one-by-one',
    forMs,
    eachMs: strategy === 'together' ? forMs : each === undefined ? EACH_MS : Number(each) * 1_000,
    fallbacks: { busy: full ?? waited, noAnswer: waited, unreachable: nobody ?? waited, rejected: waited },
    queue: {
      strategy,
      music: queue.music ?? null,
      says: queue.says ?? [],
      roomFor: queue['room-for'] ?? null,
      wrapUpMs: queue['wrap-up'] ?? 0,
      onExpectedWait: expected === undefined || expectedTo === null ? null : { afterMs: expected.after, to: expectedTo },
      prefer: wish(bench, queue.prefer, [...path, 'prefer'], skills),
      require: wish(bench, queue.require, [...path, 'require'], skills),
      priority: (queue.priority ?? []).flatMap((p, i) => {
        const condition = readCondition(bench, p.if, [...path, 'priority', i, 'if'])
        return condition === null ? [] : [{ if: condition, add: p.add }]
      }),
    },
  }
}

function wish(bench: Workbench, written: Queue['prefer'], path: Path, all: () => ReadonlySet<string>): SkillWish | null {
  if (written === undefined) return null
  const skills = all()
  if (!skills.has(written.skill))
    bench.problem(
      'dangling-reference',
      [...path, 'skill'],
      `Nobody has the skill '${written.skill}'.`,
      didYouMean(written.skill, [...skills]) || `Write it under people: 'skills: { ${written.skill}: 3 }'.`,
    )
  const condition = written.if === undefined ? null : readCondition(bench, written.if, [...path, 'if'])
  return { skill: written.skill, level: written.level ?? 1, if: condition }
}
