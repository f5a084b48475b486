import { assert } from '../errors/assert.ts';
import type { RequestStore } from '../seams/request-store.ts';
import type { Store } from '../seams/store.ts';
import { memoryAccessStore } from './memory-access-store.ts';
import { memoryFileCatalogue } from './memory-file-catalogue.ts';
import { memoryHistoryStore } from './memory-history-store.ts';
import { memoryInventoryStore } from './memory-inventory-store.ts';
import { memoryOperationStore } from './memory-operation-store.ts';
import { memoryPlanStore } from './memory-plan-store.ts';
import { emptyMemoryState, type MemoryState } from './memory-state.ts';

export interface MemoryStoreOptions {
  /** Commits that the log keeps for followers. */
  readonly logLimit?: number;
}

/** A store for tests and for embedding without a database: everything is in memory, and gone with the process. */
export function memoryStore({ logLimit = 1000 }: MemoryStoreOptions = {}): Store {
  assert(Number.isInteger(logLimit) && logLimit >= 1, 'logLimit is an integer of at least 1');
  const state = emptyMemoryState();
  const close = async (): Promise<void> => {
    state.closed = true;
  };
  return {
    inventory: memoryInventoryStore(state, logLimit),
    files: memoryFileCatalogue(state),
    operations: memoryOperationStore(state),
    requests: memoryRequestStore(state),
    history: memoryHistoryStore(state),
    findings: {
      load: async (site) => state.findings.get(site) ?? [],
      save: async (site, findings) => {
        state.findings.set(site, [...findings]);
      },
    },
    accesses: memoryAccessStore(state),
    attributes: {
      read: async (variable) => state.attributes.get(variable) ?? null,
      put: async (variable, { values, time }) => {
        state.attributes.set(variable, { values: new Map(values), time });
      },
    },
    plans: memoryPlanStore(state),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function memoryRequestStore({ requests }: MemoryState): RequestStore {
  return {
    async list({ state, kind, user, after, limit } = {}) {
      return [...requests.values()]
        .filter((request) => state === undefined || request.state === state)
        .filter((request) => kind === undefined || request.kind === kind)
        .filter((request) => user === undefined || request.user === user)
        .filter((request) => after === undefined || request.id > after)
        .sort((a, b) => a.id - b.id)
        .slice(0, limit);
    },
    get: async (id) => requests.get(id) ?? null,
  };
}
