import type { Store } from '@dynamo/core';
import {
  fileCatalogueContract,
  inventoryStoreContract,
  operationStoreContract,
  planStoreContract,
  recordStoresContract,
  reportStoresContract,
} from '@dynamo/core/testing';
import { describe, it } from 'vitest';
import { makeStoreDirectory } from '../fixtures/store-directory.ts';

const contracts = {
  'inventory store': inventoryStoreContract,
  'file catalogue': fileCatalogueContract,
  'operation store': operationStoreContract,
  'stores of requests, history and findings': recordStoresContract,
  'stores of reports': reportStoresContract,
  'store of plans': planStoreContract,
};

/** The directory goes when the store is closed. */
async function makeStore(thread: 'same' | 'worker'): Promise<Store> {
  const directory = await makeStoreDirectory();
  const store = await directory.open({ thread });
  return {
    ...store,
    async close() {
      await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

describe('the SQLite store, in this thread', () => {
  for (const [seam, contract] of Object.entries(contracts)) {
    describe(`as ${seam}`, () => {
      for (const { name, run } of contract(() => makeStore('same'))) it(name, run);
    });
  }
});

// What differs is the way to the database: the suites that stream and that fail on purpose go all of it.
describe('the SQLite store, in worker threads', () => {
  for (const { name, run } of inventoryStoreContract(() => makeStore('worker'))) it(name, run);
  for (const { name, run } of fileCatalogueContract(() => makeStore('worker'))) it(name, run);
});
