/** The composition root: everything is put together here, once; nothing else gets a container. */
import 'reflect-metadata';
import { type Clock, Inventory, Scheduler, SmallWriters, type Store } from '@dynamo/core';
import { container, type DependencyContainer, instanceCachingFactory } from 'tsyringe';
import type { Configuration } from '../configuration/configuration.ts';
import type { Application } from '../services/application.ts';
import { hostGuard } from '../services/guard.ts';
import { cachedFileCatalogue } from '../store/cached-file-catalogue.ts';
import { fileRowsOf } from '../store/file-rows.ts';
import { leadershipOf } from '../store/leadership.ts';
import { Closers } from './closers.ts';
import { openProducers } from './open-producers.ts';
import { openStore, type StoreAccess } from './open-store.ts';
import { tokens } from './tokens.ts';

export interface OpenApplicationOptions {
  /** `write` takes the writer's lease, or rejects with `unavailable` where another process holds it. */
  readonly access: StoreAccess;
  readonly clock: Clock;
  /** `worker` for a server, whose event loop must go on while the database works. */
  readonly thread?: 'same' | 'worker';
  /** Shown to whoever is refused the lease meanwhile. */
  readonly holder?: string;
  /** Told of what listeners of events throw. */
  readonly onListenerError?: (error: unknown, eventName: string) => void;
  /** Told why the warm-start file was of no use. */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Opens the store that the configuration names, and all that works on it. To be closed. */
export async function openApplication(
  configuration: Configuration,
  options: OpenApplicationOptions,
): Promise<Application> {
  const closers = new Closers();
  const close = (): Promise<void> => closers.closeAll();
  try {
    const registered = register(container.createChildContainer(), configuration, options, closers);
    return { ...(await resolveAll(registered)), notCommittable: [], [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function register(
  child: DependencyContainer,
  configuration: Configuration,
  { access, clock, thread, holder, onListenerError = () => {}, onWarning, signal }: OpenApplicationOptions,
  closers: Closers,
): DependencyContainer {
  child.register(tokens.configuration, { useValue: configuration });
  child.register(tokens.clock, { useValue: clock });
  child.register(tokens.store, {
    useFactory: instanceCachingFactory(async () => {
      const store = await openStore(configuration, {
        ...{ access, clock },
        ...(thread === undefined ? {} : { thread }),
        ...(holder === undefined ? {} : { holder }),
      });
      closers.add('the store', () => store.close());
      return store;
    }),
  });
  child.register(tokens.guard, {
    useFactory: instanceCachingFactory(async (c) => {
      const { inventory: store } = await c.resolve(tokens.store);
      return hostGuard(configuration.guard, store);
    }),
  });
  child.register(tokens.inventory, {
    useFactory: instanceCachingFactory(async (c) => {
      const { inventory: store } = await c.resolve(tokens.store);
      const guard = await c.resolve(tokens.guard);
      const { file } = configuration.warmStart;
      return Inventory.open(store, {
        ...{ clock, onListenerError, guardRules: guard.rules, deletionLimits: guard.limits },
        ...(file === null ? {} : { warmStartFile: file }),
        ...(onWarning === undefined ? {} : { onWarning }),
        ...(signal === undefined ? {} : { signal }),
      });
    }),
  });
  child.register(tokens.scheduler, {
    useFactory: instanceCachingFactory(() => {
      const scheduler = new Scheduler({ clock, onListenerError, ...configuration.scheduler });
      closers.add('the scheduler', () => scheduler.close());
      return scheduler;
    }),
  });
  child.register(tokens.producers, {
    useFactory: instanceCachingFactory(async (c) =>
      openProducers(configuration, { store: await c.resolve(tokens.store), ...(signal ? { signal } : {}) }),
    ),
  });
  return child;
}

async function resolveAll(
  child: DependencyContainer,
): Promise<Omit<Application, typeof Symbol.asyncDispose | 'notCommittable'>> {
  const inventory = await child.resolve(tokens.inventory);
  const configuration = child.resolve(tokens.configuration);
  return {
    configuration,
    clock: child.resolve(tokens.clock),
    ...withFileCache(await child.resolve(tokens.store), inventory, configuration),
    inventory,
    producers: await child.resolve(tokens.producers),
    limits: (await child.resolve(tokens.guard)).limits,
    leadership: leadershipOf(await child.resolve(tokens.store)),
    // Last, so that it is closed first: whatever runs on it ends while the rest is still there.
    ...withScheduler(child.resolve(tokens.scheduler), inventory),
  };
}

function withFileCache(
  store: Store,
  inventory: Inventory,
  { fileCache: { bytes } }: Configuration,
): Pick<Application, 'store' | 'fileCache'> {
  const rows = fileRowsOf(store);
  if (rows === null || bytes === 0) return { store };
  const fileCache = cachedFileCatalogue({ files: store.files, rows, inventory, maxBytes: bytes });
  return { store: { ...store, files: fileCache }, fileCache };
}

function withScheduler(scheduler: Scheduler, inventory: Inventory): Pick<Application, 'scheduler' | 'smallWriters'> {
  const task = { name: 'small writers', access: 'write' } as const;
  const smallWriters = new SmallWriters((writers) =>
    scheduler.run(task, ({ signal }) => inventory.updateAll(writers, { signal })),
  );
  return { scheduler, smallWriters };
}
