import { type BlockReplicaKey, dumpOf, Inventory, joinKey, memoryStore, type Store } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { dumpInventory } from './dump-inventory.ts';
import { loadDump } from './load-dump.ts';

const DATASET = '/A/B-v1/AOD';
const BASE = [
  { type: 'dump', format: 1, version: 5 },
  { type: 'site', name: 'T1_A', storage: 'disk', status: 'ready' },
  { type: 'site', name: 'T2_B', storage: 'disk', status: 'ready' },
  { type: 'dataset', name: DATASET, status: 'valid', last_update: 1, is_open: false },
  ...['one', 'two'].map((name) => ({
    ...{ type: 'block', dataset: DATASET, name, size: 10, files: 1, is_open: false, last_update: 1 },
  })),
  { type: 'file', dataset: DATASET, block: 'one', lfn: '/store/1.root', size: 10 },
  { type: 'file', dataset: DATASET, block: 'two', lfn: '/store/2.root', size: 10 },
  { type: 'dataset_replica', dataset: DATASET, site: 'T1_A' },
  { type: 'dataset_replica', dataset: DATASET, site: 'T2_B' },
  ...['one', 'two'].flatMap((block) =>
    ['T1_A', 'T2_B'].map((site) => ({ type: 'block_replica', dataset: DATASET, block, site, last_update: 1 })),
  ),
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

const AUTHOR = { application: 'test', user: 'test' };
const BECAUSE = { source: 'operator', text: 'deleted by test' };
const replica = (block: string): string => joinKey(DATASET, block, 'T2_B');

async function textOf(application: { readonly inventory: Inventory; readonly store: Store }): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of dumpInventory(application)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function loadedStore(): Promise<Store> {
  const store = memoryStore();
  await loadDump(store, dumpOf(BASE), { file: 'base' });
  return store;
}

describe('a dump', () => {
  it('of what was loaded is what was loaded', async () => {
    const store = await loadedStore();
    expect(await textOf({ inventory: await Inventory.open(store.inventory), store })).toBe(BASE);
  });

  it('keeps open operations, and loads with them', async () => {
    const store = await loadedStore();
    const inventory = await Inventory.open(store.inventory);
    await inventory.update(AUTHOR, (draft) => draft.delete('blockReplica', replica('one'), BECAUSE));
    const text = await textOf({ inventory, store });
    const copy = memoryStore();
    await loadDump(copy, dumpOf(text), { file: 'copy' });
    expect(await copy.operations.list()).toMatchObject([{ target: { kind: 'delete', block: 'one' }, reason: BECAUSE }]);
    expect(await textOf({ inventory: await Inventory.open(copy.inventory), store: copy })).toBe(text);
  });

  it('is of one version, though another process goes on meanwhile', async () => {
    const store = await loadedStore();
    const other = await Inventory.open(store.inventory);
    await other.update(AUTHOR, (draft) => draft.delete('blockReplica', replica('one'), BECAUSE));
    const inventory = await Inventory.open(store.inventory);
    const key = { dataset: DATASET, block: 'one', site: 'T2_B' } as BlockReplicaKey;
    await other.update(AUTHOR, (draft) => draft.cancelOperation(key, BECAUSE));
    await other.update(AUTHOR, (draft) => draft.delete('blockReplica', replica('two'), BECAUSE));
    const copy = memoryStore();
    expect(await loadDump(copy, dumpOf(await textOf({ inventory, store })), { file: 'copy' })).toMatchObject({
      version: 6,
    });
    // What was closed since is there, though the store has forgotten why.
    expect((await copy.operations.list()).map(({ target }) => target)).toEqual([{ kind: 'delete', ...key }]);
  });
});

describe('a store that is not empty', () => {
  it('takes no dump, and says what it has', async () => {
    const store = await loadedStore();
    await expect(loadDump(store, dumpOf(BASE), { file: 'again' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^again: .* at version 5/),
    });
  });

  it('is one that took a dump without a header, too', async () => {
    const store = memoryStore();
    const text = BASE.slice(BASE.indexOf('\n') + 1);
    expect(await loadDump(store, dumpOf(text), { file: 'first' })).toEqual({ version: 1, lines: 13, files: 2 });
    await expect(loadDump(store, dumpOf(text), { file: 'again' })).rejects.toMatchObject({ code: 'conflict' });
  });
});
