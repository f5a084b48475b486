import { DynamoError, type OperationId, type OperationStatus } from '@dynamo/core';
import type { Application } from './application.ts';
import { retryTransfers, showTransfer, type TransferFilter, type TransferRecord } from './transfers.ts';

export interface TransferPage extends TransferFilter {
  /** Only those with a greater number: the next page. */
  readonly after?: OperationId;
  readonly limit: number;
}

/** Some open operations, oldest first. */
export function listTransferPage(
  { store }: Pick<Application, 'store'>,
  page: TransferPage,
): Promise<readonly OperationStatus[]> {
  return store.operations.list(page);
}

/** Puts one that is held, or waits for its next attempt, back in the queue, due at once. */
export async function releaseTransfer(application: Application, id: number): Promise<TransferRecord> {
  const released = await retryTransfers(application, [id]);
  const transfer = await showTransfer(application, id);
  if (released === 1) return transfer;
  throw new DynamoError('conflict', `operation ${id} is ${transfer.operation.state}: there is nothing to release`);
}
