/** SIP accounts: one for each device, and one for each person who has an extension but no device in the plan yet. */
import type { Account, MediaWish, Site } from '../compiled.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Path } from '../source.ts'
import type { Workbench } from './workbench.ts'

const PHONE_CODECS = ['PCMA', 'PCMU', 'G722', 'opus'] as const
const BROWSER_CODECS = ['opus', 'PCMA', 'PCMU'] as const

export interface Accounts {
  readonly byUser: Map<string, Account>
  /** Person id or device id → user names. */
  readonly ofPerson: Map<string, string[]>
  readonly ofRoom: Map<string, string>
}

export function compileAccounts(bench: Workbench, siteOf: (person: string | null, device: string | null) => Site): Accounts {
  const { people, devices } = bench.plan
  const accounts: Accounts = { byUser: new Map(), ofPerson: new Map(), ofRoom: new Map() }
  const secrets = new Map<string, string>()

  const add = (account: Account, path: Path): boolean => {
    const other = accounts.byUser.get(account.username)
    if (other !== undefined) {
      // Two people with one extension: `numbers.ts` has said so already.
      if (other.extension === account.extension && other.owner !== account.owner) return false
      const suffix = account.device ?? 'phone'
      bench.problem(
        'duplicate-account',
        path,
        `The user name ${account.username} already belongs to ${other.device === null ? other.owner.replace(':', ' ') : `device ${other.device}`} (line ${other.place.line}).`,
        `Give this one a name of its own, such as 'username: "${account.username}-${suffix.split('-').at(-1)}"'.`,
      )
      return false
    }
    accounts.byUser.set(account.username, account)
    return true
  }

  for (const [id, device] of Object.entries(devices)) {
    const path: Path = ['devices', id]
    const person = device.person === undefined ? null : people[device.person]
    if (person === undefined) {
      bench.known(device.person!, people, 'person', [...path, 'person'])
      continue
    }
    if (device.person !== undefined && device.extension !== undefined)
      bench.problem(
        'wrong-kind',
        [...path, 'extension'],
        `The device ${id} is ${person!.name}'s: its extension is written with the person.`,
        'Remove it here.',
      )
    const extension = person === null ? device.extension : person.extension
    const username = device.username ?? extension
    if (extension === undefined || username === undefined) {
      const who = person === null ? 'this device' : person.name
      bench.problem(
        'no-extension',
        path,
        `Nobody could call the device ${id}: ${who} has no extension.`,
        person === null ? "Add 'extension:' here, or 'person:'." : `Add 'extension:' to people.${device.person}.`,
        'error',
        true,
      )
      continue
    }
    const secret = device.password ?? `devices/${id}`
    const twin = secrets.get(secret)
    if (twin !== undefined && device.password !== undefined)
      bench.problem(
        'shared-secret',
        [...path, 'password'],
        `The devices ${twin} and ${id} share one password.`,
        'Give each device its own secret.',
        'warning',
      )
    secrets.set(secret, id)
    const account: Account = {
      username,
      secret,
      device: id,
      kind: device.kind,
      owner: device.person !== undefined ? `person:${device.person}` : `room:${id}`,
      extension,
      displayName: person?.name ?? device.name ?? id,
      site: siteOf(device.person ?? null, id),
      shows: device.person === undefined ? null : bench.number(device.shows, [...path, 'shows']),
      transports: device.transport ?? (isBrowser(device.kind) ? ['ws'] : null),
      media: mediaWish(device),
      fax: device.fax ?? null,
      place: bench.place(...path),
    }
    if (!add(account, device.username === undefined ? path : [...path, 'username'])) continue
    if (device.person !== undefined) accounts.ofPerson.set(device.person, [...(accounts.ofPerson.get(device.person) ?? []), username])
    else accounts.ofRoom.set(id, username)
  }
  const withDevice = new Set(Object.values(devices).map(d => d.person))
  for (const [id, person] of Object.entries(people)) {
    if (person.extension === undefined || withDevice.has(id)) continue
    const account: Account = {
      username: person.extension,
      secret: `people/${id}`,
      device: null,
      kind: 'softphone',
      owner: `person:${id}`,
      extension: person.extension,
      displayName: person.name,
      site: siteOf(id, null),
      shows: null,
      transports: null,
      media: { kind: 'rtp', codecs: PHONE_CODECS, dtmf: 'rfc4733', latch: true },
      fax: null,
      place: bench.place('people', id),
    }
    if (add(account, ['people', id])) accounts.ofPerson.set(id, [person.extension])
  }
  return accounts
}

function isBrowser(kind: string): boolean {
  return kind === 'web-softphone'
}

function mediaWish(device: Plan['devices'][string]): MediaWish {
  const browser = isBrowser(device.kind)
  const kind = browser ? 'webrtc' : device.srtp === 'required' ? 'sdes' : device.srtp === 'optional' ? 'sdes-optional' : 'rtp'
  const wish: MediaWish = {
    kind,
    codecs: device.codecs ?? (browser ? BROWSER_CODECS : PHONE_CODECS),
    dtmf: device.dtmf ?? 'rfc4733',
    latch: true,
  }
  return device.srtp === 'none' ? { ...wish, plain: true } : wish
}
