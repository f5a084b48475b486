import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFileFederation } from '../fixtures/file-federation.ts';

const segment = fc
  .array(fc.constantFrom('a', 'b', '.', '-', '0', '~', ' ', 'é', '\uE000', '\uFFFD', '\u{10000}'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((units) => units.join(''))
  .filter((name) => name !== '.' && name !== '..');

describe('walking a tree', () => {
  it('gives exactly the files that are there, in order of the bytes of their paths', async () => {
    const tree = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
      {
        maxLength: 25,
      },
    );
    await fc.assert(
      fc.asyncProperty(tree, async (wanted) => {
        await using federation = await createFileFederation();
        const written: string[] = [];
        for (const path of wanted) {
          // A name cannot be both a file and a directory.
          const done = federation.write(federation.source, path, Buffer.from(path)).then(() => written.push(path));
          await done.catch(() => undefined);
        }
        const found: string[] = [];
        for await (const files of federation.lister.list(federation.source)) found.push(...files.map((f) => f.path));
        const bytes = written.map((path) => Buffer.from(path)).sort(Buffer.compare);
        expect(found).toEqual(bytes.map(String));
      }),
      { numRuns: 25 },
    );
  });
});
