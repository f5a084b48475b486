/** Small writers, one after the other or so many at a time: each its own transaction, or those that wait in one. */
import { Inventory, type InventoryDraft, type LockRecord, SmallWriters, type Store } from '@dynamo/core';
import { BENCH_AUTHOR, type BenchRow } from './bench-row.ts';
import { figure } from './store-figure.ts';

const WRITERS = [1, 8, 64];
/** Of each: as a lock that somebody adds. */
const COMMITS = 512;

export async function measureWriters(
  name: string,
  store: Store,
  quick: boolean,
  report: (row: BenchRow) => void,
): Promise<void> {
  const inventory = await Inventory.open(store.inventory);
  const small = new SmallWriters((writers) => inventory.updateAll(writers));
  const ways = {
    'each its own': () => inventory.update(BENCH_AUTHOR, addLock),
    together: () => small.update(BENCH_AUTHOR, addLock),
  };
  for (const writers of WRITERS) {
    for (const [way, commit] of Object.entries(ways)) {
      let left = quick ? 64 : COMMITS;
      const total = left;
      const write = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          await commit();
        }
      };
      const began = performance.now();
      await Promise.all(Array.from({ length: writers }, write));
      const value = total / ((performance.now() - began) / 1000);
      report({ ...figure(`${name}: commits, ${writers} writers, ${way}`, value, '1/s', null), better: 'more' });
    }
  }
}

function addLock(draft: InventoryDraft): void {
  const rest = { site: null, group: null, block: null, expires: null, owner: 'bench', comment: null };
  draft.put('lock', { id: draft.nextLockId(), dataset: '/A/*', ...rest } as LockRecord);
}
