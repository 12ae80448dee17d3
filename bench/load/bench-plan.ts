/**
 * The office that the load tool calls: five hundred telephones to register, and a line of which every call goes out again by a
 * trunk, so that thousands of calls at once are one caller, one decision and two legs each.
 */

/** The address that the load tool calls from, and the one it answers at. */
export const CALLER = '127.0.0.2'
export const CALLEE = '127.0.0.3:6070'
/** Users that the load tool registers, with password pw<user>. */
export const FIRST_USER = 1000
export const USERS = 500
export const LINE = '+77272500000'

/** The trunks are not probed: between two measurements nobody is there to answer, and calls would find them down. */
export function benchPlan(recorded: boolean): string {
  const people = Array.from({ length: USERS }, (_, i) => {
    const n = FIRST_USER + i
    return `  p${n}: { name: Person ${n}, extension: "${n}" }`
  })
  return `plan: 1
office: { name: Load, country: KZ, timezone: Asia/Almaty, languages: [en], owner: p${FIRST_USER} }
defaults: { on-no-answer: hang-up, on-busy: busy }
people:
${people.join('\n')}
trunks:
  caller: { host: ${CALLER}, by-address: true, channels: 10000, codecs: [PCMU, PCMA], check-every: 0s }
  callee: { host: "${CALLEE}", by-address: true, channels: 10000, codecs: [PCMU, PCMA], passes-caller: yes, check-every: 0s }
lines:
  "${LINE}": { name: Load, to: "+77272511111", owner: p${FIRST_USER} }
outgoing:
  rules:
    - { calls: [local, national], who: everyone, by: [callee] }
${
  recorded
    ? `recording:
  - { record: all, because: measurement, keep: 1 days, heard-by: [measurer] }
access:
  measurer: { who: [p${FIRST_USER}], may: [listen] }
`
    : ''
}`
}

/** The secret store as it stands before the first start. */
export function benchSecrets(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: USERS }, (_, i) => [`people/p${FIRST_USER + i}`, `pw${FIRST_USER + i}`]))
}
