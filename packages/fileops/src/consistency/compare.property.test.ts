import { compareByteOrder, type Lfn, type ListedFile } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ComparisonTotals, compareSite, type ExpectedFile, type Finding } from './compare.ts';

const path = fc
  .array(fc.constantFrom('a', 'b', '/', '.', '\uE000', '\u{10000}'), { minLength: 1, maxLength: 4 })
  .map((units) => units.join(''));
const listing = fc
  .uniqueArray(fc.record({ path, size: fc.nat(2) }), { selector: (file) => file.path, maxLength: 30 })
  .map((files): ListedFile[] => sorted(files.map((file) => ({ ...file, modified: 0 }))));
const expected = fc
  .uniqueArray(
    fc.record({
      path,
      size: fc.nat(2),
      state: fc.constantFrom('present' as const, 'absent' as const, 'in-flight' as const),
    }),
    { selector: (file) => file.path, maxLength: 30 },
  )
  .map((files): ExpectedFile[] => sorted(files.map((file) => ({ ...file, lfn: `/${file.path}` as Lfn }))));

describe('comparing a site with the catalogue', () => {
  it('finds what two sets would find, however the streams are cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(listing, expected, fc.integer({ min: 1, max: 7 }), async (listed, wanted, width) => {
        const { findings, totals } = await run(batches(listed, width), batches(wanted, width + 1));
        const there = new Map(listed.map((file) => [file.path, file]));
        const known = new Map(wanted.map((file) => [file.path, file]));
        const missing = wanted.filter((file) => file.state === 'present' && !there.has(file.path));
        const mismatched = wanted.filter((file) => {
          const found = there.get(file.path);
          return file.state === 'present' && found !== undefined && found.size !== file.size;
        });
        const orphans = listed.filter((file) => (known.get(file.path)?.state ?? 'absent') === 'absent');
        const named = (kind: Finding['kind']): string[] =>
          findings.filter((finding) => finding.kind === kind).map((finding) => finding.path);
        expect(named('missing')).toEqual(missing.map((file) => file.path));
        expect(named('size-mismatch')).toEqual(mismatched.map((file) => file.path));
        expect(named('orphan')).toEqual(orphans.map((file) => file.path));
        expect(totals).toEqual({
          listedFiles: listed.length,
          listedBytes: listed.reduce((sum, { size }) => sum + size, 0),
          presentFiles: wanted.filter(({ state }) => state === 'present').length,
          inFlightFiles: wanted.filter(({ state }) => state === 'in-flight').length,
        });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['the listing', ['b', 'a'], []],
    ['the listing', ['a', 'a'], []],
    ["the catalogue's view", [], ['a/b', 'a.b']],
  ])('refuses %s out of order, and closes both', async (who, listed, wanted) => {
    const closed: string[] = [];
    const watched = async function* <T>(name: string, items: readonly T[]): AsyncGenerator<readonly T[]> {
      try {
        yield items;
      } finally {
        closed.push(name);
      }
    };
    const first = watched(
      'listing',
      listed.map((name) => ({ path: name, size: 0, modified: 0 })),
    );
    const second = watched(
      'catalogue',
      wanted.map((name) => ({ path: name, lfn: name as Lfn, size: 0, state: 'present' as const })),
    );
    await expect(run(first, second)).rejects.toThrow(new RegExp(`^${who}.* is not in byte order of its paths`));
    expect(closed.sort()).toEqual(['catalogue', 'listing']);
  });
});

async function run(
  listed: AsyncIterable<readonly ListedFile[]>,
  wanted: AsyncIterable<readonly ExpectedFile[]>,
): Promise<{ readonly findings: Finding[]; readonly totals: ComparisonTotals }> {
  const comparison = compareSite(listed, wanted);
  const findings: Finding[] = [];
  for (;;) {
    const { value, done } = await comparison.next();
    if (done === true) return { findings, totals: value };
    findings.push(value);
  }
}

async function* batches<T>(items: readonly T[], width: number): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += width) yield items.slice(start, start + width);
}

function sorted<T extends { readonly path: string }>(files: readonly T[]): T[] {
  return [...files].sort((a, b) => compareByteOrder(a.path, b.path));
}
