/** An action on one line, as the case table writes it. */
import type { Action, Setting } from '../../src/plan/decision.ts'

export function sketch(action: Action): string {
  switch (action.do) {
    case 'ring': {
      const who = action.targets.map(t => t.outside?.number ?? t.account).join('+') || 'nobody'
      return `${action.queue === undefined ? 'ring' : `queue ${action.queue.id}`} ${who} ${action.order} ${action.forMs / 1000}s`
    }
    case 'dial-out':
      return `${action.emergency ? 'emergency' : 'out'} ${action.attempts.map(a => `${a.trunk}:${a.number}`).join(' ')}`
    case 'announce':
      return `announce ${action.prompts.join(' ')}${action.sets === undefined ? '' : ` sets ${setting(action.sets)}`}`
    case 'menu':
      return `menu ${action.menu} ${action.keys.join('')}${action.dialThrough ? ' or extension' : ''}`
    case 'voicemail':
      return `voicemail ${action.box}`
    case 'echo':
      return `echo ${action.prompts.join(' ')}`
    case 'end':
      return `end ${action.status} ${action.prompts.join(' ')}`.trim()
  }
}

function setting(set: Setting): string {
  const until = set.untilMs === null ? '' : ` until ${new Date(set.untilMs).toISOString().slice(0, 16)}`
  switch (set.is) {
    case 'override':
      return `${set.hours} ${set.state ?? 'by calendar'}${until}`
    case 'forward':
      return `${set.person} ${set.when} ${set.to ?? 'off'}${until}`
    case 'do-not-disturb':
      return `${set.person} do-not-disturb ${set.on ? 'on' : 'off'}${until}`
  }
}
