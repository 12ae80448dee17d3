/** Begins a call from anywhere in the console. */
import { toDialString } from '../format/telephone-number.ts'
import { softphone } from './page-phone.ts'
import { rememberNumber } from './recent-numbers.ts'
import { canDial, type OtherParty } from './softphone-state.ts'

export function dial(party: OtherParty): boolean {
  const number = toDialString(party.number)
  if (number === '' || !canDial(softphone.state())) return false
  const at = Date.now()
  rememberNumber({ number, name: party.name, at })
  softphone.send({ was: 'dial', id: crypto.randomUUID(), party: { number, name: party.name }, at })
  return true
}
