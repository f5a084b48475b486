import { type CheckedStore, checkStore } from './check-store.ts';
import type { MaintainedStore } from './maintenance.ts';
import { sqlAccessStore } from './sql-access-store.ts';
import { sqlAttributeStore } from './sql-attribute-store.ts';
import { sqlFileCatalogue } from './sql-file-catalogue.ts';
import { sqlFindingStore } from './sql-finding-store.ts';
import { sqlHistoryStore } from './sql-history-store.ts';
import { sqlInventoryStore } from './sql-inventory-store.ts';
import { sqlMaintenance } from './sql-maintenance.ts';
import { sqlOperationStore } from './sql-operation-store.ts';
import { sqlPlanStore } from './sql-plan-store.ts';
import { sqlRequestStore } from './sql-request-store.ts';
import type { SqlStoreBase } from './store-base.ts';
import { sqlCondition, type WatchedStore } from './store-condition.ts';

export function sqlStore(
  base: SqlStoreBase,
  close: () => Promise<void>,
): CheckedStore & MaintainedStore & WatchedStore {
  return {
    inventory: sqlInventoryStore(base),
    files: sqlFileCatalogue(base),
    operations: sqlOperationStore(base),
    requests: sqlRequestStore(base),
    history: sqlHistoryStore(base),
    findings: sqlFindingStore(base),
    accesses: sqlAccessStore(base),
    attributes: sqlAttributeStore(base),
    check: ({ signal } = {}) => base.attempt('check the store', () => checkStore(base.unhurried.read, signal)),
    maintenance: sqlMaintenance(base),
    plans: sqlPlanStore(base),
    condition: sqlCondition(base),
    close,
    [Symbol.asyncDispose]: close,
  };
}
