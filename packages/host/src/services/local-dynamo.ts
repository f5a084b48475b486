import type { Application, ServiceOptions, WritingOptions } from './application.ts';
import type { Dynamo } from './dynamo.ts';
import { cancelRequest, listRequests, requestCopy } from './requests.ts';
import { status } from './status.ts';

/** Answers from an application of this process. */
export function localDynamo(application: Application, options: ServiceOptions & WritingOptions): Dynamo {
  return {
    status: () => status(application, options),
    requestCopy: (wanted) => requestCopy(application, wanted, options),
    listRequests: (filter) => listRequests(application, filter),
    cancelRequest: (id) => cancelRequest(application, id, options),
  };
}
