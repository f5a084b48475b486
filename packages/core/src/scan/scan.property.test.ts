import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeColumns, PAGE_ROWS } from '../columns/column.ts';
import { Stamp } from '../columns/stamp.ts';
import { between, bitsAre, differs, equals, oneOf, rowsWhere, select, sumBy } from './filter.ts';
import { RowSet } from './row-set.ts';
import { sortRows } from './sort-rows.ts';

const ROWS = PAGE_ROWS + 40;
const rows = fc.array(fc.nat(200), { maxLength: 60 });

function setOf(list: readonly number[], size = 201): RowSet {
  const set = new RowSet(size);
  for (const row of list) set.add(row);
  return set;
}

describe('row sets', () => {
  it('agree with sets', () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, removed) => {
        const [left, right] = [setOf(a), setOf(b, 150 + 51)];
        const sorted = (set: ReadonlySet<number>) => [...set].sort((x, y) => x - y);
        expect([...left.or(right).toArray()]).toEqual(sorted(new Set(a).union(new Set(b))));
        expect([...left.and(right).toArray()]).toEqual(sorted(new Set(a).intersection(new Set(b))));
        expect([...left.andNot(right).toArray()]).toEqual(sorted(new Set(a).difference(new Set(b))));
        for (const row of removed) left.delete(row);
        expect(left.size).toBe(new Set(a).difference(new Set(removed)).size);
        expect(a.every((row) => left.has(row) !== removed.includes(row))).toBe(true);
      }),
    );
  });
});

describe('filters', () => {
  it('select the rows that a loop does, across pages', () => {
    const { values } = makeColumns({ values: 'u16' } as const, new Stamp());
    for (let row = 0; row < ROWS; row++) values.set(row, (row * 7919) % 13);
    const verdicts = Uint8Array.from({ length: 13 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const all = Array.from({ length: ROWS }, (_, row) => row);
    const cases = [
      [equals(values, 5), (v: number) => v === 5],
      [differs(values, 5), (v: number) => v !== 5],
      [between(values, 3, 9), (v: number) => v >= 3 && v < 9],
      [oneOf(values, verdicts), (v: number) => v % 3 === 0],
      [bitsAre(values, 6, 2), (v: number) => (v & 6) === 2],
      [rowsWhere((row) => values.get(row) > 10), (v: number) => v > 10],
    ] as const;
    for (const [filter, test] of cases) {
      expect([...select(ROWS, [filter]).toArray()]).toEqual(all.filter((row) => test(values.get(row))));
      const both = select(ROWS, [between(values, 2, 8), filter]);
      expect([...both.toArray()]).toEqual(
        all.filter((row) => values.get(row) >= 2 && values.get(row) < 8 && test(values.get(row))),
      );
    }
    const sums = sumBy(
      setOf(all, ROWS),
      13,
      (row) => values.get(row),
      (row) => row,
    );
    expect(sums.reduce((sum, each) => sum + each, 0)).toBe((ROWS * (ROWS - 1)) / 2);
  });
});

describe('sorting rows', () => {
  it('orders as a stable comparison sort does, key after key', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, -0, Infinity, -Infinity),
    );
    const direction = fc.constantFrom('increasing' as const, 'decreasing' as const);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number), { maxLength: 100 }),
        direction,
        direction,
        (pairs, first, second) => {
          const value = (key: 0 | 1) => (row: number) => (pairs[row] as [number, number])[key];
          const sorted = sortRows(Uint32Array.from(pairs.keys()), [
            { value: value(0), order: first },
            { value: value(1), order: second },
          ]);
          const compare = (a: number, b: number, key: 0 | 1, order: string) => {
            const [x, y] = [value(key)(a), value(key)(b)];
            return x === y ? 0 : (x < y ? -1 : 1) * (order === 'increasing' ? 1 : -1);
          };
          const expected = [...pairs.keys()].sort((a, b) => compare(a, b, 0, first) || compare(a, b, 1, second));
          expect([...sorted]).toEqual(expected);
        },
      ),
    );
  });
});
