import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinKey } from '../change-set/record-key.ts';
import type { BlockName, DatasetName, SiteName } from '../model/names.ts';
import type { BlockReplicaKey } from '../model/records.ts';
import { author, BLOCKS, commands, DATASETS, prepared, SITES } from './fixtures/random-drafts.ts';

const keys: fc.Arbitrary<BlockReplicaKey[]> = fc.array(
  fc.record({
    dataset: fc.constantFrom(...DATASETS, '/not/there/X' as DatasetName),
    block: fc.constantFrom(...BLOCKS, 'not-there' as BlockName, '48dbe0c6-36fa-11e8-a5e2-ac1f6b05e849' as BlockName),
    site: fc.constantFrom(...SITES, 'not-there' as SiteName),
  }),
  // More than are looked up together.
  { maxLength: 150, size: 'max' },
);

it('gives the records of many replicas as they are when their turn comes, whatever a draft does in between', async () => {
  await fc.assert(
    fc.asyncProperty(keys, fc.array(commands, { maxLength: 60, size: 'max' }), async (wanted, steps) => {
      const { inventory, model } = await prepared();
      const reading = inventory.update(author, (draft) => {
        const [early, late] = [steps.slice(0, steps.length / 2), steps.slice(steps.length / 2)];
        for (const command of [...early, ...early].flat()) command(draft, model);
        let step = 0;
        let seen = 0;
        for (const record of draft.blockReplicaRecords(wanted)) {
          const { dataset, block, site } = wanted[seen] as BlockReplicaKey;
          // Not by `draft.record`, which may remember what is looked for.
          const present = draft.dataset(dataset)?.block(block)?.replica(site)?.toRecord() ?? null;
          expect(record).toEqual(present);
          expect(draft.record('blockReplica', joinKey(dataset, block, site))).toEqual(present);
          seen += 1;
          for (const command of late[step] ?? []) command(draft, model);
          step += 1;
        }
        expect(seen).toBe(wanted.length);
        throw new Error('enough seen');
      });
      await expect(reading).rejects.toThrow('enough seen');
    }),
    { numRuns: 100 },
  );
});
