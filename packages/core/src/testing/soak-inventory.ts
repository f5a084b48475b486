/**
 * Many random commands against the inventory and a naive model, with many views held open over them: each view must show
 * what the model was when it was opened. Used by a test in a short form and by `npm run soak` in a long one.
 */
import { joinKey } from '../change-set/record-key.ts';
import type { RandomSource } from '../clock/random-source.ts';
import { assert } from '../errors/assert.ts';
import type { InventoryDraft } from '../inventory/draft.ts';
import { Inventory } from '../inventory/inventory.ts';
import type { InventoryView } from '../inventory/view.ts';
import { memoryStore } from '../memory/memory-store.ts';
import type { BlockName, DatasetName, GroupName, PartitionName, SiteName } from '../model/names.ts';
import type { BlockReplicaKey } from '../model/records.ts';

export interface SoakOptions {
  readonly random: RandomSource;
  readonly commands: number;
  /** Views that are open at a time. */
  readonly views: number;
  readonly onProgress?: (commands: number) => void;
}

export interface SoakResult {
  readonly commits: number;
  readonly viewsChecked: number;
  readonly replicas: number;
}

const SITES = Array.from({ length: 20 }, (_, i) => `T2_${i}` as SiteName);
const DATASETS = Array.from({ length: 60 }, (_, i) => `/Primary${i}/Era-v1/AOD` as DatasetName);
const BLOCKS = Array.from(
  { length: 12 },
  (_, i) => `${String(i).padStart(8, '0')}-36fa-11e8-a5e2-ac1f6b05e848` as BlockName,
);
const GROUPS = ['a', 'b'] as GroupName[];
const BLOCK_BYTES = 1000;
const COMMANDS_A_COMMIT = 100;
const SAMPLE = 50;
const author = { application: 'soak', user: 'test' };
const evidence = { kind: 'declared', by: 'test', reason: 'soak' } as const;

/** The model: who owns each replica, by its key. */
type Model = Map<string, GroupName | null>;

interface HeldView {
  readonly view: InventoryView;
  readonly bytesBySite: ReadonlyMap<string, number>;
  readonly owned: number;
  readonly sample: readonly (readonly [BlockReplicaKey, GroupName | null | undefined])[];
}

/** Throws at the first disagreement. */
export async function soakInventory({ random, commands, views, onProgress }: SoakOptions): Promise<SoakResult> {
  // Views may be held for as long as it goes on: none is to be ended for what it keeps.
  const limits = { historyLimit: 10, pinnedLimitBytes: Number.MAX_SAFE_INTEGER };
  const inventory = await Inventory.open(memoryStore({ logLimit: 10 }).inventory, limits);
  const model: Model = new Map();
  const held: HeldView[] = [];
  let viewsChecked = 0;
  await inventory.update(author, prepare);
  for (let done = 0; done < commands; done += COMMANDS_A_COMMIT) {
    await inventory.update(author, (draft) => {
      for (let i = 0; i < COMMANDS_A_COMMIT; i++) command(draft, model, random);
    });
    if (random.nextInt(50) === 0) await inventory.putInOrder();
    if (random.nextInt(4) === 0) held.push(hold(inventory.view(), model, random));
    while (held.length > views) {
      viewsChecked += 1;
      check(held.splice(random.nextInt(held.length), 1)[0] as HeldView);
    }
    onProgress?.(done + COMMANDS_A_COMMIT);
  }
  held.push(hold(inventory.view(), model, random));
  for (const each of held) check(each);
  assert(inventory.openViews === 0, 'every view was closed');
  return { commits: inventory.version, viewsChecked: viewsChecked + held.length, replicas: model.size };
}

function prepare(draft: InventoryDraft): void {
  for (const name of GROUPS) draft.put('group', { name, level: 'block' });
  const place = {
    host: null,
    storage: 'disk',
    status: 'ready',
    backend: null,
    verified: true,
    pfn: {},
    lfn: {},
  } as const;
  for (const name of SITES) draft.put('site', { name, ...place });
  draft.put('partition', { name: 'owned' as PartitionName, condition: 'blockreplica.owner != None' });
  draft.put('partition', { name: 'all' as PartitionName, condition: 'site.storage_type == DISK' });
  for (const name of DATASETS) {
    const rest = { dataType: null, softwareVersion: null, lastUpdate: 1, isOpen: false, attributes: {} };
    draft.put('dataset', { name, status: 'valid', ...rest });
    for (const block of BLOCKS) {
      draft.put('block', { dataset: name, name: block, size: BLOCK_BYTES, files: 1, isOpen: false, lastUpdate: 1 });
    }
  }
}

function command(draft: InventoryDraft, model: Model, random: RandomSource): void {
  const key = randomKey(random);
  const name = joinKey(key.dataset, key.block, key.site);
  if (model.has(name) && random.nextInt(2) === 0) {
    draft.recordFact({ kind: 'replica-gone', replica: key, evidence });
    model.delete(name);
    return;
  }
  const group = random.nextInt(3) === 0 ? null : (GROUPS[random.nextInt(2)] as GroupName);
  const rest = { custodial: false, lastUpdate: random.nextInt(1000), operation: 'none', partial: null } as const;
  draft.put('blockReplica', { ...key, group, ...rest });
  model.set(name, group);
}

function hold(view: InventoryView, model: Model, random: RandomSource): HeldView {
  const bytesBySite = new Map<string, number>(SITES.map((site) => [site, 0]));
  let owned = 0;
  for (const [name, group] of model) {
    const site = name.slice(name.lastIndexOf('\t') + 1);
    bytesBySite.set(site, (bytesBySite.get(site) as number) + BLOCK_BYTES);
    if (group !== null) owned += 1;
  }
  const sample = Array.from({ length: SAMPLE }, () => {
    const key = randomKey(random);
    return [key, model.get(joinKey(key.dataset, key.block, key.site))] as const;
  });
  return { view, bytesBySite, owned, sample };
}

function check({ view, bytesBySite, owned, sample }: HeldView): void {
  let ownedBytes = 0;
  for (const site of view.sites()) {
    assert(site.usage('all').physical === bytesBySite.get(site.name), `bytes at ${site.name}, version ${view.version}`);
    ownedBytes += site.usage('owned').physical;
  }
  assert(ownedBytes === owned * BLOCK_BYTES, `bytes of owned replicas, version ${view.version}`);
  for (const [key, group] of sample) {
    const replica = view.dataset(key.dataset)?.block(key.block)?.replica(key.site);
    assert(replica?.group === group, `owner of a replica, version ${view.version}`);
  }
  let replicas = 0;
  for (const dataset of view.datasets()) {
    for (const block of dataset.blocks()) {
      replicas += block.completeCopies;
      assert([...block.replicas()].length === block.completeCopies, `copies of a block, version ${view.version}`);
    }
  }
  assert(replicas * BLOCK_BYTES === [...bytesBySite.values()].reduce((a, b) => a + b, 0), 'number of replicas');
  view.close();
}

function randomKey(random: RandomSource): BlockReplicaKey {
  return {
    dataset: DATASETS[random.nextInt(DATASETS.length)] as DatasetName,
    block: BLOCKS[random.nextInt(BLOCKS.length)] as BlockName,
    site: SITES[random.nextInt(SITES.length)] as SiteName,
  };
}
