/** What a store may forget. */
import type { Store } from '@dynamo/core';

/** Seconds since 1970: what is older goes. */
export interface ForgetBefore {
  /** The log of commits: earlier versions can no longer be seen, and who followed from there loads anew. */
  readonly log: number;
  /** Operations that have ended, with their attempts. */
  readonly operations: number;
  /** Past cycles. */
  readonly history: number;
}

export interface Forgotten {
  readonly versions: number;
  readonly operations: number;
  readonly cycles: number;
  /** Files, blocks and datasets that only versions had that the log no longer has. */
  readonly rows: number;
  /** The first version that the log still has. */
  readonly logStart: number;
}

export interface StoreMaintenance {
  /** Removes a piece at a time; stopped in the middle, it has removed some, and goes on the next time. */
  forget(before: ForgetBefore, options?: { readonly signal?: AbortSignal }): Promise<Forgotten>;
}

/** A store in a database. */
export interface MaintainedStore extends Store {
  readonly maintenance: StoreMaintenance;
}

/** Null for a store that needs none. */
export function maintenanceOf(store: Store): StoreMaintenance | null {
  return 'maintenance' in store ? (store as MaintainedStore).maintenance : null;
}
