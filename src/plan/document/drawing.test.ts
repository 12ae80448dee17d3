import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseCsv, requireWellFormed } from '../../../test/support/markup.ts'
import { csv, field } from './csv.ts'
import type { Diagram } from './diagram.ts'
import { backLinks, type Link, layOut } from './layout.ts'
import { sayer } from './say.ts'
import { drawDiagram } from './svg.ts'
import { textWidth, wrap } from './text-width.ts'

const say = sayer('kk', 'Asia/Almaty')
const words = fc
  .array(fc.constantFrom('қабылдау', 'хабарламаларды', '<b>', 'Office', '&', 'өшіру-қосу', 'a@very-long-name.example', '"x"'), {
    maxLength: 6,
  })
  .map(w => w.join(' '))

const diagram: fc.Arbitrary<Diagram> = fc.integer({ min: 1, max: 14 }).chain(n =>
  fc
    .array(
      fc.record({
        title: words,
        body: fc.array(words, { maxLength: 3 }),
        rows: fc.array(fc.tuple(words, fc.integer({ min: 0, max: n - 1 })), { maxLength: 5 }),
      }),
      {
        minLength: n,
        maxLength: n,
      },
    )
    .map(list => ({
      title: 'Random',
      sentences: list.map(b => b.title),
      notes: ['notes & more'],
      compact: n > 9,
      boxes: list.map(
        (b, i) =>
          ({
            id: `b${i}`,
            shape: 'people',
            label: 'Box',
            title: b.title,
            body: b.body,
            rows: b.rows.map(([text, to]) => ({ text, to: `b${to}` })),
          }) as const,
      ),
    })),
)

describe('drawings of any plan', () => {
  test('PIL-02 no box covers another, none leaves the sheet, and the drawing is well formed', () => {
    fc.assert(
      fc.property(diagram, d => {
        const drawing = drawDiagram(d, 'x', 'foot', say)
        requireWellFormed(drawing.text, 'drawing')
        assert.equal(drawing.boxes.length, d.boxes.length)
        for (const [i, a] of drawing.boxes.entries()) {
          assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= drawing.width && a.y + a.height <= drawing.height, 'on the sheet')
          for (const b of drawing.boxes.slice(i + 1))
            assert.ok(
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
              `${a.id} covers ${b.id}`,
            )
        }
      }),
      { numRuns: 150 },
    )
  })

  test('PIL-02 no line runs through a box that it does not begin or end at', () => {
    const measures = { boxWidth: 100, columnGap: 30, rowGap: 10, arriveY: 10 }
    const graph = fc.integer({ min: 2, max: 16 }).chain(n =>
      fc.record({
        heights: fc.array(fc.integer({ min: 20, max: 160 }), { minLength: n, maxLength: n }),
        pairs: fc.array(fc.tuple(fc.integer({ min: 0, max: n - 1 }), fc.integer({ min: 0, max: n - 1 })), { maxLength: 3 * n }),
      }),
    )
    fc.assert(
      fc.property(graph, ({ heights, pairs }) => {
        const boxes = heights.map((height, i) => ({ id: `b${i}`, height }))
        const all: Link[] = pairs.map(([a, b]) => ({ from: `b${a}`, fromY: heights[a]! / 2, to: `b${b}` }))
        const back = backLinks(
          boxes.map(b => b.id),
          all,
        )
        const layout = layOut(
          boxes,
          all.filter((_, i) => !back.has(i)),
          measures,
        )
        for (const { link, points } of layout.links) {
          for (let i = 1; i + 1 < points.length; i += 2) {
            const [[x, y], [x2, y2]] = [points[i]!, points[i + 1]!]
            assert.equal(y, y2, 'straight across a column')
            assert.equal(x2 - x, measures.boxWidth)
            for (const b of layout.boxes)
              assert.ok(b.x !== x || y < b.y || y > b.y + b.height, `${link.from} → ${link.to} runs through ${b.id}`)
          }
          const [from, to] = [layout.boxes.find(b => b.id === link.from)!, layout.boxes.find(b => b.id === link.to)!]
          assert.ok(from.x < to.x, 'from left to right')
          assert.deepEqual(points[0], [from.x + from.width, from.y + link.fromY])
          assert.deepEqual(points.at(-1), [to.x, to.y + measures.arriveY])
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('words in boxes', () => {
  test('lines fit their width, and nothing of the text is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abщЖқ WM-@. іi') }), fc.integer({ min: 40, max: 200 }), (text, width) => {
        const lines = wrap(text, width, 11)
        for (const line of lines) assert.ok(textWidth(line, 11) <= width, line)
        const bare = (t: string): string => t.replace(/[\s-]/g, '')
        assert.equal(bare(lines.join('')), bare(text))
      }),
    )
  })
})

describe('tables for spreadsheets', () => {
  test('NUM-07 any cell comes back as it was, or as harmless text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: fc.constantFrom(...'a,"\r\n=+-@\tқ 1') }), { minLength: 2, maxLength: 2 }), { maxLength: 5 }),
        rows => {
          const text = csv({ caption: '', columns: [{ title: 'a' }, { title: 'b' }], rows: rows.map(cells => ({ cells })) })
          const read = parseCsv(text).slice(1)
          assert.equal(read.length, rows.length)
          for (const [i, cells] of rows.entries())
            for (const [j, cell] of cells.entries()) assert.ok(read[i]![j] === cell || read[i]![j] === `'${cell}`)
        },
      ),
    )
  })

  test('SEC-05 what could be a formula is marked as text; a telephone number is none', () => {
    assert.deepEqual(['=1+1', '+1-1', '-2', '@x', '\tx', '+77272500000', '+7 727 250 00 00', 'a=b', '*43'].map(field), [
      "'=1+1",
      "'+1-1",
      "'-2",
      "'@x",
      '"\'\tx"'.replace(/^"|"$/g, ''),
      '+77272500000',
      '+7 727 250 00 00',
      'a=b',
      '*43',
    ])
  })
})
