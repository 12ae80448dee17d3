/**
 * Why, in words: one table per language, a compile error when a sentence is forgotten. `{name}` stands for a value.
 * The values are names and numbers as the plan has them, or words of `reason-words.ts` ('@end-busy'); sentences are complete, so that they can be read one after the other.
 */
import type { Place, Reason } from './decision.ts'
import { inWords } from './reason-words.ts'
import { KAZAKH } from './reasons-kk.ts'
import { RUSSIAN } from './reasons-ru.ts'
import type { Language } from './schema/scalars.ts'

export const ENGLISH = {
  'from-phone': '{who} calls from {account}.',
  'from-trunk': 'A call from {number} came in by {trunk}.',
  'from-office': 'The office calls on behalf of {who}.',
  'unknown-account': 'The account {account} belongs to nobody in the plan.',
  'unknown-trunk': 'The trunk {trunk} is not in the plan.',
  'dialled-emergency': '{number} is an emergency number: it always leaves.',
  'dialled-inside': '{number} is {target}.',
  'dialled-short-code': 'The short code {number} leads to {target}.',
  'dialled-own-line': '{number} is our own line: the call stays in the office.',
  'dialled-outside': '{dialled} is {number}, a call of class {class}.',
  'dialled-city': '{number} is a number of the town, dialled as it is.',
  'dialled-unassigned': '{number} lies in the range {range}, but nobody has it.',
  'dialled-unknown': '{number} is no number we know.',
  'dialled-no-line': '{number} is no line of ours.',
  'caller-vip': '{number} is on the VIP list.',
  'caller-blocked': '{number} is on the list of blocked callers.',
  'caller-spam': '{number} is known for unwanted calls.',
  'caller-anonymous': 'The caller withholds their number.',
  'caller-sent': 'Such calls go to {target}.',
  'outage-line': 'Outage ({condition}): calls to the line {line} go to {target}.',
  'outage-carry': 'Outage ({condition}): {trunks} carries all calls.',
  'outage-refused': 'Outage ({condition}): calls of class {class} are refused.',
  'no-prefix': 'Outside numbers are dialled with {prefix} first.',
  'line-open': 'The line {line} goes to {target}.',
  'hours-open': '{hours} is open until {until}.',
  'hours-closed': '{hours} is closed until {until}.',
  'hours-closed-holiday': '{hours} is closed: {holiday}.',
  'hours-closed-exception': '{hours} is closed by the exception for {day}.',
  'hours-open-exception': '{hours} is open by the exception for {day}, until {until}.',
  'hours-open-by-hand': '{hours} has been opened by hand.',
  'hours-closed-by-hand': '{hours} has been closed by hand.',
  'goes-to': '{from} sends the call to {to}.',
  'forward-always': '{who} forwards all calls to {to}.',
  'forward-on': '{who} forwards calls ({outcome}) to {to}.',
  'forward-may-not': 'The forward that {who} has set ({outcome}) to {to} is not followed: it goes further than they may.',
  'forward-limit': 'The forward that {who} has set ({outcome}) to {to} is not followed: this call has followed as many as it may.',
  'forward-loop': 'The forward that {who} has set ({outcome}) to {to} is not followed: the call has been there.',
  'forward-nowhere': 'The forward that {who} has set ({outcome}) to {to} is not followed: no call can go there.',
  'do-not-disturb': '{who} does not want to be disturbed.',
  rings: '{who} rings for {seconds} s.',
  'rings-together': '{who} ring together for {seconds} s.',
  'rings-in-turn': '{who} ring one by one, {each} s each, {seconds} s in all.',
  busy: '{who} is busy.',
  'not-registered': '{who} has no phone registered.',
  'no-phone': '{who} has no phone in the plan.',
  'no-answer': '{who} did not answer.',
  rejected: '{who} refused the call.',
  failed: 'The call to {who} failed with {status}.',
  unreachable: '{who} could not be reached.',
  'skipped-busy': 'Busy: {who}.',
  'skipped-dnd': 'Not to be disturbed: {who}.',
  'skipped-away': 'No phone registered: {who}.',
  'skipped-no-mobile': 'No mobile in the plan: {who}.',
  'skipped-no-trunk': 'No trunk to reach them by: {who}.',
  'skipped-logged-out': 'Not logged in: {who}.',
  'skipped-skill': 'Without the skill that is wanted: {who}.',
  'nobody-free': 'Nobody of {who} is free.',
  'nobody-there': 'Nobody of {who} can be reached now.',
  turn: 'It is the turn of {who} in {rota} until {until}.',
  'turn-swapped': '{who} stands in for {rota} until {until}.',
  'turn-nobody': 'It is nobody’s turn in {rota} at this time.',
  'route-step': 'Step {step} of {route}: {target}.',
  'route-step-closed': 'Step {step} of {route} is left out: {hours} is closed.',
  'route-over': 'The route {route} has no further step.',
  'dialled-code': '{number} was dialled behind the code {code}.',
  'sets-nobody': '{code} is for people of the office at their own telephones.',
  'sets-may-not': '{who} may not open and close {hours} by hand.',
  'sets-open': '{who} opens {hours} by hand until {until}.',
  'sets-closed': '{who} closes {hours} by hand until {until}.',
  'sets-calendar': '{who} lets {hours} follow the calendar again.',
  'sets-forward': '{who} sets a forward ({outcome}) to {to}.',
  'sets-forward-off': '{who} ends the forward ({outcome}).',
  'sets-forward-may-not': '{who} may not forward calls to {to}.',
  'sets-forward-nowhere': 'Calls cannot be forwarded to {to}: no call can go there.',
  'sets-forward-loop': '{to} is {who}: a forward to oneself leads nowhere.',
  'sets-dnd': '{who} does not want to be disturbed from now on.',
  'sets-dnd-off': '{who} may be disturbed again.',
  speaks: '{who} is spoken.',
  'menu-speaks': 'The menu {menu} is spoken; its keys are {keys}.',
  'menu-speaks-extensions': 'The menu {menu} is spoken; its keys are {keys}, and inside numbers may be dialled.',
  'menu-key': 'In the menu {menu} the caller pressed {key}: that is {target}.',
  'menu-repeat': 'In the menu {menu} the caller pressed {key} to hear it again.',
  'menu-language': 'In the menu {menu} the caller pressed {key}: they are spoken to in {language}.',
  'menu-extension': 'In the menu {menu} the caller dialled {number}: that is {target}.',
  'menu-wrong-key': 'In the menu {menu} the caller pressed {keys}, which means nothing there.',
  'menu-no-key': 'In the menu {menu} the caller pressed nothing.',
  'menu-again': 'The menu {menu} is said again ({count} of {most}).',
  'menu-silence': 'The menu {menu} leads on to {target}.',
  'menu-limit': 'The caller has gone back {count} times: that is the limit.',
  'queue-waits': 'The call waits in the queue {queue} for at most {seconds} s.',
  'queue-rings': 'Rung, {strategy}, {each} s each: {who}.',
  'queue-all-busy': 'Everyone of the queue {queue} is busy: the call waits until somebody is free.',
  'queue-full': 'The queue {queue} is full: {count} calls are waiting.',
  'queue-nobody': 'Nobody answers calls of the queue {queue} now: no agent is logged in with a registered phone.',
  'queue-expected-wait': 'In the queue {queue} the call would wait {seconds} s: it goes to {target} instead.',
  'queue-waited': 'The call has waited in the queue {queue} for {seconds} s.',
  'queue-priority': 'In the queue {queue} the call goes before others by {add}: {why}.',
  'queue-requires': 'The queue {queue} wants the skill {skill} of at least {level} for this call.',
  'queue-prefers': 'The queue {queue} asks those with the skill {skill} first.',
  voicemail: 'The call goes to the voicemail box {box}.',
  echo: 'The echo test begins.',
  finished: '{who} has ended.',
  'rule-allows': 'Rule {rule} lets calls of class {class} leave by {trunks}.',
  'rule-for-plan': 'The plan itself names this number; rule {rule} lets it leave by {trunks}.',
  'rule-by-pin': 'The caller knows the PIN of rule {rule}: it lets calls of class {class} leave by {trunks}.',
  'needs-pin': 'Rule {rule} would let this call of class {class} leave for somebody who knows its PIN.',
  'rights-denied': '{who} may not make calls of class {class}.',
  'rule-denied': 'Rule {rule} for calls of class {class} does not hold for {who}.',
  'rule-closed': 'Rule {rule} does not hold now: {hours} is closed.',
  'guard-hours': 'The guard of rule {rule} stops the call: {hours} is closed.',
  'guard-at-once': 'The guard of rule {rule} stops the call: {count} such calls are up already.',
  'guard-per-day': 'The guard of rule {rule} stops the call: the {minutes} min of today are used up.',
  'guard-per-hour': 'The guard of rule {rule} stops the call: {count} such calls have begun within the hour.',
  'guard-spend': 'The guard of rule {rule} stops the call: the {sum} of today are spent.',
  'no-rule': 'No rule lets calls of class {class} leave.',
  'trunk-chosen': '{trunk} is tried as number {order}, showing {shows} ({why}).',
  'trunk-down': '{trunk} is down.',
  'trunk-full': '{trunk} has all its {channels} channels in use.',
  'trunk-last-resort': '{trunk} is tried although it seems {state}: this is an emergency.',
  'no-trunk': 'No trunk can take the call now.',
  'outside-not-allowed': 'A call from outside may leave again only where the plan says so.',
  recorded: 'The call is recorded: {purpose}.',
  'recorded-for': 'The call is recorded when {who} answers: {purpose}.',
  announced: 'The caller is told first that the call is recorded.',
  'announced-called': 'The called party is told first that the call is recorded.',
  'hops-limit': 'The call has passed {count} places of the plan: that is the limit.',
  'ringing-limit': 'The call has been ringing for {seconds} s in all: that is the limit.',
  loop: 'The call has been at {target} before: going there again would be a loop.',
  ends: 'The call ends: {why}.',
} as const satisfies Record<string, string>

export type ReasonCode = keyof typeof ENGLISH

const TABLES: Readonly<Record<Language, Readonly<Record<ReasonCode, string>>>> = { en: ENGLISH, ru: RUSSIAN, kk: KAZAKH }

export function reason(code: ReasonCode, values: Readonly<Record<string, string>>, place: Place | null): Reason {
  return { code, text: fill(ENGLISH[code], values, 'en'), values, place }
}

/** The same reason in another language; unknown codes (of an older or newer version) keep their English text. */
export function reasonText(r: Reason, language: Language): string {
  const template = Object.hasOwn(TABLES[language], r.code) ? TABLES[language][r.code as ReasonCode] : undefined
  return template === undefined ? r.text : fill(template, r.values, language)
}

function fill(template: string, values: Readonly<Record<string, string>>, language: Language): string {
  let parts = templates.get(template)
  if (parts === undefined) templates.set(template, (parts = template.split(/[{}]/)))
  let out = parts[0]!
  for (let i = 1; i < parts.length; i += 2) out += inWords(values[parts[i]!] ?? '', language) + parts[i + 1]!
  return out
}

/** Sentences cut at their values, once: plain text and names of values take turns. */
const templates = new Map<string, readonly string[]>()
