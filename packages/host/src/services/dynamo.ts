/** What the command line may ask for, of the local store or of a server: the same questions, the same answers. */
import type { DeletionSummary, InjectionSummary, RequestFilter, RequestRecord } from '@dynamo/core';
import type { ConsistencyReport } from './consistency.ts';
import type { Applied, DocumentText } from './inject.ts';
import type { NewCopyRequest } from './requests.ts';
import type { StatusReport } from './status.ts';

export interface Dynamo {
  status(): Promise<StatusReport>;
  /** Puts what the document describes into the inventory: all of it, or nothing and the path of its fault. */
  inject(document: DocumentText): Promise<Applied<InjectionSummary>>;
  /** Orders the deletion of what the document names, likewise. */
  delete(document: DocumentText): Promise<Applied<DeletionSummary>>;
  checkConsistency(site: string, options: { readonly act: boolean }): Promise<ConsistencyReport>;
  requestCopy(wanted: NewCopyRequest): Promise<RequestRecord>;
  listRequests(filter: RequestFilter): Promise<readonly RequestRecord[]>;
  cancelRequest(id: number): Promise<RequestRecord>;
}
