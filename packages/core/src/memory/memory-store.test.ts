import { describe, expect, it } from 'vitest';
import type { Version } from '../seams/commit.ts';
import { commitOn } from '../testing/commits.ts';
import { fileCatalogueContract } from '../testing/file-catalogue-contract.ts';
import { inventoryStoreContract } from '../testing/inventory-store-contract.ts';
import { operationStoreContract } from '../testing/operation-store-contract.ts';
import { planStoreContract } from '../testing/plan-store-contract.ts';
import { recordStoresContract } from '../testing/record-stores-contract.ts';
import { reportStoresContract } from '../testing/report-stores-contract.ts';
import { memoryStore } from './memory-store.ts';

const contracts = {
  'inventory store': inventoryStoreContract,
  'file catalogue': fileCatalogueContract,
  'operation store': operationStoreContract,
  'stores of requests, history and findings': recordStoresContract,
  'stores of reports': reportStoresContract,
  'store of plans': planStoreContract,
};

describe('the store in memory', () => {
  for (const [seam, contract] of Object.entries(contracts)) {
    describe(`as ${seam}`, () => {
      for (const { name, run } of contract(async () => memoryStore())) it(name, run);
    });
  }

  it('keeps a bounded log, and says where it begins', async () => {
    const { inventory } = memoryStore({ logLimit: 2 });
    for (let base = 0; base < 5; base += 1) await inventory.commit(commitOn(base));
    expect(await inventory.follow(2 as Version)).toEqual({ kind: 'too-old', oldest: 4 });
    expect((await inventory.follow(3 as Version)).kind).toBe('changes');
  });

  it('takes no commit once closed', async () => {
    const store = memoryStore();
    await store.close();
    await expect(store.inventory.commit(commitOn(0))).rejects.toMatchObject({ code: 'closed' });
  });
});
