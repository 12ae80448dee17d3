/** Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines they speak of. */
import { type CheckReport, replayWitness } from '../check.ts'
import type { CompiledPlan } from '../compiled.ts'
import type { PlanProblem } from '../problem.ts'
import { PROBLEM_CODES } from '../problem-codes.ts'
import type { Finding } from './finding.ts'

export function sarifOf(problems: readonly PlanProblem[], plan: CompiledPlan | null, report: CheckReport | null, version: string): unknown {
  const codes = [...new Set(problems.map(p => p.code))].sort()
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'switchroom check',
            semanticVersion: version,
            rules: codes.map(code => ({ id: code, shortDescription: { text: PROBLEM_CODES[code] } })),
          },
        },
        invocations: [{ executionSuccessful: true, exitCode: problems.some(p => p.severity === 'error') ? 2 : 0 }],
        results: problems.map(p => resultOf(p as Finding, codes.indexOf(p.code), plan)),
        ...(report === null ? {} : { properties: { situations: report.situations, endsWithinMs: report.endsWithinMs } }),
      },
    ],
  }
}

function resultOf(finding: Finding, rule: number, plan: CompiledPlan | null): unknown {
  const { place } = finding
  const location = {
    physicalLocation: {
      artifactLocation: { uri: place.file },
      region: { startLine: Math.max(1, place.line), startColumn: Math.max(1, place.column) },
    },
    ...(place.path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: place.path }] }),
  }
  return {
    ruleId: finding.code,
    ruleIndex: rule,
    level: finding.severity,
    message: { text: finding.remedy === '' ? finding.message : `${finding.message} ${finding.remedy}` },
    locations: [location],
    // The same finding of the next run is known by what it says of which part of the plan, wherever its line has moved.
    partialFingerprints: { 'place/v1': `${finding.code}:${place.path}` },
    ...(finding.witness === undefined || plan === null ? {} : { codeFlows: [flowOf(finding, plan)] }),
  }
}

/** The call that shows it: one step of the flow for each reason that has a place in the plan. */
function flowOf(finding: Finding, plan: CompiledPlan): unknown {
  const steps = replayWitness(plan, finding.witness!).flatMap(step =>
    step.reasons.flatMap(reason =>
      reason.place === null
        ? []
        : [
            {
              location: {
                message: { text: `${step.clock} ${reason.text}` },
                physicalLocation: {
                  artifactLocation: { uri: reason.place.file },
                  region: { startLine: Math.max(1, reason.place.line), startColumn: Math.max(1, reason.place.column) },
                },
              },
            },
          ],
    ),
  )
  return { threadFlows: [{ locations: steps }] }
}
