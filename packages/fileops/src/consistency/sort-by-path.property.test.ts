import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { compareByteOrder } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortByPath } from './sort-by-path.ts';

const path = fc.array(fc.constantFrom('a', '/', '.', '\n', '\u2028', '\uE000', '\u{10000}'), { maxLength: 5 });

describe('sorting by path', () => {
  it('gives the same records in byte order, whether they fit into one run or not, and leaves nothing behind', async () => {
    const records = fc.array(
      fc.array(
        path.map((units) => ({ path: units.join('') })),
        { maxLength: 4 },
      ),
      {
        maxLength: 12,
      },
    );
    const before = await leftovers();
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 20 }), async (batches, runRecords) => {
        const sorted: string[] = [];
        for await (const batch of sortByPath(stream(batches), runRecords)) sorted.push(...batch.map((one) => one.path));
        expect(sorted).toEqual(
          batches
            .flat()
            .map((one) => one.path)
            .sort(compareByteOrder),
        );
      }),
      { numRuns: 60 },
    );
    for await (const _ of sortByPath(stream([[{ path: 'b' }], [{ path: 'a' }]]), 1)) break;
    expect(await leftovers()).toBe(before);
  });
});

async function* stream<T>(batches: readonly (readonly T[])[]): AsyncGenerator<readonly T[]> {
  yield* batches;
}

async function leftovers(): Promise<number> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('dynamo-sort-')).length;
}
