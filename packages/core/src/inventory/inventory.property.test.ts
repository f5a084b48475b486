import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChangeSet, invertChangeSet } from '../change-set/change-set.ts';
import { joinKey } from '../change-set/record-key.ts';
import { sameRecord } from '../change-set/same-record.ts';
import { isDynamoError } from '../errors/dynamo-error.ts';
import { memoryStore } from '../memory/memory-store.ts';
import type { BlockName, DatasetName, GroupName, Lfn, PartitionName, SiteName } from '../model/names.ts';
import type { Reason } from '../model/operation.ts';
import { ENTITIES, type Entity, type EntityRecords, type FileId, type FileRecord } from '../model/records.ts';
import type { InventoryDraft } from './draft.ts';
import { Inventory } from './inventory.ts';
import { InventoryState } from './inventory-state.ts';
import type { BlockReplicaView, InventoryView } from './view.ts';

/**
 * Random commands against the inventory and a naive model of what each means for the files: which files a block has,
 * which of them a replica has, which operation is open. After each commit everything that is kept (copies, bytes,
 * membership, chains) is counted again from the records, and views of older versions are compared with what they showed.
 */
const author = { application: 'test', user: 'alice' };
const reason: Reason = { source: 'operator', text: 'test' };
const evidence = { kind: 'declared', by: 'alice', reason: 'test' } as const;
const SITES = ['A', 'B', 'C', 'D'] as SiteName[];
const DATASETS = ['/a/b/C', '/d/e/F'] as DatasetName[];
const BLOCKS = ['48dbe0c6-36fa-11e8-a5e2-ac1f6b05e848', 'other', '00000000-0000-0000-0000-000000000000'] as BlockName[];
const GROUPS = ['g', 'h'] as GroupName[];

interface ModelReplica {
  readonly files: Set<number>;
  /** Which ones is not known. */
  unknown?: boolean;
  operation: 'none' | 'copy' | 'delete';
}

class Model {
  /** Replicas whose deletion was opened in the draft of now. */
  openedNow = new Set<string>();
  readonly files = new Map<string, Map<number, FileRecord>>();
  readonly replicas = new Map<string, ModelReplica>();
}

type Command = (draft: InventoryDraft, model: Model) => void;

const replicaKey = fc.record({
  dataset: fc.constantFrom(...DATASETS),
  block: fc.constantFrom(...BLOCKS),
  site: fc.constantFrom(...SITES),
});
const subset = fc.array(fc.nat(7), { maxLength: 4 });
let lfns = 0;

const addFile = fc
  .record({ key: replicaKey, at: fc.subarray(SITES), size: fc.constantFrom(0, 1, 10, 2 ** 40, 2 ** 46) })
  .map(
    ({ key, at, size }): Command =>
      (draft, model) => {
        const lfn = `/store/${lfns++}` as Lfn;
        const file = draft.addFile({ dataset: key.dataset, block: key.block, lfn, size, checksums: {}, presentAt: at });
        const blockKey = joinKey(key.dataset, key.block);
        const files = model.files.get(blockKey) ?? new Map();
        model.files.set(blockKey, files.set(file.id, file));
        for (const site of at) {
          const replica = model.replicas.get(joinKey(blockKey, site)) ?? {
            files: new Set<number>(),
            operation: 'none',
          };
          replica.files.add(file.id);
          model.replicas.set(joinKey(blockKey, site), replica);
        }
      },
  );

const openCopy = replicaKey.map(
  (key): Command =>
    (draft, model) => {
      const name = joinKey(key.dataset, key.block, key.site);
      const replica = model.replicas.get(name);
      const opened = draft.openCopy(key, { group: null, reason });
      const total = model.files.get(joinKey(key.dataset, key.block))?.size ?? 0;
      if (replica === undefined) {
        expect(opened).toBe(true);
        model.replicas.set(name, { files: new Set(), operation: 'copy' });
        return;
      }
      if (replica.operation === 'delete') {
        replica.operation = 'none';
        if (!model.openedNow.delete(name)) replica.unknown = true;
      }
      const complete = draft.dataset(key.dataset)?.block(key.block)?.replica(key.site)?.isComplete === true;
      expect(opened).toBe(!complete && replica.operation === 'none');
      if (opened) replica.operation = 'copy';
      expect(!complete || replica.unknown === true || replica.files.size === total).toBe(true);
      expect(replica.unknown === true && complete).toBe(false);
    },
);

