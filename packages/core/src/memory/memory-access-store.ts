import { joinKey } from '../change-set/record-key.ts';
import type { AccessStore } from '../seams/access-store.ts';
import type { MemoryState } from './memory-state.ts';

export function memoryAccessStore({ accesses }: MemoryState): AccessStore {
  return {
    async put(records) {
      for (const record of records) accesses.set(joinKey(record.dataset, record.site, String(record.day)), record);
    },
    async *read({ fromDay }) {
      yield [...accesses.values()].filter(({ day }) => day >= fromDay);
    },
    async purge(before) {
      const old = [...accesses].filter(([, { day }]) => day < before);
      for (const [key] of old) accesses.delete(key);
      return old.length;
    },
  };
}
