import { DynamoError } from '@dynamo/core';

interface WriteResult {
  readonly numDeletedRows?: bigint;
  readonly numUpdatedRows?: bigint;
}

/** A removal of what is not there is refused: the changes were made on another state. */
export function expectRows(table: string, expected: number, results: readonly WriteResult[]): void {
  let found = 0;
  for (const { numDeletedRows = 0n, numUpdatedRows = 0n } of results) found += Number(numDeletedRows + numUpdatedRows);
  if (found === expected) return;
  throw new DynamoError('conflict', `${expected} rows were to go from ${table}, but ${found} of them are there`, {
    data: { table, expected, found },
  });
}