const happened = fc
  .record({ key: replicaKey, kind: fc.constantFrom('files-arrived', 'files-gone'), picks: subset })
  .map(
    ({ key, kind, picks }): Command =>
      (draft, model) => {
        const name = joinKey(key.dataset, key.block, key.site);
        const replica = model.replicas.get(name);
        const all = [...(model.files.get(joinKey(key.dataset, key.block))?.values() ?? [])];
        if (replica === undefined || all.length === 0) return;
        const files = picks.map((pick) => all[pick % all.length] as FileRecord);
        draft.recordFact({ kind: kind as 'files-arrived' | 'files-gone', replica: key, files, evidence });
        if (replica.unknown === true) {
          if (kind === 'files-gone') return;
          replica.files.clear();
          delete replica.unknown;
        }
        for (const file of files) {
          if (kind === 'files-arrived') replica.files.add(file.id);
          else replica.files.delete(file.id);
        }
        if (kind === 'files-arrived' && replica.operation === 'copy' && replica.files.size === all.length) {
          replica.operation = 'none';
        }
      },
  );

const remove = replicaKey.map(
  (key): Command =>
    (draft, model) => {
      const name = joinKey(key.dataset, key.block, key.site);
      const replica = model.replicas.get(name);
      if (replica === undefined) return;
      draft.delete('blockReplica', name, reason);
      if (replica.operation !== 'delete') model.openedNow.add(name);
      replica.operation = 'delete';
    },
);

const cancel = replicaKey.map(
  (key): Command =>
    (draft, model) => {
      const name = joinKey(key.dataset, key.block, key.site);
      const replica = model.replicas.get(name);
      draft.cancelOperation(key, reason);
      if (replica === undefined) return;
      model.openedNow.delete(name);
      if (replica.operation === 'copy' && replica.unknown !== true && replica.files.size === 0)
        model.replicas.delete(name);
      else replica.operation = 'none';
    },
);

const gone = replicaKey.map(
  (key): Command =>
    (draft, model) => {
      if (!model.replicas.delete(joinKey(key.dataset, key.block, key.site))) return;
      draft.recordFact({ kind: 'replica-gone', replica: key, evidence });
    },
);

const lost = fc.record({ key: replicaKey, pick: fc.nat(7) }).map(
  ({ key, pick }): Command =>
    (draft, model) => {
      const blockKey = joinKey(key.dataset, key.block);
      const all = [...(model.files.get(blockKey)?.values() ?? [])];
      const file = all[pick % Math.max(1, all.length)];
      if (file === undefined || draft.addedFiles.has(file.id)) return;
      draft.recordFact({ kind: 'file-lost', file, evidence });
      model.files.get(blockKey)?.delete(file.id);
      for (const site of SITES) model.replicas.get(joinKey(blockKey, site))?.files.delete(file.id);
    },
);

const change = fc.record({ key: replicaKey, group: fc.option(fc.constantFrom(...GROUPS)), what: fc.nat(3) }).map(
  ({ key, group, what }): Command =>
    (draft) => {
      const site = draft.site(key.site)?.toRecord();
      const dataset = draft.dataset(key.dataset)?.toRecord();
      const replica = draft.record('blockReplica', joinKey(key.dataset, key.block, key.site));
      if (what === 0 && site !== undefined)
        draft.put('site', { ...site, storage: site.storage === 'disk' ? 'mss' : 'disk' });
      if (what === 1 && dataset !== undefined) {
        draft.put('dataset', { ...dataset, status: dataset.status === 'valid' ? 'invalid' : 'valid' });
      }
      if (what === 2 && replica !== null) draft.put('blockReplica', { ...replica, group });
      if (what === 3) {
        const condition = `blockreplica.owner == ${group ?? 'None'} and dataset.name == ${key.dataset}`;
        draft.put('partition', { name: 'moving' as PartitionName, condition });
      }
    },
);

