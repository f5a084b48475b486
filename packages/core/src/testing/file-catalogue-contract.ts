/** What every file catalogue must do, on top of the store that writes it. */
import assert from 'node:assert/strict';
import { changeSetOf } from '../change-set/change-set.ts';
import { compareByteOrder } from '../model/byte-order.ts';
import type { Lfn, SiteName } from '../model/names.ts';
import type { FileRecord } from '../model/records.ts';
import type { Version } from '../seams/commit.ts';
import type { Store } from '../seams/store.ts';
import { batchesOf, changesOn, collect, SAMPLE_COUNTERS } from './commits.ts';
import { type ContractCheck, storeCheck } from './contract-check.ts';
import {
  additions,
  changeOf,
  item,
  sampleBlock,
  sampleBlocks,
  sampleDataset,
  sampleFederation,
  sampleFile,
  sampleFiles,
  sampleReplica,
  sampleSite,
} from './sample-records.ts';

type StoreUnderTest = Pick<Store, 'inventory' | 'files' | 'close'>;

/** `make` gives an empty store that may write, anew for each check. */
export function fileCatalogueContract(make: () => Promise<StoreUnderTest>): readonly ContractCheck[] {
  const check = (name: string, body: (store: StoreUnderTest) => Promise<void>): ContractCheck =>
    storeCheck(make, name, body);
  const { block1, block2 } = sampleBlocks;
  const ofBlock = (block: typeof block1): readonly FileRecord[] =>
    sampleFiles.filter((file) => file.dataset === block.dataset && file.block === block.name);

  return [
    check('finds files by block, LFN and id, after a commit as after a baseline', async (store) => {
      await store.inventory.commit(changesOn(0, additions(sampleFederation)));
      await findsSampleFiles(store);
    }),

    check('finds them after a baseline as well', async (store) => {
      const head = { version: 9 as Version, counters: SAMPLE_COUNTERS };
      await store.inventory.baseline(head, batchesOf(sampleFederation));
      await findsSampleFiles(store);
    }),

    check('gives nothing for what is not there', async (store) => {
      await store.inventory.commit(changesOn(0, additions(sampleFederation)));
      assert.deepEqual(await collect(store.files.filesOfBlock(block1.dataset, 'none' as typeof block1.name)), []);
      assert.deepEqual(await store.files.filesByLfn(['/store/x/none' as Lfn]), []);
      assert.deepEqual(await store.files.filesByLfn([]), []);
      assert.deepEqual(await store.files.filesById([999]), []);
      assert.deepEqual(await collect(store.files.filesOfSite('T9_None' as SiteName)), []);
      assert.deepEqual(await collect(store.files.filesOfSite('T3_Empty' as SiteName)), []);
    }),

    check('gives the files of a site in byte order, of each block once, whatever the replica holds', async (store) => {
      await store.inventory.commit(changesOn(0, additions(sampleFederation)));
      const sorted = [...sampleFiles].sort((a, b) => compareByteOrder(a.lfn, b.lfn));
      assert.deepEqual(await collect(store.files.filesOfSite('T2_US_MIT' as SiteName)), sorted);
      const onTape = [...ofBlock(block1), ...ofBlock(block2)].sort((a, b) => compareByteOrder(a.lfn, b.lfn));
      assert.deepEqual(await collect(store.files.filesOfSite('T1_Tape' as SiteName)), onTape);
    }),

    check('keeps the order over many pages, with commits in between', async (store) => {
      const block = sampleBlock('/many', 'block');
      const files = Array.from({ length: 3000 }, (_, i) => sampleFile(100 + i, block, `/many/${(i * 7919) % 3000}`));
      const records = [
        item('site', sampleSite('here')),
        item('dataset', sampleDataset('/many')),
        item('block', block),
        ...files.map((file) => item('file', file)),
        item('blockReplica', sampleReplica(block, 'here')),
      ];
      await store.inventory.commit(changesOn(0, additions(records)));
      const seen: FileRecord[] = [];
      let next = 1;
      for await (const page of store.files.filesOfSite('here' as SiteName, { at: 1 as Version })) {
        seen.push(...page);
        const young = sampleFile(9000 + next, block, `/many/late${next}`);
        await store.inventory.commit(changesOn(next, { changes: [changeOf('file', null, young)] }));
        next += 1;
      }
      assert.deepEqual(
        seen.map(({ lfn }) => lfn),
        files.map(({ lfn }) => lfn).sort(compareByteOrder),
      );
      const byId = await collect(store.files.filesOfBlock(block.dataset, block.name, { at: 1 as Version }));
      assert.deepEqual(byId, files);
    }),

    check(
      'reads the files of any version: those that came later are not there, those that went since are',
      async (store) => {
        await store.inventory.commit(changesOn(0, additions(sampleFederation)));
        const [first] = ofBlock(block1);
        assert.ok(first);
        const again: FileRecord = { ...first, id: 50 as typeof first.id, size: 7 };
        const replace = [changeOf('file', first, null), changeOf('file', null, again)];
        await store.inventory.commit(changesOn(1, changeSetOf(replace)));
        await store.inventory.commit(changesOn(2, changeSetOf([changeOf('file', again, null)])));

        const expected: readonly (readonly FileRecord[])[] = [[], [first], [again], []];
        for (const [version, files] of expected.entries()) {
          const at = { at: version as Version };
          assert.deepEqual(await store.files.filesByLfn([first.lfn], at), files, `version ${version}`);
          assert.deepEqual(await store.files.filesById([first.id, again.id], at), files, `version ${version}`);
        }
        assert.deepEqual(await store.files.filesByLfn([first.lfn]), []);
        const sizes = (await collect(store.files.filesOfBlock(block1.dataset, block1.name, { at: 2 as Version }))).map(
          ({ id }) => id,
        );
        assert.deepEqual(sizes, [2, 3, 50]);
      },
    ),

    check('reads the files of a block that has gone, at a version that had it', async (store) => {
      const block = sampleBlock('/short', 'lived');
      const file = sampleFile(100, block, '/short/lived/1');
      const records = [item('dataset', sampleDataset('/short')), item('block', block), item('file', file)];
      const set = additions(records);
      await store.inventory.commit(changesOn(0, set));
      const gone = changeSetOf(
        set.changes.map((change) => ({ ...change, before: change.after, after: null }) as never),
      );
      await store.inventory.commit(changesOn(1, gone));
      await store.inventory.commit(changesOn(2, additions(records.slice(0, 2))));
      for (const [version, files] of [[], [file], [], []].entries()) {
        const at = { at: version as Version };
        assert.deepEqual(await collect(store.files.filesOfBlock(block.dataset, block.name, at)), files);
        assert.deepEqual(await store.files.filesById([100], at), files);
      }
    }),
  ];
}

async function findsSampleFiles({ files }: StoreUnderTest): Promise<void> {
  const wanted = [...sampleFiles];
  for (const { dataset, name } of Object.values(sampleBlocks)) {
    const expected = wanted.filter((file) => file.dataset === dataset && file.block === name);
    assert.deepEqual(await collect(files.filesOfBlock(dataset, name)), expected);
  }
  const byLfn = await files.filesByLfn(wanted.map(({ lfn }) => lfn));
  assert.deepEqual(byId(byLfn), wanted);
  assert.deepEqual(byId(await files.filesById(wanted.map(({ id }) => id))), wanted);
}

function byId(files: readonly FileRecord[]): readonly FileRecord[] {
  return [...files].sort((a, b) => a.id - b.id);
}
