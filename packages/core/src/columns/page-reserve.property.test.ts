import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { makeColumns, PAGE_ROWS } from './column.ts';
import { Stamp } from './stamp.ts';

const SCHEMA = { small: 'u8', numbers: 'u32', others: 'u32' } as const;
const NAMES = ['small', 'numbers', 'others'] as const;
const PAGES = 5;

afterEach(() => vi.unstubAllGlobals());

/** What becomes of a draft, and how far the reserve comes before the next one begins. */
const draft = fc.record({
  writes: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat(PAGES - 1), fc.nat(2), fc.nat(255)), { maxLength: 12 }),
  isCommitted: fc.boolean(),
  turns: fc.constantFrom(0, 1, 3),
  isToldLate: fc.boolean(),
});

it('gives every fork the pages of its base, whichever were copied beforehand, and leaves committed versions alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(draft, { minLength: 1, maxLength: 25 }), async (drafts) => {
      const first = new Stamp();
      const rows = (): number[] => new Array<number>(PAGES * 3).fill(0);
      let present = { columns: makeColumns(SCHEMA, first), stamp: first };
      let model = { small: rows(), numbers: rows(), others: rows() };
      for (const name of NAMES) present.columns[name].set(PAGES * PAGE_ROWS - 1, 0);
      const kept: [typeof present, typeof model][] = [[present, structuredClone(model)]];
      const check = ({ columns }: typeof present, expected: typeof model): void => {
        for (const name of NAMES) {
          const found = expected[name].map((_, i) => columns[name].get(Math.floor(i / 3) * PAGE_ROWS + (i % 3)));
          expect(found).toEqual(expected[name]);
        }
      };
      let untold: Stamp | undefined;
      for (const { writes, isCommitted, turns, isToldLate } of drafts) {
        const stamp = new Stamp(present.stamp.reserve);
        const { small, numbers, others } = present.columns;
        const columns = { small: small.fork(stamp), numbers: numbers.fork(stamp), others: others.fork(stamp) };
        const next = structuredClone(model);
        for (const [i, [name, page, row, value]] of writes.entries()) {
          // The commit before is told while this draft is at work.
          if (i === 1 && untold !== undefined) {
            void untold.reserve.refill(untold);
            untold = undefined;
          }
          columns[name].set(page * PAGE_ROWS + row, value);
          next[name][page * 3 + row] = value;
        }
        check({ columns, stamp }, next);
        if (!isCommitted) continue;
        present = { columns, stamp };
        model = next;
        kept.push([present, structuredClone(model)]);
        untold = isToldLate ? stamp : undefined;
        if (!isToldLate) void stamp.reserve.refill(stamp);
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const [version, expected] of kept) check(version, expected);
    }),
    { numRuns: 300 },
  );
});

it('has the copies ready that the commit before made, and writes over the ones that nobody asks for', async () => {
  const first = new Stamp();
  const base = makeColumns(SCHEMA, first);
  for (const name of NAMES) base[name].set(PAGES * PAGE_ROWS - 1, 0);
  const stamp = new Stamp(first.reserve);
  const numbers = base.numbers.fork(stamp);
  for (const page of [0, 1, 2]) numbers.set(page * PAGE_ROWS, page + 1);
  await stamp.reserve.refill(stamp);

  const later = new Stamp(stamp.reserve);
  let made = 0;
  const Shared = SharedArrayBuffer;
  vi.stubGlobal(
    'SharedArrayBuffer',
    class extends Shared {
      constructor(bytes: number) {
        super(bytes);
        made += 1;
      }
    },
  );
  const buffers = new Set<unknown>();
  const fork = numbers.fork(later);
  // One that was copied beforehand, two that were not.
  for (const page of [1, 3, 4]) {
    fork.set(page * PAGE_ROWS + 7, 9);
    buffers.add(fork.page(page)?.buffer);
  }
  expect(made).toBe(0);
  expect(buffers.size).toBe(3);
  expect([0, 1, 2, 3, 4].map((page) => [fork.get(page * PAGE_ROWS), fork.get(page * PAGE_ROWS + 7)])).toEqual([
    [1, 0],
    [2, 9],
    [3, 0],
    [0, 9],
    [0, 9],
  ]);
  expect(later.copiedBytes).toBe(3 * PAGE_ROWS * Uint32Array.BYTES_PER_ELEMENT);
});
