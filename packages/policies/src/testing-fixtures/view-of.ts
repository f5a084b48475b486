import {
  DynamoError,
  dumpFile,
  Inventory,
  type InventoryRecord,
  type InventoryStore,
  type InventoryView,
  readDump,
  type StoreHead,
  type Version,
} from '@dynamo/core';

const HEAD: StoreHead = {
  version: 1 as Version,
  counters: { nextFile: 1, nextOperation: 1, nextLock: 1, nextRequest: 1 },
};

/** A view of an inventory that holds these records, each after those it refers to. */
export async function viewOf(records: readonly InventoryRecord[], head: StoreHead = HEAD): Promise<InventoryView> {
  return viewOfBatches(
    (async function* () {
      yield records;
    })(),
    head,
  );
}

async function viewOfBatches(
  records: AsyncIterable<readonly InventoryRecord[]>,
  head: StoreHead = HEAD,
): Promise<InventoryView> {
  const refuse = (): Promise<never> => Promise.reject(new DynamoError('refused', 'this store is for reading only'));
  const store: InventoryStore = {
    load: async () => ({ head, commit: null, records }),
    commit: refuse,
    follow: refuse,
    baseline: refuse,
  };
  return (await Inventory.open(store)).view();
}

export async function viewOfDump(path: string): Promise<InventoryView> {
  const { head, records } = await readDump(dumpFile(path), { file: path });
  return viewOfBatches(records, head);
}
