/** What the services work on. Each takes this first; none of them prints, reads the environment or ends the process. */
import type {
  ApplicationPool,
  AttributeProducer,
  Clock,
  Inventory,
  InventoryDraft,
  InventoryView,
  Scheduler,
  SmallWriters,
  Store,
  Updated,
} from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';
import type { CachedFileCatalogue } from '../store/cached-file-catalogue.ts';
import type { Leadership } from '../store/leadership.ts';
import type { HostGuard } from './guard.ts';

/** An inventory that may be planned on: a store's, or one that was read from a dump. */
export interface PlanningApplication {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly scheduler: Scheduler;
  readonly producers: readonly AttributeProducer[];
  /** What a commit may delete now; without it only the rules that no configuration changes hold. */
  readonly limits?: HostGuard['limits'];
  /** Where past cycles are; without it there were none. */
  readonly store?: Store;
  /** Where planners run, so that a server answers meanwhile; without it they run in the event loop. */
  readonly threads?: ApplicationPool;
  /** Why its plans may not be carried out; empty: they may. */
  readonly notCommittable: readonly string[];
}

export interface Application extends PlanningApplication, AsyncDisposable {
  readonly store: Store;
  /** Of a store that several servers may have open. */
  readonly leadership?: Leadership | null;
  /** Of those that come at once; without it each commits alone. */
  readonly smallWriters?: SmallWriters;
  /** In front of the store's files, which are these then. */
  readonly fileCache?: CachedFileCatalogue | null;
}

export interface ServiceOptions {
  readonly signal?: AbortSignal;
}

/** Whoever asks for a change: commits carry the name. */
export interface WritingOptions extends ServiceOptions {
  readonly user: string;
}

/** Lends a view when the scheduler has a place for a reader. */
export function readInventory<T>(
  { scheduler, inventory }: Pick<PlanningApplication, 'scheduler' | 'inventory'>,
  name: string,
  options: ServiceOptions,
  work: (view: InventoryView, signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  return scheduler.run({ name, access: 'read', signal: options.signal }, async ({ signal }) => {
    using view = inventory.view();
    return await work(view, signal);
  });
}

/** Lends a draft when it is this writer's turn, and commits it when `work` ends well. */
export function writeInventory<T>(
  { scheduler, inventory }: Pick<PlanningApplication, 'scheduler' | 'inventory'>,
  name: string,
  options: WritingOptions,
  work: (draft: InventoryDraft) => T | Promise<T>,
): Promise<Updated<T>> {
  return scheduler.run({ name, access: 'write', signal: options.signal }, ({ signal }) =>
    inventory.update({ application: name, user: options.user }, work, { signal }),
  );
}

/**
 * The same for what is small: writers that come while others commit share a transaction, each with a version and an answer
 * of its own. `work` may be called twice, and must change nothing but the draft.
 */
export function writeSmall<T>(
  application: Pick<Application, 'scheduler' | 'inventory' | 'smallWriters'>,
  name: string,
  options: WritingOptions,
  work: (draft: InventoryDraft) => T | Promise<T>,
): Promise<Updated<T>> {
  const { smallWriters } = application;
  if (smallWriters === undefined) return writeInventory(application, name, options, work);
  return smallWriters.update({ application: name, user: options.user }, work, { signal: options.signal });
}
