import type { Clock, Store } from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';

/** Reading leaves the store as it is; writing takes the writer's lease first. */
export type StoreAccess = 'read' | 'write';

export interface OpenStoreOptions {
  readonly access: StoreAccess;
  readonly clock: Clock;
  /** `worker` for a server, whose event loop must go on while the database works; a command has no need of it. */
  readonly thread?: 'same' | 'worker';
  /** Shown to whoever is refused the lease meanwhile. */
  readonly holder?: string;
}

export async function openStore(configuration: Configuration, options: OpenStoreOptions): Promise<Store> {
  const { file } = configuration.database;
  return openSqliteStore({ file, thread: 'same', holder: 'dynamo', ...options });
}
