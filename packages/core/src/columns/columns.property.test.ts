import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockNameColumn, PackedName } from './block-name-column.ts';
import { makeColumns, PAGE_ROWS, PAGE_SHIFT } from './column.ts';
import { ExactSums } from './exact-sums.ts';
import { HashIndex, hashText } from './hash-index.ts';
import { ObjectColumn } from './object-column.ts';
import { Stamp } from './stamp.ts';

/** On pages that come one by one, and on those that share a piece of memory. */
const FAR = [1, 3, 4, 7, 12].flatMap((page) => [page * PAGE_ROWS - 1, page * PAGE_ROWS]);
const row = fc.oneof(fc.nat(20), fc.constantFrom(...FAR));

it('a fork writes for itself alone, however deep forks go', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.tuple(row, fc.nat(1000)), { maxLength: 6 }), { maxLength: 5 }), (generations) => {
      let column = makeColumns({ numbers: 'u32' } as const, new Stamp()).numbers;
      let objects = ObjectColumn.empty<number>(new Stamp());
      column.set(3 * PAGE_ROWS, 0);
      let model = new Map<number, number>();
      const kept: [typeof column, typeof objects, Map<number, number>][] = [];
      const droppedOnes: [typeof column, Map<number, number>][] = [];
      for (const writes of generations) {
        kept.push([column, objects, model]);
        const stamp = new Stamp();
        // Of a draft that is dropped.
        const dropped = column.fork(new Stamp());
        const inDropped = new Map(model);
        for (const [at, value] of writes) {
          dropped.set(at, value + 1);
          inDropped.set(at, value + 1);
        }
        droppedOnes.push([dropped, inDropped]);
        column = column.fork(stamp);
        objects = objects.fork(stamp);
        model = new Map(model);
        for (const [at, value] of writes) {
          column.set(at, value);
          objects.set(at, value);
          model.set(at, value);
        }
      }
      kept.push([column, objects, model]);
      for (const [numbers, expected] of droppedOnes) {
        for (const [at, value] of expected) expect(numbers.get(at)).toBe(value);
      }
      for (const [numbers, things, expected] of kept) {
        for (const at of [...Array(21).keys(), ...FAR]) {
          const isThere = numbers.page(at >>> PAGE_SHIFT) !== undefined;
          expect([isThere ? numbers.get(at) : 0, things.get(at)]).toEqual([expected.get(at) ?? 0, expected.get(at)]);
        }
      }
    }),
  );
});

it('the hash index agrees with a map through inserts, removals and growth, in every version', () => {
  const key = fc.nat(300).map((n) => `key ${n}`);
  const commands = fc.array(fc.tuple(fc.boolean(), key), { maxLength: 400 });
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 4 }), (generations) => {
      const names: string[] = [];
      let index = HashIndex.empty(new Stamp());
      let model = new Map<string, number>();
      const kept: [HashIndex, Map<string, number>][] = [];
      for (const list of generations) {
        index = index.fork(new Stamp());
        model = new Map(model);
        for (const [insert, name] of list) {
          const present = model.get(name);
          if (insert && present === undefined) {
            names.push(name);
            index.insert(hashText(name), names.length - 1);
            model.set(name, names.length - 1);
          } else if (!insert && present !== undefined) {
            index.remove(hashText(name), present);
            model.delete(name);
          }
        }
        kept.push([index, model]);
      }
      for (const [made, expected] of kept) {
        expect(made.live).toBe(expected.size);
        for (let n = 0; n <= 300; n++) {
          const name = `key ${n}`;
          expect(made.find(hashText(name), (at) => names[at] === name)).toBe(expected.get(name) ?? -1);
        }
      }
    }),
    { numRuns: 30 },
  );
});

it('sums are exact, whatever the order of additions and subtractions', () => {
  const amount = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 100 }), (amounts) => {
      const sums = ExactSums.zeros(1);
      for (const each of amounts) sums.add(0, each);
      expect(sums.get(0)).toBe(Number(amounts.reduce((sum, each) => sum + BigInt(each), 0n)));
      for (const each of [...amounts].reverse()) sums.add(0, -each);
      expect(sums.get(0)).toBe(0);
    }),
  );
});

it('block names read back, are found by their hash, and are told apart', () => {
  const packed = (text: string): PackedName => new PackedName().pack(text);
  const name = fc.oneof(
    fc.uuid(),
    fc.constantFrom('00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001'),
    fc.constantFrom('00000000-0000-0000-0000-000100000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
    fc.uuid().map((uuid) => uuid.toUpperCase()),
    fc.string({ minLength: 1, maxLength: 40 }),
  );
  fc.assert(
    fc.property(name, name, fc.nat(), (a, b, seed) => {
      const column = BlockNameColumn.empty(new Stamp());
      column.set(0, packed(a));
      column.set(1, packed(b));
      expect([column.get(0), column.get(1)]).toEqual([a, b]);
      expect(column.is(0, packed(b))).toBe(a === b);
      expect(column.hash(0, seed)).toBe(packed(a).hash(seed));
      column.set(0, packed(b));
      expect(column.get(0)).toBe(b);
    }),
  );
});
