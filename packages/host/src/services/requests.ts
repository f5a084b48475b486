import {
  DynamoError,
  type InventoryView,
  inputError,
  isGlob,
  parseGroupName,
  type RequestFilter,
  type RequestRecord,
} from '@dynamo/core';
import { type Application, type WritingOptions, writeSmall } from './application.ts';
import { compileNamePattern } from './name-pattern.ts';

/** A copy request as a person writes it. */
export interface NewCopyRequest {
  /** Names or globs. */
  readonly datasets: readonly string[];
  /** Names or globs. */
  readonly sites: readonly string[];
  /** How many of the sites are to have it; null: every one. */
  readonly copies: number | null;
  readonly group: string | null;
}

/** Makes the request, to be taken up by the next Dealer cycle. */
export async function requestCopy(
  application: Application,
  wanted: NewCopyRequest,
  options: WritingOptions,
): Promise<RequestRecord> {
  const { result } = await writeSmall(application, 'request', options, (draft) => {
    refuseUnknown(draft, wanted);
    const now = application.clock.nowSeconds();
    const request: RequestRecord = {
      id: draft.nextRequestId(),
      kind: 'copy',
      datasets: wanted.datasets,
      sites: wanted.sites,
      copies: wanted.copies,
      group: wanted.group === null ? null : parseGroupName(wanted.group, { path: 'group' }),
      state: 'new',
      user: options.user,
      createdAt: now,
      updatedAt: now,
      reason: '',
    };
    draft.putRequest(null, request);
    return request;
  });
  return result;
}

export function listRequests(
  application: Pick<Application, 'store'>,
  filter: RequestFilter = {},
): Promise<readonly RequestRecord[]> {
  return application.store.requests.list(filter);
}

export async function showRequest(application: Pick<Application, 'store'>, id: number): Promise<RequestRecord> {
  const request = await application.store.requests.get(id);
  if (request === null) throw new DynamoError('not-found', `there is no request ${id}`);
  return request;
}

/** Nothing more is done for it; copies that are on their way already arrive. */
export async function cancelRequest(
  application: Application,
  id: number,
  options: WritingOptions,
): Promise<RequestRecord> {
  const { result } = await writeSmall(application, 'request', options, async (draft) => {
    const before = await showRequest(application, id);
    if (before.state !== 'new' && before.state !== 'active') {
      throw new DynamoError('refused', `request ${id} is ${before.state} already: ${before.reason}`);
    }
    const updatedAt = application.clock.nowSeconds();
    const after: RequestRecord = { ...before, state: 'cancelled', updatedAt, reason: `cancelled by ${options.user}` };
    draft.putRequest(before, after);
    return after;
  });
  return result;
}

function refuseUnknown(view: InventoryView, { datasets, sites, copies, group }: NewCopyRequest): void {
  if (datasets.length === 0)
    throw inputError({ what: 'a request names at least one dataset', where: { path: 'datasets' } });
  if (sites.length === 0) throw inputError({ what: 'a request names at least one site', where: { path: 'sites' } });
  requireMatches(
    'datasets',
    datasets,
    (name) => view.dataset(name) !== undefined,
    () => view.datasets(),
  );
  requireMatches(
    'sites',
    sites,
    (name) => view.site(name) !== undefined,
    () => view.sites(),
  );
  if (copies !== null && !(Number.isInteger(copies) && copies >= 1)) {
    throw inputError({ what: `expected a whole number of at least 1, got ${copies}`, where: { path: 'copies' } });
  }
  if (group !== null && view.group(group) === undefined) {
    throw inputError({ what: `there is no group ${group}`, where: { path: 'group' } });
  }
}

function requireMatches(
  path: string,
  patterns: readonly string[],
  exists: (name: string) => boolean,
  items: () => Iterable<{ readonly name: string }>,
): void {
  for (const [index, pattern] of patterns.entries()) {
    const where = { path: `${path}[${index}]` };
    if (!isGlob(pattern)) {
      if (!exists(pattern)) throw inputError({ what: `there is no ${pattern}`, where });
    } else if (!someName(items(), compileNamePattern(pattern, where))) {
      throw inputError({ what: `nothing matches ${pattern}`, where });
    }
  }
}

function someName(items: Iterable<{ readonly name: string }>, test: (name: string) => boolean): boolean {
  for (const { name } of items) if (test(name)) return true;
  return false;
}
