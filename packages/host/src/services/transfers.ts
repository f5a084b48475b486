import type { Attempt, OperationId, OperationState, OperationStatus } from '@dynamo/core';
import { DynamoError } from '@dynamo/core';
import type { Application } from './application.ts';

export interface TransferFilter {
  readonly state?: OperationState;
  readonly site?: string;
  readonly dataset?: string;
}

export interface TransferRecord {
  readonly operation: OperationStatus;
  /** Every attempt at it, oldest first. */
  readonly attempts: readonly Attempt[];
}

/** Read in pages, so that no store has to give all of a long queue at once. */
const PAGE = 10_000;

/** Open operations, oldest first. */
export async function listTransfers(
  { store }: Pick<Application, 'store'>,
  filter: TransferFilter = {},
): Promise<readonly OperationStatus[]> {
  const found: OperationStatus[] = [];
  for (;;) {
    const last = found.at(-1)?.id;
    const page = await store.operations.list({
      ...filter,
      limit: PAGE,
      ...(last === undefined ? {} : { after: last }),
    });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}

export async function showTransfer({ store }: Pick<Application, 'store'>, id: number): Promise<TransferRecord> {
  const after = (id - 1) as OperationId;
  const [operation] = await store.operations.list({ after, limit: 1 });
  if (operation?.id !== id) throw new DynamoError('not-found', `there is no open operation ${id}`);
  return { operation, attempts: await store.operations.attempts(operation.id) };
}

/** Puts held operations back in the queue: those named, or all of them. The number of those that went back. */
export async function retryTransfers(application: Application, ids: readonly number[] | 'held'): Promise<number> {
  const chosen = ids === 'held' ? (await listTransfers(application, { state: 'held' })).map(({ id }) => id) : ids;
  return application.store.operations.release(chosen as readonly OperationId[]);
}
