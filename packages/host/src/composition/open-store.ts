import { type Clock, memoryStore, type Store } from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';

/** Reading leaves the store as it is; writing takes the writer's lease first. */
export type StoreAccess = 'read' | 'write';

export interface OpenStoreOptions {
  readonly access: StoreAccess;
  readonly clock: Clock;
}

export async function openStore(_configuration: Configuration, _options: OpenStoreOptions): Promise<Store> {
  return memoryStore();
}
