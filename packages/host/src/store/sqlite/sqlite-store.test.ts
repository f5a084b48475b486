import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Store, systemClock } from '@dynamo/core';
import {
  fileCatalogueContract,
  inventoryStoreContract,
  operationStoreContract,
  recordStoresContract,
} from '@dynamo/core/testing';
import { describe, it } from 'vitest';
import { openSqliteStore } from './open-sqlite-store.ts';

const contracts = {
  'inventory store': inventoryStoreContract,
  'file catalogue': fileCatalogueContract,
  'operation store': operationStoreContract,
  'stores of requests, history and findings': recordStoresContract,
};

/** In a directory of its own, which goes when the store is closed. */
async function makeStore(thread: 'same' | 'worker'): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'dynamo-store-'));
  const file = join(directory, 'dynamo.sqlite');
  const store = await openSqliteStore({ file, access: 'write', thread, holder: 'test', clock: systemClock });
  return {
    ...store,
    async close() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

for (const thread of ['same', 'worker'] as const) {
  describe(`the SQLite store, ${thread === 'same' ? 'in this thread' : 'in worker threads'}`, () => {
    for (const [seam, contract] of Object.entries(contracts)) {
      describe(`as ${seam}`, () => {
        for (const { name, run } of contract(() => makeStore(thread))) it(name, run);
      });
    }
  });
}
