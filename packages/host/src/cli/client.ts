/** Answers from a server, over its REST interface. */
import {
  type AccessRecord,
  DynamoError,
  isDynamoError,
  type OperationStatus,
  type RequestRecord,
  type RuleRecord,
} from '@dynamo/core';
import { beginOfDay } from '@dynamo/policies';
import type { DetoxRun } from '../services/detox.ts';
import type { Dynamo, WrittenDealerRun } from '../services/dynamo.ts';
import { type DocumentText, parseDocument } from '../services/inject.ts';
import type { PolicyText } from '../services/policy-text.ts';
import type { TransferRecord } from '../services/transfers.ts';
import { type Ask, connectToServer, type ServerConnection } from './ask-server.ts';

export async function remoteDynamo(connection: ServerConnection): Promise<Dynamo> {
  const ask = await connectToServer(connection);
  const get = async <T>(path: string): Promise<T> => JSON.parse(await ask('GET', path)) as T;
  const post = async <T>(path: string, body: unknown): Promise<T> => JSON.parse(await ask('POST', path, body)) as T;
  const listTransfers: Dynamo['listTransfers'] = (filter) =>
    allPages((page) => get<readonly OperationStatus[]>(`/api/operations${queryOf({ ...filter, ...page })}`));
  return {
    status: () => get('/api/status'),
    inject: (document) => send(ask, '/api/inject', document),
    delete: (document) => send(ask, '/api/delete', document),
    checkConsistency: (site, options) => post(`/api/consistency/${encodeURIComponent(site)}`, options),
    requestCopy: (wanted) => post('/api/requests', { kind: 'copy', ...wanted }),
    listRequests: (filter) =>
      allPages((page) => get<readonly RequestRecord[]>(`/api/requests${queryOf({ ...filter, ...page })}`)),
    cancelRequest: (id) => post(`/api/requests/${id}/cancel`, {}),
    addRule: (wanted) => post('/api/rules', wanted),
    previewRule: (wanted) => post('/api/rules', { ...wanted, preview: true }),
    changeRule: (id, changes) => post(`/api/rules/${id}/change`, changes),
    removeRule: (id) => post(`/api/rules/${id}/remove`, {}),
    listRules: (filter) =>
      allPages((page) => get<readonly RuleRecord[]>(`/api/rules${queryOf({ ...filter, ...page })}`)),
    showRule: (id) => get(`/api/rules/${id}`),
    ruleProgress: (filter) => get(`/api/rules/progress${queryOf(filter)}`),
    previewDetox: (run) => ask('POST', '/api/detox', detoxBody(run)),
    commitDetox: (run) => post('/api/detox', { ...detoxBody(run), commit: true }),
    testDetox: (run) => post('/api/detox', { ...detoxBody(run), test: true }),
    explainDetox: ({ blocks: _blocks, ...run }, replica) =>
      post('/api/detox/explain', { ...detoxBody(run), dataset: replica.dataset, site: replica.site }),
    pastDecisions: (filter) => get(`/api/history/decisions${queryOf(filter)}`),
    pastOrders: (filter) => get(`/api/history/orders${queryOf(filter)}`),
    replayCycle: (asked) => post(`/api/cycles/${asked.cycle}/replay`, policyBody(asked.policy)),
    explainPast: (asked, replica) =>
      post(`/api/cycles/${asked.cycle}/explain`, { ...policyBody(asked.policy), ...replica }),
    listPlans: (filter) => get(`/api/detox/pending${queryOf(filter)}`),
    showPlan: (id) => get(`/api/detox/pending/${id}`),
    approvePlan: (id, decision) => post(`/api/detox/pending/${id}/approve`, decision),
    rejectPlan: (id, decision) => post(`/api/detox/pending/${id}/reject`, decision),
    previewDealer: (run) => ask('POST', '/api/dealer', dealerBody(run)),
    commitDealer: (run) => post('/api/dealer', { ...dealerBody(run), commit: true }),
    listLocks: () => get('/api/locks'),
    addLock: (wanted) => post('/api/locks', wanted),
    removeLock: (id) => post(`/api/locks/${id}/remove`, {}),
    reportAccesses: (records, { file }) =>
      sendValue(ask, '/api/accesses', { file, body: { accesses: records.map(writtenAccess) } }),
    listVariables: () => get('/api/attributes'),
    sendAttributes: (document, { file }) => sendValue(ask, '/api/attributes', { file, body: document }),
    pastDeeds: (filter) => get(`/api/history${queryOf(filter)}`),
    listCycles: (filter) => get(`/api/cycles${queryOf(filter)}`),
    showCycle: (cycle) => get(`/api/cycles/${cycle}`),
    checkStore: () => get('/api/store/check'),
    verifyStore: () => get('/api/store/verify'),
    compactStore: () => post('/api/store/compact', {}),
    listServers: () => get('/api/servers'),
    listTransfers,
    showTransfer: (id) => get(`/api/operations/${id}`),
    async retryTransfers(ids) {
      const chosen = ids === 'held' ? (await listTransfers({ state: 'held' })).map(({ id }) => id) : ids;
      for (const id of chosen) await post<TransferRecord>(`/api/operations/${id}/release`, {});
      return chosen.length;
    },
  };
}

const PAGE = 1000;

/** A server gives a long list in pages, each after the last number of the one before. */
async function allPages<T extends { readonly id: number }>(
  ask: (page: { readonly limit: number; readonly after?: number }) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (;;) {
    const last = found.at(-1)?.id;
    const page = await ask({ limit: PAGE, ...(last === undefined ? {} : { after: last }) });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}

/** Only messages show the file's name: the end says more than the beginning. */
function policyBody(policy: PolicyText | undefined): object {
  return policy === undefined ? {} : { policy: policy.text, file: policy.file.slice(-255) };
}

function detoxBody({ policy, deletionPerIteration: fraction, ...run }: DetoxRun): object {
  return {
    ...run,
    ...policyBody(policy),
    ...(fraction === undefined ? {} : { deletion_per_iteration: fraction }),
  };
}

function dealerBody({ configuration: _read, document, ...run }: WrittenDealerRun): object {
  return document === undefined ? run : { ...run, configuration: document };
}

function writtenAccess({ day, ...access }: AccessRecord): object {
  return { ...access, day: beginOfDay(day) };
}

/** The server does not know what the file is called. */
async function send<T>(ask: Ask, path: string, document: DocumentText): Promise<T> {
  return sendValue(ask, path, { file: document.file, body: parseDocument(document) });
}

async function sendValue<T>(
  ask: Ask,
  path: string,
  { file, body }: { readonly file: string; readonly body: unknown },
): Promise<T> {
  try {
    return JSON.parse(await ask('POST', path, body)) as T;
  } catch (error) {
    if (!isDynamoError(error, 'invalid-input')) throw error;
    throw new DynamoError('invalid-input', `${file}: ${error.message}`, { data: error.data, cause: error });
  }
}

function queryOf(filter: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query}`;
}
