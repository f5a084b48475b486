/** What is kept of files is what the tables say, at every version that may be asked for, whatever is committed meanwhile. */
import {
  type BlockName,
  createRandomSource,
  type DatasetName,
  type FileCatalogue,
  type FileRecord,
  Inventory,
  type InventoryDraft,
  type Lfn,
  type RandomSource,
  type Store,
  systemClock,
  type Version,
} from '@dynamo/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cachedFileCatalogue } from './cached-file-catalogue.ts';
import { type FileRows, fileRowsOf } from './file-rows.ts';
import { makeStoreDirectory } from './fixtures/store-directory.ts';
import { maintenanceOf } from './maintenance.ts';

const AUTHOR = { application: 'test', user: 'me' };
/** A few blocks, and not the largest. */
const MAX_BYTES = 40_000;

type Step =
  | { readonly kind: 'commit' }
  | { readonly kind: 'follow' }
  /** The log before so many versions ago. */
  | { readonly kind: 'forget'; readonly keep: number }
  /** A block at so many versions ago, while so many commits are made. */
  | {
      readonly kind: 'ask';
      readonly who: 'leader' | 'follower';
      readonly block: number;
      readonly ago: number;
      readonly commits: number;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'commit' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'follow' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget' as const), keep: fc.integer({ min: 0, max: 3 }) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      who: fc.constantFrom('leader' as const, 'follower' as const),
      block: fc.nat(3),
      ago: fc.oneof(fc.constant(0), fc.nat(5)),
      commits: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
      ),
    }),
  },
);

it('are the files of the tables, for who commits and for who follows', { timeout: 120_000 }, async () => {
  let hits = 0;
  let dropped = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fc.integer(), async (steps, seed) => {
      await using directory = await makeStoreDirectory();
      await using store = await directory.open();
      const random = createRandomSource(seed);
      // Time goes by the commit.
      let time = 0;
      const leader = await Inventory.open(store.inventory, { clock: { ...systemClock, nowSeconds: () => time } });
      const follower = await Inventory.open(store.inventory);
      const rows = fileRowsOf(store) as FileRows;
      // Waits between what it has read and the end of it.
      let pause: () => Promise<void> = async () => {};
      const slowly: FileRows = {
        async *rowsOfBlock(...asked) {
          for await (const page of rows.rowsOfBlock(...asked)) {
            await pause();
            yield page;
          }
        },
      };
      const cacheOf = (inventory: Inventory) =>
        cachedFileCatalogue({ files: store.files, rows: slowly, inventory, maxBytes: MAX_BYTES });
      const sides = {
        leader: { inventory: leader, cache: cacheOf(leader) },
        follower: { inventory: follower, cache: cacheOf(follower) },
      };
      const commit = async (): Promise<void> => {
        time += 1;
        await leader.update(AUTHOR, (draft) => changeFiles(draft, store, random));
      };
      const read = async (files: FileCatalogue, block: number, at: number): Promise<readonly FileRecord[]> => {
        const all: FileRecord[] = [];
        for await (const page of files.filesOfBlock(...nameOf(block), { at: at as Version })) all.push(...page);
        return all;
      };
      let logStart = 1;
      for (let i = 0; i < 8; i += 1) await commit();
      for (const each of steps) {
        if (each.kind === 'commit') await commit();
        else if (each.kind === 'follow') await follower.catchUp();
        else if (each.kind === 'forget') {
          const log = Math.max(1, time - each.keep);
          logStart = (await maintenanceOf(store)?.forget({ log, operations: 0, history: 0 }))?.logStart ?? logStart;
        } else {
          const { inventory, cache } = sides[each.who];
          const at = Math.max(inventory.version - each.ago, 1);
          if (at < logStart - 1) continue;
          let left = each.commits;
          pause = async () => {
            for (; left > 0; left -= 1) await commit();
            if (each.who === 'follower') await follower.catchUp();
          };
          const before = cache.counters.blocks;
          const found = await read(cache, each.block, at);
          pause = async () => {};
          expect(found, `${each.who}, block ${each.block} at ${at}`).toEqual(await read(store.files, each.block, at));
          expect(cache.counters.bytes).toBeLessThanOrEqual(MAX_BYTES);
          if (cache.counters.blocks < before) dropped += 1;
        }
      }
      hits += sides.leader.cache.counters.hits + sides.follower.cache.counters.hits;
    }),
    { numRuns: 60 },
  );
  expect(hits).toBeGreaterThan(100);
  expect(dropped).toBeGreaterThan(0);
});

/** A block, made where it is not there, gets a file or loses one. */
async function changeFiles(draft: InventoryDraft, { files }: Store, random: RandomSource): Promise<void> {
  const [dataset, block] = nameOf(random.nextInt(4));
  const times = { isOpen: true, lastUpdate: 1 };
  if (draft.dataset(dataset) === undefined) {
    const none = { dataType: null, softwareVersion: null, attributes: {} };
    draft.put('dataset', { name: dataset, status: 'valid', ...none, ...times });
  }
  if (draft.dataset(dataset)?.block(block) === undefined) {
    draft.put('block', { dataset, name: block, size: 0, files: 0, ...times });
  }
  const present: FileRecord[] = [];
  for await (const page of files.filesOfBlock(dataset, block, { at: draft.version })) present.push(...page);
  const lost = present[random.nextInt(6)];
  const evidence = { kind: 'declared', by: 'me', reason: 'a test' } as const;
  if (lost !== undefined) draft.recordFact({ kind: 'file-lost', file: lost, evidence });
  else {
    const lfn = `/store/${block}/${draft.version}.root` as Lfn;
    draft.addFile({ dataset, block, lfn, size: 1, checksums: {}, presentAt: [] });
  }
}

function nameOf(block: number): [DatasetName, BlockName] {
  return [`/Primary${block % 2}/Era-v1/AOD` as DatasetName, (block < 2 ? 'b1' : 'b2') as BlockName];
}
