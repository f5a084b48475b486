import type { Application, ServiceOptions, WritingOptions } from './application.ts';
import { checkConsistency } from './consistency.ts';
import type { Dynamo } from './dynamo.ts';
import { deleteDocument, injectDocument } from './inject.ts';
import { cancelRequest, listRequests, requestCopy } from './requests.ts';
import { status } from './status.ts';

/** Answers from an application of this process. */
export function localDynamo(application: Application, options: ServiceOptions & WritingOptions): Dynamo {
  return {
    status: () => status(application, options),
    inject: (document) => injectDocument(application, document, options),
    delete: (document) => deleteDocument(application, document, options),
    checkConsistency: (site, { act }) => checkConsistency(application, site, { ...options, act }),
    requestCopy: (wanted) => requestCopy(application, wanted, options),
    listRequests: (filter) => listRequests(application, filter),
    cancelRequest: (id) => cancelRequest(application, id, options),
  };
}
