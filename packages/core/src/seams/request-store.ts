import type { RequestRecord, RequestState } from '../model/request.ts';

export interface RequestFilter {
  readonly state?: RequestState;
  readonly kind?: RequestRecord['kind'];
  readonly user?: string;
  /** Only those with a greater number: the next page. */
  readonly after?: number;
  readonly limit?: number;
}

/** What people asked for. Requests are made and moved on by `InventoryStore.commit` alone. */
export interface RequestStore {
  /** Ascending by number. */
  list(filter?: RequestFilter): Promise<readonly RequestRecord[]>;
  get(id: number): Promise<RequestRecord | null>;
}
