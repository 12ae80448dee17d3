/** PIL-04: spreadsheets of people and lines become a plan that loads, and everything wrong with them is told at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile } from '../../src/plan/compile.ts'
import { parseCsv } from '../../src/plan/import/csv.ts'
import { openingHours } from '../../src/plan/import/opening-hours.ts'
import { importTables, type TableFile } from '../../src/plan/import/people-and-lines.ts'
import { loadPlan } from '../../src/plan/load.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import { tellRoute } from '../../src/plan/story.ts'

const OFFICE = { name: 'Densaulyk Clinic', country: 'KZ', timezone: 'Asia/Almaty', languages: ['ru'], area: '727' } as const
const file = (name: string, text: string): TableFile => ({ name, bytes: new TextEncoder().encode(text) })

const PEOPLE = `name,extension,department,mobile,email,language,may-call,lead
Aida Sadykova,201,Reception,8 701 111 22 33,aida@clinic.example,ru,international,yes
"Omarova, Dana",202,Reception,,,kk,,
Marat Iskakov,211,Sales,+7 701 444 55 66,,,mobile,yes
Asel Nurlanova,212,Sales,,,,,
`
const LINES = `number,name,to,hours,otherwise,owner
8 (727) 250-00-00,Clinic,Reception,"mon-fri 09:00-18:00, sat 10:00-14:00",voicemail,Aida Sadykova
250 00 10,Sales,Sales,"mon-fri 09:00-18:00, sat 10:00-14:00",211,
+7 727 250 00 20,Fax,212,24/7,,212
`

test('PIL-04 people and lines become a plan that loads without an error and does what the tables say', () => {
  const imported = importTables(file('people.csv', PEOPLE), file('lines.csv', LINES), OFFICE)
  assert.deepEqual(imported.problems, [])
  assert.deepEqual(imported.found, { people: 4, departments: 2, lines: 3 })
  const { plan, problems } = loadPlan([{ name: 'plan.yaml', text: imported.text! }], 1)
  assert.deepEqual(
    problems.map(p => `${p.place.line} ${p.code} ${p.message}`),
    [],
    'the check has nothing to say of it',
  )
  assert.equal(plan!.source.people['aida-sadykova']!.mobile, '+77011112233')
  assert.equal(plan!.source.people['omarova-dana']!.name, 'Omarova, Dana')
  assert.deepEqual(plan!.source.departments, {
    reception: { name: 'Reception', lead: 'aida-sadykova' },
    sales: { name: 'Sales', lead: 'marat-iskakov' },
  })
  const story = (to: string, at: string, suppose: string[] = []): string => {
    const told = tellRoute(plan!, { from: '+77015550101', to, at: Date.parse(at), suppose })
    assert.ok(told.ok)
    return told.value.text
  }
  assert.match(story('+77272500000', '2026-11-23T10:00:00+05:00'), /Aida Sadykova, Omarova, Dana ring together[\s\S]*voicemail box Office/)
  assert.match(story('+77272500010', '2026-11-22T10:00:00+05:00'), /closed until 2026-11-23 09:00[\s\S]*Marat Iskakov rings/)
  assert.match(imported.text!, /# decide: the provider’s host/)
})

test('PIL-04 what the tables do not say is a question in the plan and in the report', () => {
  const imported = importTables(file('people.csv', PEOPLE), file('lines.csv', 'number,hours\n+77272500000,mon-fri 9-18\n'), OFFICE)
  assert.deepEqual(
    imported.notes.filter(n => n.about.startsWith('line')).map(n => `${n.kind} ${n.about}: ${n.text}`),
    [
      'decide line +77272500000: where calls to this line go',
      'decide line +77272500000: who is answerable for its missed calls',
      'decide line +77272500000: what callers meet outside these hours',
    ],
  )
  assert.ok(loadPlan([{ name: 'plan.yaml', text: imported.text! }], 1).plan !== null)
  const noLines = importTables(file('people.csv', PEOPLE), null, OFFICE)
  assert.ok(loadPlan([{ name: 'plan.yaml', text: noLines.text! }], 1).plan !== null)
})

test('PIL-04 a Russian table of Windows-1251 with semicolons is read as well', () => {
  const text =
    'ФИО;Внутренний;Отдел;Мобильный;Права\r\n"Қалиева Айгүл";301;Бухгалтерия;87051234567;межгород\r\nПётр Ёлкин;302;бухгалтерия;;\r\n'
  const cyrillic = 'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя'
  const bytes = [...text.replace('Қ', 'К').replace('ү', 'у')].map(c =>
    c === 'Ё' ? 0xa8 : c === 'ё' ? 0xb8 : cyrillic.includes(c) ? 0xc0 + cyrillic.indexOf(c) : c.charCodeAt(0),
  )
  for (const table of [
    { name: 'люди.csv', bytes: Uint8Array.from(bytes) },
    file('люди.csv', `\ufeff${text}`),
    { name: 'люди.csv', bytes: new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')) },
  ]) {
    const imported = importTables(table, null, OFFICE)
    assert.deepEqual(imported.problems, [])
    const { plan } = loadPlan([{ name: 'plan.yaml', text: imported.text! }], 1)
    assert.deepEqual(Object.keys(plan!.source.people), ['kalieva-aigul', 'petr-elkin'])
    assert.deepEqual(Object.keys(plan!.source.departments), ['bukhgalteriya'])
    assert.equal(plan!.source.people['kalieva-aigul']!.mobile, '+77051234567')
  }
})

test('PIL-04 every mistake of the rows is told at once, with file, line, column and a remedy', () => {
  const people = `name;extension;departmnt;mobile;email;language;shoe size
Aida;201;Reception;;;;
;202;Reception;;;;
Dana;;Reception;;;;
Marat;201;Sales;;;;
Asel;2011;Sales;;;;
Erlan;112;Sales;;;;
Olga;abc;Sales;;;;
Timur;204;Sales;12;;;
Saule;205;Sales;;not-an-address;;
Bolat;206;Sales;;;rusian;
Ivan;207;Sales;;;;;more
`
  const lines = `number,to,hours,otherwise,owner
12345,Reception,,,
+77272500000,Recepton,,,
+77272500000,201,,,
+77272500010,201,whenever,,
+77272500020,201,24/7,voicemail,
+77272500030,201,,,Nobody
`
  const { text, problems } = importTables(file('people.csv', people), file('lines.csv', lines), OFFICE)
  assert.equal(text, null)
  assert.deepEqual(
    problems.map(p => `${p.severity} ${p.code} ${p.place.file}:${p.place.line}:${p.place.column}`),
    [
      'error unknown-key people.csv:1:16',
      'warning unknown-key people.csv:1:48',
      'error bad-value people.csv:12:20',
      'error missing people.csv:3:2',
      'error missing people.csv:4:1',
      'error duplicate-number people.csv:5:7',
      'error ambiguous-prefix people.csv:6:6',
      'error emergency-shadowed people.csv:7:7',
      'error bad-extension people.csv:8:6',
      'error bad-number people.csv:9:17',
      'error bad-email people.csv:10:18',
      'error unknown-value people.csv:11:19',
      'error bad-number lines.csv:2:1',
      'error dangling-reference lines.csv:3:14',
      'error duplicate-number lines.csv:4:1',
      'error bad-hours lines.csv:5:18',
      'error never-otherwise lines.csv:6:23',
      'error dangling-reference lines.csv:7:20',
    ],
  )
  const remedy = (code: string): string | undefined => problems.find(p => p.code === code)?.remedy
  assert.equal(remedy('unknown-key'), "Did you mean 'department'?")
  assert.equal(remedy('unknown-value'), "Did you mean 'russian'?")
  for (const p of problems) assert.ok(p.message !== '' && p.remedy !== '', p.code)
})

test('a table without its columns, without rows, or with a quote left open says so', () => {
  const codes = (text: string): string[] => importTables(file('people.csv', text), null, OFFICE).problems.map(p => p.code)
  assert.deepEqual(codes(''), ['empty-plan'])
  assert.deepEqual(codes('a,b\n1,2\n').sort(), ['missing', 'missing', 'unknown-key', 'unknown-key'])
  assert.deepEqual(codes('name,extension\n'), ['no-people'])
  assert.deepEqual(codes('name,extension\n"Aida,201\n').slice(0, 1), ['syntax'])
  assert.deepEqual(codes('name,ext,extension\nAida,201,202\n'), ['duplicate-key'])
})

test('RFC 4180: quotes, doubled quotes, line breaks and delimiters inside, every line ending', () => {
  const rows = (text: string): string[][] => parseCsv(text).rows.map(r => r.map(f => f.text))
  assert.deepEqual(rows('a,b\r\n"x,y","say ""so"""\n\n"two\nlines",z\rq,'), [
    ['a', 'b'],
    ['x,y', 'say "so"'],
    ['two\nlines', 'z'],
    ['q', ''],
  ])
  assert.deepEqual(rows('a\tb\n1\t2'), [
    ['a', 'b'],
    ['1', '2'],
  ])
  assert.deepEqual(
    parseCsv('a,b\n"x\ny",c\nd,e').rows.map(r => r.map(f => `${f.line}:${f.column}`)),
    [
      ['1:1', '1:3'],
      ['2:1', '3:4'],
      ['4:1', '4:3'],
    ],
  )
})

test('whatever is written as CSV is read back; whatever the bytes are, nothing throws', () => {
  const cell = fc
    .string({ unit: 'grapheme' })
    .map(s => s.trim())
    .filter(s => !s.includes('\ufeff'))
  const quoted = (s: string): string => `"${s.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(',', ';', '\t'),
      (rows, d) => {
        const head = ['h1', 'h2']
        const text = [head, ...rows].map(r => r.map(quoted).join(d)).join('\r\n')
        assert.deepEqual(
          parseCsv(text).rows.map(r => r.map(f => f.text)),
          [head, ...rows],
        )
      },
    ),
  )
  const near = fc.constantFrom('name', 'extension', ',', ';', '\n', '"', '201', 'Aida', '\r', '+77272500000', 'number', '\ufeff', 'отдел')
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(near, { maxLength: 40 }).map(parts => new TextEncoder().encode(parts.join(''))),
  )
  fc.assert(
    fc.property(bytes, bytes, (people, lines) => {
      const imported = importTables({ name: 'p', bytes: people }, { name: 'l', bytes: lines }, OFFICE)
      if (imported.text === null) assert.ok(imported.problems.some(p => p.severity === 'error'))
      else {
        const { problems } = compile(parsePlan([{ name: 'plan.yaml', text: imported.text }]), 1)
        assert.ok(
          problems.every(p => p.severity !== 'error'),
          imported.text,
        )
      }
    }),
    { numRuns: 300 },
  )
})

test('a name that YAML or a web form could play with stays what it is', () => {
  for (const name of [
    'yes',
    'Null',
    '# not a comment',
    'a: b',
    '{x}',
    '*star',
    "O'Brien",
    '"quoted"',
    '007',
    'Иван',
    '- dash',
    'tab\there',
  ]) {
    const row = `"${name.replaceAll('"', '""')}"`
    const imported = importTables(file('p.csv', `name,extension,department\n${row},201,${row}\n`), null, OFFICE)
    const { plan, problems } = loadPlan([{ name: 'plan.yaml', text: imported.text! }], 1)
    assert.deepEqual(
      problems.filter(p => p.severity === 'error'),
      [],
      name,
    )
    assert.deepEqual(
      Object.values(plan!.source.people).map(p => p.name),
      [name.replace('\t', ' ')],
    )
  }
})

test('SCH-01 opening hours as people write them', () => {
  for (const [text, hours] of [
    ['mon-fri 09:00-18:00, sat 10:00-14:00', { 'mon-fri': '09:00-18:00', sat: '10:00-14:00' }],
    ['пн-пт 9-18; сб 10.00–14.00', { 'mon-fri': '09:00-18:00', sat: '10:00-14:00' }],
    ['пн.-пт.: с 9 до 18', { 'mon-fri': '09:00-18:00' }],
    ['Mon-Fri 09:00-13:00, 14:00-18:00', { 'mon-fri': '09:00-13:00, 14:00-18:00' }],
    ['ежедневно 8-20', { daily: '08:00-20:00' }],
    ['9-18', { daily: '09:00-18:00' }],
    ['круглосуточно', 'always'],
    ['24/7', 'always'],
    ['sometimes', null],
    ['mon-fri 25:00-26:00', null],
    ['mon-fri 9-18, fri 10-12', null],
    ['', null],
  ] as const)
    assert.deepEqual(openingHours(text), hours, text)
})
