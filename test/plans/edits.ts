/** Edits of `golden/diff/clinic.yaml`, each a change that a manager might ask for. */
export interface Edit {
  readonly name: string
  readonly from: string
  readonly to: string
}

export const EDITS: readonly Edit[] = [
  { name: 'open on Saturday afternoons', from: 'sat: "10:00-14:00"', to: 'sat: "10:00-18:00"' },
  { name: 'another person at the desk', from: 'ring: [aida, dana]', to: 'ring: [aida, olga]' },
  { name: 'mobile calls by the other trunk first', from: 'by: [telecom-b, telecom-a]', to: 'by: [telecom-a, telecom-b]' },
  { name: 'the queue waits longer', from: 'after: 20s, to: on-call', to: 'after: 30s, to: on-call' },
  { name: 'recording without notice, kept shorter', from: 'announce: yes, keep: 180 days', to: 'announce: no, keep: 90 days' },
  { name: 'everyone may call abroad', from: 'who: allowed,  by: [telecom-a]', to: 'who: everyone,  by: [telecom-a]' },
  { name: 'the rota begins with the other', from: 'turns: [erlan, marat]', to: 'turns: [marat, erlan]' },
  { name: 'somebody else is told of emergencies', from: 'tell: reception-desk', to: 'tell: operator' },
  { name: 'everybody rings shorter', from: 'ring-for: 25s', to: 'ring-for: 20s' },
  { name: 'fewer channels', from: 'channels: 10', to: 'channels: 5' },
  { name: 'a new extension', from: 'extension: "222"', to: 'extension: "223"' },
  { name: 'a key of the menu', from: '"2": support', to: '"2": sales' },
  { name: 'silence in the menu', from: 'on-silence: { after: 6s, to: reception-desk }', to: 'on-silence: { after: 9s, to: operator }' },
  { name: 'a day off', from: '2026-12-31: "09:00-13:00"', to: '2026-12-31: closed' },
  {
    name: 'another owner of a line',
    from: 'during: office, otherwise: night, owner: operator',
    to: 'during: office, otherwise: night, owner: dana',
  },
  { name: 'a guard that is tighter', from: 'per-day: 60min, at-once: 2', to: 'per-day: 30min, at-once: 2' },
  {
    name: 'another number shown',
    from: 'support:   { name: Support,   shows: "+77272500020" }',
    to: 'support:   { name: Support,   shows: "+77272500000" }',
  },
  { name: 'on busy elsewhere', from: 'department: sales, on-busy: marat', to: 'department: sales, on-busy: voicemail sales' },
  { name: 'words of an announcement', from: 'We are open from nine to eighteen.', to: 'We are open from eight to twenty.' },
  { name: 'a box kept longer', from: 'tell: [marat], keep: 90 days', to: 'tell: [marat], keep: 120 days' },
]

/** Changes of names and of writing alone. */
export const RENAMES: readonly (readonly [string, string])[] = [
  ['reception-desk', 'front-desk'],
  ['support-rota', 'helpers'],
  ['telecom-a', 'kaztel-line'],
  ['olga', 'olga-petrova'],
  ['office: {', 'office:   {'],
  ['lead-sales', 'sales-leads'],
]
