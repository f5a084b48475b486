/** What the command line may ask for, of the local store or of a server: the same questions, the same answers. */
import type { RequestFilter, RequestRecord } from '@dynamo/core';
import type { NewCopyRequest } from './requests.ts';
import type { StatusReport } from './status.ts';

export interface Dynamo {
  status(): Promise<StatusReport>;
  requestCopy(wanted: NewCopyRequest): Promise<RequestRecord>;
  listRequests(filter: RequestFilter): Promise<readonly RequestRecord[]>;
  cancelRequest(id: number): Promise<RequestRecord>;
}
