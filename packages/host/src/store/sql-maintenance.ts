import { forget } from './forget.ts';
import type { StoreMaintenance } from './maintenance.ts';
import type { SqlStoreBase } from './store-base.ts';

export function sqlMaintenance({ unhurried, epoch, attempt }: SqlStoreBase): StoreMaintenance {
  return {
    forget: (before, { signal } = {}) =>
      attempt('compact the store', () => forget(unhurried.write, before, { epoch: epoch(), signal })),
  };
}