const commands = fc.array(fc.oneof(addFile, addFile, openCopy, happened, remove, cancel, gone, lost, change), {
  minLength: 1,
  maxLength: 6,
});

async function prepared(): Promise<{ inventory: Inventory; model: Model }> {
  const inventory = await Inventory.open(memoryStore().inventory);
  await inventory.update(author, (draft) => {
    for (const name of GROUPS) draft.put('group', { name, level: 'block' });
    for (const name of SITES) {
      draft.put('site', {
        name,
        host: null,
        storage: 'disk',
        status: 'ready',
        backend: null,
        verified: true,
        pfn: {},
        lfn: {},
      });
    }
    draft.put('partition', { name: 'disk' as PartitionName, condition: 'site.storage_type == DISK' });
    draft.put('partition', { name: 'owned' as PartitionName, condition: 'blockreplica.owner != None' });
    draft.put('partition', {
      name: 'valid' as PartitionName,
      condition: 'dataset.status == VALID and site.name in [A B]',
    });
    draft.put('partition', { name: 'union' as PartitionName, parts: ['disk', 'owned'] as PartitionName[] });
    for (const dataset of DATASETS) {
      draft.put('dataset', {
        name: dataset,
        status: 'valid',
        dataType: null,
        softwareVersion: null,
        lastUpdate: 1,
        isOpen: true,
        attributes: {},
      });
      for (const name of BLOCKS) draft.put('block', { dataset, name, size: 0, files: 0, isOpen: true, lastUpdate: 1 });
    }
  });
  return { inventory, model: new Model() };
}

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
    fc.asyncProperty(fc.array(commands, { maxLength: 12 }), async (drafts) => {
      const { inventory, model } = await prepared();
      const kept: { view: InventoryView; records: Map<string, unknown> }[] = [];
      for (const draft of drafts) {
        const before = structuredClone(model);
        try {
          await inventory.update(author, (d) => {
            model.openedNow.clear();
            for (const command of draft) command(d, model);
          });
        } catch (error) {
          if (!isDynamoError(error, 'refused')) throw error;
          model.files.clear();
          model.replicas.clear();
          for (const [key, value] of before.files) model.files.set(key, value);
          for (const [key, value] of before.replicas) model.replicas.set(key, value);
        }
        const view = inventory.view();
        checkAgainst(view, model);
        kept.push({ view, records: allRecords(view) });
      }
      for (const { view, records } of kept) {
        expect(allRecords(view)).toEqual(records);
        view.close();
      }
      expect(inventory.openViews).toBe(0);
    }),
    { numRuns: 60 },
  );
});

it('is what its change sets say: replayed on an empty state they lead to it, inverted they lead back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { maxLength: 8 }), async (drafts) => {
      const { inventory, model } = await prepared();
      for (const draft of drafts) {
        const replayed = structuredClone(model);
        await inventory
          .update(author, (d) => {
            replayed.openedNow.clear();
            for (const command of draft) command(d, replayed);
          })
          .then(
            () => Object.assign(model, replayed),
            (error) => {
              if (!isDynamoError(error, 'refused')) throw error;
            },
          );
      }
      const log = inventory.changesSince(0 as never);
      if (log.kind !== 'changes') throw new Error('the log is too short for the test');
      const state = InventoryState.empty();
      for (const { changes } of log.changes) applyChangeSet(state, changes);
      const view = inventory.view();
      expectSame(view, state);
      expectSame(view, InventoryState.read(structuredClone(inventory.imageOf(view))));
      const replicas = state.blockReplicas.live;
      expect(replicas).toBe(model.replicas.size);
      for (const { changes } of [...log.changes].reverse()) applyChangeSet(state, invertChangeSet(changes));
      expect([state.datasets.live, state.blocks.live, state.blockReplicas.live]).toEqual([0, 0, 0]);
    }),
    { numRuns: 40 },
  );
});

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
