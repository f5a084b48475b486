import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChangeSet, invertChangeSet } from '../change-set/change-set.ts';
import { joinKey } from '../change-set/record-key.ts';
import { sameRecord } from '../change-set/same-record.ts';
import type { StateImage } from '../columns/state-image.ts';
import { isDynamoError } from '../errors/dynamo-error.ts';
import { ENTITIES, type Entity, type EntityRecords, type FileId } from '../model/records.ts';
import {
  author,
  BLOCKS,
  type Command,
  commands,
  DATASETS,
  type Model,
  prepared,
  SITES,
} from './fixtures/random-drafts.ts';
import { Inventory } from './inventory.ts';
import { InventoryState } from './inventory-state.ts';
import { NO_ROW } from './tables.ts';
import type { BlockReplicaView, InventoryView } from './view.ts';

const partitionTests: Readonly<Record<string, (r: EntityRecords['blockReplica'], view: InventoryView) => boolean>> = {
  disk: (r, view) => view.site(r.site)?.storage === 'disk',
  owned: (r) => r.group !== null,
  valid: (r, view) => view.dataset(r.dataset)?.status === 'valid' && ['A', 'B'].includes(r.site),
  union: (r, view) => view.site(r.site)?.storage === 'disk' || r.group !== null,
};

function allRecords(view: InventoryView): Map<string, unknown> {
  const records = new Map<string, unknown>();
  for (const dataset of view.datasets()) {
    records.set(`dataset ${dataset.name}`, dataset.toRecord());
    for (const replica of dataset.replicas())
      records.set(`at ${dataset.name} ${replica.site.name}`, replica.toRecord());
    for (const block of dataset.blocks()) {
      records.set(`block ${dataset.name} ${block.name}`, block.toRecord());
      for (const r of block.replicas()) records.set(`r ${dataset.name} ${block.name} ${r.site.name}`, r.toRecord());
    }
  }
  for (const site of view.sites()) records.set(`site ${site.name}`, site.toRecord());
  return records;
}

function addTo(
  sums: Map<string, [number, number]>,
  replica: BlockReplicaView,
  blockSize: number,
  view: InventoryView,
): void {
  for (const [name, test] of Object.entries(partitionTests)) {
    if (replica.operation === 'delete' || !test(replica.toRecord(), view)) continue;
    const sum = sums.get(joinKey(replica.site.name, name)) ?? [0, 0];
    sum[0] += replica.size;
    sum[1] += replica.operation === 'copy' ? blockSize : replica.size;
    sums.set(joinKey(replica.site.name, name), sum);
  }
}

function checkAgainst(view: InventoryView, model: Model): void {
  const sums = new Map<string, [number, number]>();
  let replicas = 0;
  for (const dataset of view.datasets()) {
    let size = 0;
    for (const block of dataset.blocks()) {
      const files = [...(model.files.get(joinKey(dataset.name, block.name))?.values() ?? [])];
      expect([block.files, block.size]).toEqual([files.length, files.reduce((sum, file) => sum + file.size, 0)]);
      size += block.size;
      let copies = 0;
      for (const replica of block.replicas()) {
        replicas += 1;
        const has = model.replicas.get(joinKey(dataset.name, block.name, replica.site.name));
        expect(has?.operation).toBe(replica.operation);
        const contents = replica.contents;
        expect(contents?.kind === 'unknown').toBe(has?.unknown === true);
        if (has?.unknown === true) {
          addTo(sums, replica, block.size, view);
          continue;
        }
        expect(replica.files).toBe(has?.files.size);
        const held = files
          .map((file) => file.id)
          .filter((id) => {
            if (contents === null) return true;
            return contents.kind !== 'unknown' && contents.ids.includes(id as FileId) === (contents.kind === 'present');
          });
        expect(new Set(held)).toEqual(has?.files);
        if (replica.isComplete && replica.operation !== 'delete') copies += 1;
        addTo(sums, replica, block.size, view);
      }
      expect(block.completeCopies).toBe(copies);
    }
    expect(dataset.size).toBe(size);
  }
  expect(replicas).toBe(model.replicas.size);
  for (const site of view.sites()) {
    for (const name of Object.keys(partitionTests)) {
      const { physical, projected } = site.usage(name);
      expect([physical, projected]).toEqual(sums.get(joinKey(site.name, name)) ?? [0, 0]);
    }
  }
}

it('agrees with the model after every commit, and old views keep what they showed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(commands, fc.boolean()), { maxLength: 12 }), async (drafts) => {
      const { inventory, model } = await prepared();
      const kept: { view: InventoryView; records: Map<string, unknown> }[] = [];
      for (const [draft, tidies] of drafts) {
        if (tidies) await putInOrder(inventory);
        await updateBoth(inventory, model, draft);
        const view = inventory.view();
        checkAgainst(view, model);
        kept.push({ view, records: allRecords(view) });
      }
      for (const { view, records } of kept) {
        // Going back in the log leads to what was there then.
        using again = await inventory.viewAt(view.version);
        expect([again.version, allRecords(again)]).toEqual([view.version, records]);
        expect(again.counters).toEqual(view.counters);
        expect(allRecords(view)).toEqual(records);
        view.close();
      }
      expect(inventory.openViews).toBe(0);
    }),
    { numRuns: 60 },
  );
});

