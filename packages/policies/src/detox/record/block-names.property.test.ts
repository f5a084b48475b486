import { compareByteOrder } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBlockNames, unpackBlockNames } from './block-names.ts';

const uuid = fc.uuid();
/** Many that begin alike. */
const alike = fc
  .tuple(uuid, fc.integer({ min: 1, max: 35 }), uuid)
  .map(([one, digits, other]) => one.slice(0, digits) + other.slice(digits));
const similar = fc
  .tuple(
    fc.constantFrom('3f2a91c0-0000-4000-8000-0000000000aa', '00000000-0000-0000-0000-000000000001'),
    fc.nat({ max: 35 }),
    uuid,
  )
  .map(([one, digits, other]) => one.slice(0, digits) + other.slice(digits));
const text = fc.constantFrom('b1', '3f2a91', '3f2a91*', '3F2A91C0-0000-4000-8000-0000000000AA', 'ä'.repeat(36), '');
const names = fc.uniqueArray(fc.oneof(uuid, alike, similar, text), { maxLength: 40 });
const chosen = names.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all)));

function pack(named: readonly string[], all: readonly string[]) {
  return packBlockNames(named.toSorted(compareByteOrder), all);
}

describe('names of blocks in the record of a cycle', () => {
  it('come back in full where the blocks of the dataset are there, whatever others came since', () => {
    fc.assert(
      fc.property(chosen, names, ([all, named], later) => {
        const { body, order, ...head } = pack(named, all);
        const expected = [...order.keys()];
        expect(expected.toSorted()).toEqual(named.toSorted());
        expect(unpackBlockNames(head, body, all)).toEqual(expected);
        // Unless one that came later begins like it: then none is guessed.
        const among = unpackBlockNames(head, body, [...new Set([...all, ...later])]);
        for (const [i, name] of among.entries()) expect(isNameOf(name, expected[i] as string)).toBe(true);
      }),
    );
  });

  it('are told apart by what is left of them', () => {
    fc.assert(
      fc.property(chosen, ([all, named]) => {
        const { body, order, ...head } = pack(named, all);
        const short = unpackBlockNames(head, body, []);
        for (const [name, at] of order) {
          const own = short[at] as string;
          expect(isNameOf(own, name)).toBe(true);
          if (own === name) continue;
          expect(own.length).toBeGreaterThanOrEqual(7);
          // One that begins with 24 zeros counts as a text.
          const uuids = all.filter((each) => /^(?!0{8}-0000-0000-0000-0000)[0-9a-f-]{36}$/.test(each));
          expect(uuids.filter((each) => each.startsWith(own.slice(0, -1)))).toEqual([name]);
        }
      }),
    );
  });

  it('are never those of another block that begins alike', () => {
    const [gone, came] = ['3f2a91c0-0000-4000-8000-000000000001', '3f2a91c0-1111-4000-8000-000000000001'];
    const { body, ...head } = pack([gone], [gone, 'b1']);
    expect(unpackBlockNames(head, body, [gone])).toEqual([gone]);
    expect(unpackBlockNames(head, body, [came])).toEqual(['3f2a91*']);
    expect(unpackBlockNames(head, body, [gone, came])).toEqual(['3f2a91*']);
    expect(unpackBlockNames(head, body, [])).toEqual(['3f2a91*']);
  });

  it('take a few bytes each', () => {
    const many = Array.from({ length: 1000 }, (_, i) => {
      const hash = Math.imul(i + 1, 0x9e37_79b1) >>> 0;
      return `${hash.toString(16).padStart(8, '0')}-0000-4000-8000-000000000001`;
    });
    expect(pack(many, many).body.length / many.length).toBeLessThan(2.5);
  });
});

function isNameOf(shown: string, name: string): boolean {
  return shown === name || (shown.endsWith('*') && name.startsWith(shown.slice(0, -1)));
}
