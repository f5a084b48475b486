import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FileId, PartialContents } from '../model/records.ts';
import { type Holding, isCovered } from './file-coverage.ts';

/** Ids from 10 on are files that came to the block later: complete replicas that lack them say what they miss. */
const FILES = [1, 2, 3, 10] as FileId[];

const holding = fc
  .record({ form: fc.constantFrom('complete', 'present', 'missing', 'unknown'), files: fc.subarray(FILES) })
  .map(({ form, files }): { holding: Holding; files: FileId[] } => {
    if (form === 'complete') return { holding: { contents: null }, files: FILES };
    if (form === 'unknown') return { holding: { contents: { kind: 'unknown' } }, files };
    const ids = form === 'present' ? files : FILES.filter((id) => !files.includes(id));
    return { holding: { contents: { kind: form, ids } as PartialContents }, files };
  });

it('never says that a file is covered when it is not', () => {
  fc.assert(
    fc.property(holding, fc.array(holding, { maxLength: 4 }), (leaving, staying) => {
      const trusted = staying.filter((other) => other.holding.contents?.kind !== 'unknown');
      const covered = leaving.files.every((id) => trusted.some((other) => other.files.includes(id)));
      const said = isCovered(
        leaving.holding,
        staying.map((other) => other.holding),
        FILES.length,
      );
      if (said) expect(covered).toBe(true);
      if (!said && leaving.holding.contents?.kind !== 'unknown') expect(covered).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
