import type { AccessStore } from './access-store.ts';
import type { AttributeStore } from './attribute-store.ts';
import type { FileCatalogue } from './file-catalogue.ts';
import type { FindingStore } from './finding-store.ts';
import type { HistoryStore } from './history-store.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { OperationStore } from './operation-store.ts';
import type { PlanStore } from './plan-store.ts';
import type { RequestStore } from './request-store.ts';

/** One system of record, seam by seam: a database, or the one in memory. */
export interface Store extends AsyncDisposable {
  readonly inventory: InventoryStore;
  readonly files: FileCatalogue;
  readonly operations: OperationStore;
  readonly requests: RequestStore;
  readonly history: HistoryStore;
  readonly findings: FindingStore;
  readonly accesses: AccessStore;
  readonly attributes: AttributeStore;
  readonly plans: PlanStore;
  close(): Promise<void>;
}
