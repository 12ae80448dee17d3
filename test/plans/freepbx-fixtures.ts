/**
 * Backups as three generations of FreePBX write them, built here from tables that are invented: 13 (an archive of mysqldump files),
 * 15 (one JSON file for each module) and 17 (the same, with lists whose keys have gaps, in an office of another country).
 * Over 400 lines because they are tables.
 */
import { gzipSync } from 'node:zlib'

type Cell = string | number | null
type Row = Readonly<Record<string, Cell>>

export interface Packed {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A tar archive, as GNU tar writes it; names over 100 characters get a long-name entry. */
export function tar(files: readonly Packed[]): Uint8Array {
  const blocks: Uint8Array[] = []
  const entry = (name: string, type: string, bytes: Uint8Array): void => {
    const header = Buffer.alloc(512)
    header.write(name.slice(0, 100), 0)
    header.write('0000644\0', 100)
    header.write('0000000\0', 108)
    header.write('0000000\0', 116)
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('14700000000\0', 136)
    header.write('        ', 148)
    header.write(type, 156)
    header.write('ustar  \0', 257)
    const sum = header.reduce((a, b) => a + b, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    blocks.push(header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512))
  }
  for (const f of files) {
    if (f.name.length > 100) entry('././@LongLink', 'L', Buffer.from(`${f.name}\0`))
    entry(f.name, '0', f.bytes)
  }
  return Buffer.concat([...blocks, new Uint8Array(1024)])
}

/** As mysqldump writes a database: comments, CREATE TABLE, one INSERT of many rows. */
export function dump(tables: Readonly<Record<string, readonly Row[]>>): string {
  const out = ['-- MySQL dump 10.14  Distrib 5.5.52-MariaDB', '/*!40101 SET NAMES utf8 */;', '']
  for (const [table, rows] of Object.entries(tables)) {
    const columns = [...new Set(rows.flatMap(r => Object.keys(r)))]
    out.push(
      `DROP TABLE IF EXISTS \`${table}\`;`,
      `CREATE TABLE \`${table}\` (`,
      ...columns.map(c => `  \`${c}\` varchar(255) CHARACTER SET utf8 DEFAULT 'x, (y)',`),
      `  PRIMARY KEY (\`${columns[0]}\`),`,
      `  KEY \`idx\` (\`${columns[0]}\`(10))`,
      ') ENGINE=MyISAM DEFAULT CHARSET=utf8;',
      `LOCK TABLES \`${table}\` WRITE;`,
    )
    if (rows.length > 0)
      out.push(`INSERT INTO \`${table}\` VALUES ${rows.map(r => `(${columns.map(c => sqlValue(r[c] ?? null)).join(',')})`).join(',')};`)
    out.push('UNLOCK TABLES;')
  }
  return out.join('\n') + '\n'
}

function sqlValue(cell: Cell): string {
  if (cell === null) return 'NULL'
  if (typeof cell === 'number') return String(cell)
  return `'${cell.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const settings = (id: string, values: Readonly<Record<string, string>>): Row[] =>
  Object.entries(values).map(([keyword, data], flags) => ({ id, keyword, data, flags }))

// ── 13: a law office in Almaty ────────────────────────────────────────────────────────────────────────────────────────

export const LAW_OFFICE: Readonly<Record<string, readonly Row[]>> = {
  users: [
    {
      extension: '101',
      name: 'Айгүл Сәрсенова',
      voicemail: 'default',
      ringtimer: 0,
      outboundcid: '"Law office" <+77272610000>',
      noanswer_dest: '',
      recording: 'in=Adhoc|out=Adhoc',
    },
    {
      extension: '105',
      name: "Denis O'Hara",
      voicemail: 'default',
      ringtimer: 25,
      outboundcid: '',
      noanswer_dest: 'ext-group,600,1',
      recording: 'in=Always|out=Always',
    },
    { extension: '106', name: 'Saule Kenzheva', voicemail: 'novm', ringtimer: 0, outboundcid: '', noanswer_dest: '', recording: '' },
    { extension: '107', name: 'Pavel Orlov', voicemail: 'novm', ringtimer: 0, outboundcid: '', noanswer_dest: '', recording: '' },
  ],
  devices: [
    { id: '101', tech: 'sip', dial: 'SIP/101', user: '101' },
    { id: '105', tech: 'sip', dial: 'SIP/105', user: '105' },
    { id: '106', tech: 'sip', dial: 'SIP/106', user: '106' },
    { id: '107', tech: 'dahdi', dial: 'DAHDI/1', user: '107' },
  ],
  sip: [
    ...settings('101', { secret: 'aigul-pw-1', dtmfmode: 'rfc2833' }),
    ...settings('105', { secret: "denis'pw\\2" }),
    ...settings('106', { secret: 'saule-pw-3' }),
    ...settings('tr-peer-1', { host: 'sip.kaztel.example', username: '77272610000', secret: 'trunk-pw-4', type: 'friend' }),
    ...settings('tr-reg-1', { register: '77272610000:trunk-pw-4@sip.kaztel.example/77272610000' }),
  ],
  ringgroups: [
    {
      grpnum: '600',
      strategy: 'ringall',
      grptime: 20,
      grplist: '101-106',
      postdest: 'ext-local,vmu101,1',
      description: 'Reception',
      grppre: '',
      annmsg_id: 0,
      needsconf: '',
    },
    {
      grpnum: '601',
      strategy: 'hunt',
      grptime: 15,
      grplist: '105-106-87011112233#-999',
      postdest: 'ext-queues,700,1',
      description: 'Lawyers',
      grppre: 'LAW:',
      annmsg_id: 0,
      needsconf: 'CHECKED',
    },
  ],
  queues_config: [{ extension: '700', descr: 'Clients', maxwait: '60', dest: 'ext-local,vmu105,1', ivr_id: 'none' }],
  queues_details: [
    { id: '700', keyword: 'member', data: 'Local/105@from-queue/n,0', flags: 0 },
    { id: '700', keyword: 'member', data: 'Local/106@from-queue/n,5', flags: 1 },
    ...settings('700', { strategy: 'leastrecent', timeout: '15', maxlen: '10', wrapuptime: '20', 'announce-position': 'yes', weight: '0' }),
  ],
  incoming: [
    { extension: '77272610000', cidnum: '', destination: 'timeconditions,1,1', description: 'Main' },
    { extension: '2610001', cidnum: '', destination: 'from-did-direct,105,1', description: 'Denis direct' },
    { extension: '77272610002', cidnum: '_7900.', destination: 'app-blackhole,hangup,1', description: 'Nuisance' },
    { extension: '', cidnum: '87012223355', destination: 'app-blackhole,busy,1', description: 'Rude' },
    { extension: '', cidnum: '87012223366', destination: 'ext-group,601,1', description: 'Best client' },
    { extension: '', cidnum: 'anonymous', destination: 'ext-group,600,1', description: 'Withheld' },
    { extension: '', cidnum: '', destination: 'ext-group,600,1', description: 'Any' },
  ],
  timeconditions: [
    { timeconditions_id: 1, displayname: 'Holidays', time: 2, truegoto: 'app-announcement-1,s,1', falsegoto: 'timeconditions,2,1' },
    { timeconditions_id: 2, displayname: 'Working hours', time: 1, truegoto: 'ivr-1,s,1', falsegoto: 'ext-local,vmu101,1' },
  ],
  timegroups_groups: [
    { id: 1, description: 'Office' },
    { id: 2, description: 'Public holidays' },
  ],
  timegroups_details: [
    { id: 1, timegroupid: 1, time: '09:00-13:00|mon-fri|*|*' },
    { id: 2, timegroupid: 1, time: '14:00-18:00|mon-fri|*|*' },
    { id: 3, timegroupid: 1, time: '10:00-14:00|sat|*|*' },
    { id: 4, timegroupid: 2, time: '*|*|1-2|jan' },
    { id: 5, timegroupid: 2, time: '*|*|16|dec' },
    { id: 6, timegroupid: 2, time: '12:00-13:00|fri|13|*' },
  ],
  ivr_details: [
    {
      id: 1,
      name: 'Main menu',
      announcement: 3,
      directdial: 'ext-local',
      invalid_loops: '2',
      invalid_destination: 'ext-group,600,1',
      timeout_time: 7,
      timeout_destination: 'ext-group,600,1',
    },
  ],
  ivr_entries: [
    { ivr_id: 1, selection: '1', dest: 'ext-group,601,1', ivr_ret: 0 },
    { ivr_id: 1, selection: '2', dest: 'ext-queues,700,1', ivr_ret: 0 },
    { ivr_id: 1, selection: '3', dest: 'app-daynight,0,1', ivr_ret: 0 },
    { ivr_id: 1, selection: '10', dest: 'ext-miscdests,1,1', ivr_ret: 0 },
    { ivr_id: 1, selection: '9', dest: 'ext-meetme,8000,1', ivr_ret: 0 },
  ],
  announcement: [{ announcement_id: 1, description: 'Closed today', recording_id: 4, post_dest: 'app-blackhole,hangup,1', noanswer: 0 }],
  recordings: [
    { id: 3, displayname: 'welcome-2016', filename: 'custom/welcome-2016' },
    { id: 4, displayname: 'holiday', filename: 'custom/holiday' },
  ],
  daynight: [
    { ext: '0', dmode: 'day', dest: 'from-did-direct,106,1' },
    { ext: '0', dmode: 'night', dest: 'ext-miscdests,1,1' },
    { ext: '0', dmode: 'fc_description', dest: 'Notary on duty' },
  ],
  miscdests: [{ id: 1, description: 'Notary mobile', destdial: '87012223344' }],
  findmefollow: [{ grpnum: '105', grplist: '105-87015556677#', strategy: 'ringallv2' }],
  trunks: [
    {
      trunkid: 1,
      name: 'Kaztel',
      tech: 'sip',
      outcid: '77272610000',
      maxchans: '10',
      channelid: 'kaztel',
      disabled: 'off',
      dialoutprefix: '',
    },
    { trunkid: 2, name: 'Old E1', tech: 'dahdi', outcid: '', maxchans: '', channelid: 'g0', disabled: 'off', dialoutprefix: '' },
  ],
  outbound_routes: [
    { route_id: 1, name: 'City', password: '', time_group_id: null, seq: 0 },
    { route_id: 2, name: 'Abroad', password: '4321', time_group_id: null, seq: 1 },
  ],
  outbound_route_patterns: [
    { route_id: 1, match_pattern_prefix: '', match_pattern_pass: '8NXXXXXXXXX', match_cid: '', prepend_digits: '' },
    { route_id: 1, match_pattern_prefix: '', match_pattern_pass: 'NXXXXXX', match_cid: '', prepend_digits: '8727' },
    { route_id: 2, match_pattern_prefix: '', match_pattern_pass: '810.', match_cid: '', prepend_digits: '' },
  ],
  outbound_route_trunks: [
    { route_id: 1, trunk_id: 1, seq: 0 },
    { route_id: 2, trunk_id: 1, seq: 0 },
  ],
  freepbx_settings: [
    { keyword: 'RINGTIMER', value: '20' },
    { keyword: 'PHPTIMEZONE', value: 'Asia/Almaty' },
    { keyword: 'AMPDBPASS', value: 'db-pw-5' },
  ],
  meetme: [{ exten: '8000', description: 'Board' }],
  cdr: [{ calldate: '2016-05-05', src: '101', dst: '105; DROP' }],
}

export function backup13(): Uint8Array {
  const voicemail =
    '[general]\nformat=wav49|wav\n[zonemessages]\neastern=America/New_York|x\n[default]\n101 => 1234,Айгүл Сәрсенова,aigul@law.example,,attach=yes|saycid=no\n105 => 9876,Denis,,,attach=no\n'
  const astdb = 'a:1:{s:8:"QPENALTY";a:1:{s:14:"700/agents/101";s:1:"3";}}'
  return gzipSync(
    tar([
      { name: './manifest', bytes: bytes('a:2:{s:11:"pbx_version";s:8:"13.0.192";s:4:"name";s:5:"daily";}') },
      { name: './astdb', bytes: bytes(astdb) },
      { name: './mysql-7.sql.gz', bytes: gzipSync(bytes(dump(LAW_OFFICE))) },
      { name: './etc/asterisk/voicemail.conf', bytes: bytes(voicemail) },
      { name: `./var/lib/asterisk/sounds/${'very-long-folder-name/'.repeat(6)}welcome-2016.wav`, bytes: new Uint8Array(3_000) },
    ]),
  )
}

// ── 15: a clinic in Astana, module by module ──────────────────────────────────────────────────────────────────────────

export function backup15(): Uint8Array {
  const module = (name: string, configs: unknown): Packed => ({
    name: `modulejson/${name}.json`,
    bytes: bytes(JSON.stringify({ dirs: [], files: [], configs, dependencies: ['core'], garbage: [] })),
  })
  return gzipSync(
    tar([
      {
        name: 'metadata.json',
        bytes: bytes(
          JSON.stringify({ modules: [{ module: 'core', version: '15.0.12' }], skipped: [], date: 1_590_000_000, version: '15.0.16' }),
        ),
      },
      module('Core', {
        Users: {
          users: [
            {
              extension: '3001',
              name: 'Reception desk',
              voicemail: 'novm',
              ringtimer: '0',
              noanswer_dest: '',
              busy_dest: '',
              chanunavail_dest: '',
            },
            {
              extension: '3002',
              name: 'Dr. Marat Iskakov',
              voicemail: 'default',
              ringtimer: '15',
              noanswer_dest: '',
              busy_dest: 'from-did-direct,3001,1',
              chanunavail_dest: '',
            },
            {
              extension: '3003',
              name: 'Dr. Dana Omarova',
              voicemail: 'default',
              ringtimer: '0',
              noanswer_dest: 'ext-queues,3500,1',
              busy_dest: '',
              chanunavail_dest: '',
            },
          ],
        },
        Devices: {
          devices: ['3001', '3002', '3003'].map(id => ({ id, tech: 'pjsip', dial: `PJSIP/${id}`, user: id, description: id })),
          techTables: {
            sip: [
              ...settings('3001', { secret: 'desk-pw' }),
              ...settings('3002', { secret: 'marat-pw' }),
              ...settings('3003', { secret: 'dana-pw' }),
            ],
            iax: [],
            dahdi: [],
          },
        },
        Did: [
          { extension: '+77172550100', cidnum: '', destination: 'timeconditions,1,1', description: 'Clinic' },
          { extension: '77172550101', cidnum: '', destination: 'ivr-2,s,1', description: 'Results' },
        ],
        Routing: [
          {
            route_id: '1',
            name: 'Everything',
            password: '',
            time_group_id: null,
            patterns: [{ route_id: '1', match_pattern_prefix: '', match_pattern_pass: 'X.', match_cid: '', prepend_digits: '' }],
            trunks: { 0: '2', 1: '1' },
          },
        ],
        Trunks: {
          trunks: [
            {
              trunkid: '1',
              tech: 'pjsip',
              channelid: 'Kaztel',
              name: 'Kaztel',
              outcid: '<77172550100>',
              maxchans: '20',
              disabled: 'off',
              dialoutprefix: '',
            },
            {
              trunkid: '2',
              tech: 'pjsip',
              channelid: 'Beemob',
              name: 'Beemob',
              outcid: '',
              maxchans: '',
              disabled: 'off',
              dialoutprefix: '',
            },
            { trunkid: '3', tech: 'pjsip', channelid: 'Old', name: 'Old', outcid: '', maxchans: '', disabled: 'on', dialoutprefix: '' },
          ],
          techTables: {
            pjsip: [
              ...settings('1', {
                sip_server: 'sip.kaztel.example',
                sip_server_port: '5060',
                username: '77172550100',
                secret: 'kaztel-pw',
                registration: 'send',
                authentication: 'outbound',
                transport: '0.0.0.0-udp',
              }),
              ...settings('2', {
                sip_server: '203.0.113.20',
                sip_server_port: '5061',
                username: '',
                secret: '',
                registration: 'none',
                authentication: 'off',
                transport: '0.0.0.0-tls',
              }),
            ],
          },
          dialpatterns: [],
        },
        settings: {},
      }),
      module('Framework', { settings: { PHPTIMEZONE: 'Asia/Qostanay', RINGTIMER: '15' } }),
      module('Ringgroups', {
        groups: [
          {
            grpnum: '3600',
            strategy: 'ringall',
            grptime: '25',
            grplist: '3001-3002-3003',
            postdest: 'app-blackhole,busy,1',
            description: 'All doctors',
            grppre: '',
            needsconf: '',
          },
        ],
        settings: [],
      }),
      module('Queues', {
        tables: {
          queues_config: [{ extension: '3500', descr: 'Appointments', maxwait: '', dest: 'ext-group,3600,1', ivr_id: '0' }],
          queues_details: [
            { id: '3500', keyword: 'member', data: 'PJSIP/3001,0', flags: '0' },
            ...settings('3500', { strategy: 'rrmemory', timeout: '20', maxlen: '0', wrapuptime: '10', weight: '2' }),
          ],
        },
        astdb: [{ QPENALTY: { '3500/agents/3002': '1' } }],
      }),
      module('Timeconditions', {
        tables: {
          timeconditions: [
            {
              timeconditions_id: '1',
              displayname: 'Clinic hours',
              time: '5',
              truegoto: 'ext-queues,3500,1',
              falsegoto: 'app-announcement-7,s,1',
              timezone: 'default',
              mode: 'time-group',
            },
          ],
          timegroups_groups: [{ id: '5', description: 'Clinic hours' }],
          timegroups_details: [
            { id: '1', timegroupid: '5', time: '8:00-20:00|mon-sat|*|*' },
            { id: '2', timegroupid: '5', time: '10:00-16:00|sun|*|*' },
          ],
        },
      }),
      module('Ivr', {
        ivrs: [
          {
            id: '2',
            name: 'Results',
            announcement: '1',
            directdial: 'CHECKED',
            invalid_loops: '3',
            invalid_destination: '',
            timeout_time: '5',
            timeout_destination: 'from-did-direct,3001,1',
          },
        ],
        entries: [
          { ivr_id: '2', selection: '1', dest: 'from-did-direct,3002,1' },
          { ivr_id: '2', selection: '*', dest: 'ivr-2,s,1' },
        ],
      }),
      module('Announcement', [
        { announcement_id: '7', description: 'Closed', recording_id: '2', post_dest: 'ext-local,vms3003,1', noanswer: '0' },
      ]),
      module('Recordings', {
        tables: {
          recordings: [
            { id: '1', displayname: 'results', filename: 'custom/results' },
            { id: '2', displayname: 'closed', filename: 'custom/closed' },
          ],
        },
      }),
      module('Voicemail', {
        voicemailConf: {
          general: { format: 'wav' },
          default: {
            3002: {
              mailbox: '3002',
              pwd: '5555',
              name: 'Dr. Marat Iskakov',
              email: 'marat@clinic.example',
              pager: '',
              options: { attach: 'yes' },
            },
            3003: { mailbox: '3003', pwd: '6666', name: 'Dr. Dana Omarova', email: '', pager: '', options: [] },
          },
        },
      }),
      module('Setcid', { tables: { setcid: [{ cid_id: '1', description: 'x' }] } }),
    ]),
  )
}

// ── 17: a shop in New York: prefix 9, summer time, lists with gaps, a calendar ─────────────────────────────────────────

export function backup17(): Uint8Array {
  const module = (name: string, configs: unknown): Packed => ({
    name: `modulejson/${name}.json`,
    bytes: bytes(JSON.stringify({ configs }, null, 2)),
  })
  return gzipSync(
    tar([
      { name: 'metadata.json', bytes: bytes(JSON.stringify({ version: '17.0.19' })) },
      module('Core', {
        Users: {
          users: {
            0: { extension: '200', name: 'Front Counter', voicemail: 'default', ringtimer: 0 },
            2: { extension: '201', name: 'Workshop', voicemail: 'novm', ringtimer: 30 },
            3: { extension: '299', name: 'Back Room', voicemail: 'novm', ringtimer: 0 },
          },
        },
        Devices: {
          devices: [
            { id: '200', tech: 'pjsip', user: '200' },
            { id: '201', tech: 'pjsip', user: '201' },
            { id: '299', tech: 'iax2', user: '299' },
          ],
          techTables: { sip: settings('200', { secret: 'front-pw' }) },
        },
        Did: {
          1: { extension: '2125550147', cidnum: '', destination: 'timeconditions,4,1', description: 'Shop' },
          4: { extension: '_X.', cidnum: '', destination: 'app-blackhole,hangup,1', description: 'Odd' },
        },
        Routing: [
          {
            route_id: 2,
            name: 'Local',
            patterns: [
              { match_pattern_prefix: '9', match_pattern_pass: 'NXXNXXXXXX', match_cid: '' },
              { match_pattern_prefix: '9', match_pattern_pass: '1NXXNXXXXXX', match_cid: '' },
            ],
            trunks: ['1'],
          },
          {
            route_id: 3,
            name: 'Emergency',
            patterns: [{ match_pattern_prefix: '', match_pattern_pass: '911', match_cid: '' }],
            trunks: ['1'],
          },
        ],
        Trunks: {
          trunks: [{ trunkid: 1, tech: 'pjsip', name: 'Big Apple SIP', outcid: '"Shop" <2125550147>', maxchans: '4', disabled: 'off' }],
          techTables: {
            pjsip: settings('1', { sip_server: 'trunk.bigapple.example', username: 'shop', secret: 'apple-pw', registration: 'send' }),
          },
        },
      }),
      module('Ringgroups', {
        groups: [
          {
            grpnum: '600',
            strategy: 'memoryhunt',
            grptime: '10',
            grplist: '200-201',
            postdest: 'ext-local,vmu200,1',
            description: 'Sales floor',
          },
        ],
      }),
      module('Timeconditions', {
        tables: {
          timeconditions: [
            { timeconditions_id: 4, displayname: 'Shop open', time: 1, truegoto: 'ext-group,600,1', falsegoto: 'timeconditions,5,1' },
            {
              timeconditions_id: 5,
              displayname: 'Sale days',
              time: 0,
              calendar_id: 'c0ffee',
              mode: 'calendar-group',
              truegoto: 'from-did-direct,200,1',
              falsegoto: 'ext-local,vmu200,1',
            },
          ],
          timegroups_groups: [{ id: 1, description: 'Open' }],
          timegroups_details: [{ id: 1, timegroupid: 1, time: '10:00-19:00|mon-sat|*|*' }],
        },
      }),
      module('Voicemail', { voicemailConf: { default: { 200: { pwd: '1', name: 'Front Counter', email: 'front@shop.example' } } } }),
    ]),
  )
}
