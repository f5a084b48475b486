import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinKey } from '../change-set/record-key.ts';
import { isDynamoError } from '../errors/dynamo-error.ts';
import type { GroupName, Lfn, PartitionName, SiteName } from '../model/names.ts';
import type { BlockReplicaRecord, PartitionRecord, SiteRecord } from '../model/records.ts';
import type { InventoryDraft } from './draft.ts';
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
import type { InventoryView } from './view.ts';

const NAMES = ['disk', 'owned', 'valid', 'union', 'moving', 'wide'] as PartitionName[];
const name = fc.constantFrom(...NAMES);
const condition = fc.constantFrom(
  'site.storage_type == DISK',
  'site.storage_type == MSS and blockreplica.owner == g',
  'blockreplica.owner == h',
  'dataset.status == VALID',
  'dataset.name == /a/b/C and site.name in [A B]',
  'site.status == READY',
);
const record: fc.Arbitrary<PartitionRecord> = fc.oneof(
  fc.record({ name, condition }),
  fc.record({ name, parts: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }) }),
);
/** Null: the partition of that name goes. */
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('put' as const), record }) },
  fc.record({ kind: fc.constant('delete' as const), name }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('commands' as const), commands }) },
  // So many that their marks take a second word.
  fc.record({ kind: fc.constant('many' as const) }),
);
type Step =
  | { readonly kind: 'many' }
  | { readonly kind: 'put'; readonly record: PartitionRecord }
  | { readonly kind: 'delete'; readonly name: PartitionName }
  | { readonly kind: 'commands'; readonly commands: readonly Command[] };

it('is what a load of the same records comes to, however partitions come, change and go', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20, size: 'max' }), async (steps) => {
      const { inventory, model, store } = await prepared();
      await inventory.update(author, (draft) => fill(draft, model));
      for (const each of steps as Step[]) {
        const changed = structuredClone(model);
        try {
          await inventory.update(author, (draft) => {
            changed.openedNow.clear();
            if (each.kind === 'commands') for (const command of each.commands) command(draft, changed);
            else change(draft, each);
          });
          Object.assign(model, changed);
        } catch (error) {
          // What is in use, or would be a part of itself; what the guard forbids.
          if (!isDynamoError(error)) throw error;
        }
      }
      const loaded = await Inventory.open(store.inventory);
      using kept = inventory.view();
      using anew = loaded.view();
      expect(membersOf(kept)).toEqual(membersOf(anew));
    }),
    { numRuns: 150 },
  );
});

/** Every block everywhere, on tape at one site, of three owners; one replica of each block is leaving. Unions of unions. */
function fill(draft: InventoryDraft, model: Model): void {
  const tape = draft.site(SITES[1] as SiteName)?.toRecord() as SiteRecord;
  draft.put('site', { ...tape, storage: 'mss' });
  for (const dataset of DATASETS) {
    for (const block of BLOCKS) {
      const lfn = `/store/membership/${dataset}/${block}` as Lfn;
      const file = draft.addFile({ dataset, block, lfn, size: 1000, checksums: {}, presentAt: SITES });
      model.files.set(joinKey(dataset, block), new Map([[file.id, file]]));
      for (const [i, site] of SITES.entries()) {
        const key = joinKey(dataset, block, site);
        const replica = draft.record('blockReplica', key) as BlockReplicaRecord;
        draft.put('blockReplica', { ...replica, group: ([null, 'g', 'h', 'h'] as GroupName[])[i] ?? null });
        const isLeaving = i === 3;
        if (isLeaving) draft.delete('blockReplica', key, { source: 'operator', text: 'test' });
        model.replicas.set(key, { files: new Set([file.id]), operation: isLeaving ? 'delete' : 'none' });
      }
    }
  }
  draft.put('partition', { name: 'moving' as PartitionName, parts: ['union'] as PartitionName[] });
  draft.put('partition', { name: 'wide' as PartitionName, parts: ['moving', 'valid'] as PartitionName[] });
}

function change(draft: InventoryDraft, each: Exclude<Step, { readonly kind: 'commands' }>): void {
  if (each.kind === 'put') draft.put('partition', each.record);
  else if (each.kind === 'delete') draft.delete('partition', each.name, { source: 'operator', text: 'test' });
  else {
    for (let i = 0; i < 30; i++) {
      draft.put('partition', { name: `many${i}` as PartitionName, condition: 'blockreplica.owner == g' });
    }
    draft.put('partition', { name: 'wide' as PartitionName, parts: ['many29', 'disk'] as PartitionName[] });
  }
}

/** By partition: who is in it, and what that comes to at each site. */
function membersOf(view: InventoryView): unknown {
  const { blockReplicas, partitions, blocks, sites, datasets } = view.tables;
  const result: Record<string, unknown> = {};
  for (const { name } of view.partitions()) {
    const row = partitions.find(name);
    const members: string[] = [];
    for (let replica = 0; replica < blockReplicas.rows; replica++) {
      if (!blockReplicas.isLive(replica) || !blockReplicas.isIn(replica, row)) continue;
      const block = blockReplicas.block.get(replica);
      const dataset = datasets.name.get(blocks.dataset.get(block));
      members.push(`${dataset} ${blocks.name(block)} ${sites.get(blockReplicas.site.get(replica))?.name}`);
    }
    const usages = [...view.sites()].map((site) => site.usage(name));
    result[name] = { members: members.sort(), usages };
  }
  return result;
}
