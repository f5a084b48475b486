/** The server that the REST suite asks: dataset replicas at one of its sites, in memory, in a process of its own. */
import { Inventory, memoryStore, Scheduler, systemClock } from '@dynamo/core';
import { defaultConfiguration } from '../../packages/host/src/configuration/read-configuration.ts';
import { startRestServer } from '../../packages/host/src/rest/rest-server.ts';
import { createLog } from '../../packages/host/src/server/create-log.ts';
import { BENCH_AUTHOR } from './bench-row.ts';

export const BENCH_TOKEN = 'bench-token-0123456789-abcdefghijkl';
export const BENCH_SITES = 50;

export interface ServerUsage {
  readonly rss: number;
  readonly cpuMs: number;
}

/** Tells its parent the port, and after that what it has used whenever it is asked. */
async function serve(replicas: number): Promise<void> {
  const store = memoryStore();
  const inventory = await Inventory.open(store.inventory);
  await fill(inventory, replicas);
  const scheduler = new Scheduler({ clock: systemClock, onListenerError: () => {} });
  const application = {
    ...{ configuration: defaultConfiguration('.'), clock: systemClock, store, inventory, scheduler },
    ...{ producers: [], notCommittable: [], [Symbol.asyncDispose]: async () => {} },
  };
  const { port } = await startRestServer(application, {
    host: '127.0.0.1',
    port: 0,
    token: BENCH_TOKEN,
    log: createLog({ level: 'silent', file: null }),
    health: () => {
      throw new Error('nobody asks');
    },
  });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 } satisfies ServerUsage);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port });
}

async function fill(inventory: Inventory, replicas: number): Promise<void> {
  await inventory.update(BENCH_AUTHOR, (draft) => {
    for (let i = 0; i < BENCH_SITES; i += 1) {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true } as const;
      draft.put('site', { name: `T${i}` as never, ...rest, pfn: {}, lfn: {} });
    }
    for (let i = 0; i < replicas; i += 1) {
      const dataset = `/Primary/Era-v${i}/AOD` as never;
      const block = `4dbe0c6-36fa-11e8-a5e2-${String(i).padStart(12, '0')}` as never;
      const [site, lastUpdate] = ['T0' as never, 1_700_000_000];
      const rest = { dataType: null, softwareVersion: null, isOpen: false, attributes: {} };
      draft.put('dataset', { name: dataset, status: 'valid', lastUpdate, ...rest });
      draft.put('block', { dataset, name: block, size: 1e9, files: 2, isOpen: false, lastUpdate });
      draft.put('datasetReplica', { dataset, site, group: null, growing: false });
      const held = { custodial: false, operation: 'none', partial: null } as const;
      draft.put('blockReplica', { dataset, block, site, group: null, lastUpdate, ...held });
    }
  });
}

if (process.argv[1] === import.meta.filename) await serve(Number(process.argv[2]));
