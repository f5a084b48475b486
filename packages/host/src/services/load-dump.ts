import { type DumpSource, DynamoError, type InventoryRecord, readDump, type Store, type Version } from '@dynamo/core';
import type { ServiceOptions } from './application.ts';
import { storeVersion } from './store-version.ts';

export interface LoadOptions extends ServiceOptions {
  /** What messages call the dump. */
  readonly file: string;
  /** It is a backup: what was done on storage since is not known, and no site's copies count until it was checked. */
  readonly restore?: boolean;
}

export interface LoadedDump {
  /** What the store has now. */
  readonly version: Version;
  readonly lines: number;
  readonly files: number;
}

/**
 * Fills an empty store with a dump: all of it, or nothing and the line of its fault. An inventory that was opened on the
 * store before does not see it. Rejects with `conflict` where the store is not empty.
 */
export async function loadDump(
  store: Pick<Store, 'inventory'>,
  source: DumpSource,
  { file, restore = false, signal }: LoadOptions,
): Promise<LoadedDump> {
  const present = await storeVersion(store);
  if (present !== 0) {
    throw new DynamoError(
      'conflict',
      `${file}: a dump is loaded into an empty store only, and this one is at version ${present}: ` +
        'configure another database, or bring single datasets in with an injection document',
      { data: { version: present } },
    );
  }
  const { head, lines, files, operations, rules, records } = await readDump(source, { file, signal });
  // Version 0 is that of an empty store; a dump without a header has it too.
  const version = Math.max(1, head.version) as Version;
  await store.inventory.baseline({ ...head, version }, restore ? unverified(records) : records, {
    operations,
    requests: rules,
    ...(signal === undefined ? {} : { signal }),
  });
  return { version, lines, files };
}

async function* unverified(
  records: AsyncIterable<readonly InventoryRecord[]>,
): AsyncGenerator<readonly InventoryRecord[]> {
  for await (const batch of records) {
    yield batch.map((item) =>
      item.entity === 'site' ? { entity: 'site', record: { ...item.record, verified: false } } : item,
    );
  }
}