/** Nothing changes but the rows: each block's replicas are side by side afterwards, in the order that they had. */
async function putInOrder(inventory: Inventory): Promise<void> {
  using before = inventory.view();
  await inventory.putInOrder();
  expect(inventory.disorder).toBe(0);
  using after = inventory.view();
  expect(after.version).toBe(before.version);
  expect([...allRecords(after)]).toEqual([...allRecords(before)]);
  const { blocks, blockReplicas } = after.tables;
  expect(blockReplicas.rows).toBe([...after.sites()].reduce((sum, site) => sum + [...site.blockReplicas()].length, 0));
  for (let block = 0; block < blocks.rows; block++) {
    for (let row = blocks.firstReplica.get(block); row !== NO_ROW; row = blockReplicas.nextOfBlock.get(row)) {
      const next = blockReplicas.nextOfBlock.get(row);
      expect([row + 1, NO_ROW]).toContain(next);
      expect(blockReplicas.block.get(row)).toBe(block);
    }
  }
}

/** What the guard refuses happens to neither. */
async function updateBoth(inventory: Inventory, model: Model, draft: readonly Command[]): Promise<void> {
  const changed = structuredClone(model);
  try {
    await inventory.update(author, (d) => {
      changed.openedNow.clear();
      for (const command of draft) command(d, changed);
    });
    Object.assign(model, changed);
  } catch (error) {
    if (!isDynamoError(error, 'refused')) throw error;
  }
}

it('follows another on the same store: at every version what that one has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(commands, fc.boolean()), { maxLength: 10 }), async (drafts) => {
      const { inventory, model, store } = await prepared();
      const follower = await Inventory.open(store.inventory);
      for (const [draft, looks] of drafts) {
        await updateBoth(inventory, model, draft);
        if (!looks) continue;
        expect(await follower.catchUp()).toBe(inventory.version);
        using mine = follower.view();
        using theirs = inventory.view();
        expect(allRecords(mine)).toEqual(allRecords(theirs));
        expect(mine.counters).toEqual(theirs.counters);
        for (const site of mine.sites()) {
          for (const name of Object.keys(partitionTests)) {
            expect(site.usage(name)).toEqual(theirs.site(site.name)?.usage(name));
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});

it('is what its change sets say: replayed on an empty state they lead to it, inverted they lead back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { maxLength: 8 }), async (drafts) => {
      const { inventory, model } = await prepared();
      for (const draft of drafts) {
        await updateBoth(inventory, model, draft);
      }
      const log = inventory.changesSince(0 as never);
      if (log.kind !== 'changes') throw new Error('the log is too short for the test');
      const state = InventoryState.empty();
      for (const { changes } of log.changes) applyChangeSet(state, changes);
      const view = inventory.view();
      expectSame(view, state);
      expectSame(view, InventoryState.read(structuredClone(inventory.imageOf(view))));
      expectSame(view, InventoryState.read(elsewhere(inventory.imageOf(view))));
      const replicas = state.blockReplicas.live;
      expect(replicas).toBe(model.replicas.size);
      for (const { changes } of [...log.changes].reverse()) applyChangeSet(state, invertChangeSet(changes));
      expect([state.datasets.live, state.blocks.live, state.blockReplicas.live]).toEqual([0, 0, 0]);
    }),
    { numRuns: 40 },
  );
});

/** The same image, whose pages are in the middle of other bytes. */
function elsewhere({ pages, values }: StateImage): StateImage {
  const moved = (page: ArrayBufferView): Uint8Array => {
    const there = new Uint8Array(new SharedArrayBuffer(page.byteLength + 128)).fill(0xaa).subarray(64, -64);
    there.set(new Uint8Array(page.buffer, page.byteOffset, page.byteLength));
    return there;
  };
  return { pages: Object.fromEntries(Object.entries(pages).map(([name, list]) => [name, list.map(moved)])), values };
}

function expectSame(view: InventoryView, state: InventoryState): void {
  const touched: [Entity, string][] = [];
  for (const entity of ENTITIES) {
    if (entity === 'blockReplica') {
      for (const d of DATASETS) for (const b of BLOCKS) for (const s of SITES) touched.push([entity, joinKey(d, b, s)]);
    }
    if (entity === 'datasetReplica')
      for (const d of DATASETS) for (const s of SITES) touched.push([entity, joinKey(d, s)]);
    if (entity === 'block') for (const d of DATASETS) for (const b of BLOCKS) touched.push([entity, joinKey(d, b)]);
  }
  for (const [entity, key] of touched) expect(sameRecord(view.record(entity, key), state.get(entity, key))).toBe(true);
  for (const site of view.sites()) {
    const row = state.sites.find(site.name);
    for (const partition of view.partitions()) {
      const usage = site.usage(partition.name);
      const at = state.partitions.find(partition.name);
      expect([usage.physical, usage.projected]).toEqual([
        state.sitePartitions.physical(row, at),
        state.sitePartitions.projected(row, at),
      ]);
    }
  }
}
