import { DynamoError, isDynamoError } from '@dynamo/core';
import type { Session } from './bulk.ts';
import { describeFault } from './describe-fault.ts';

/** What the parts of one store share. */
export interface SqlStoreBase {
  readonly read: Session;
  readonly write: Session;
  /** Of the lease that this process holds; throws `lost-lease` where it holds none. */
  epoch(): number;
  /** Runs `work`, again where that may help; what it throws in the end is explained. */
  attempt<T>(doing: string, work: () => Promise<T>): Promise<T>;
  /** An error of the database as one line that says what was tried, where, and what to do; others as they are. */
  explain: Explain;
}

export type Explain = (doing: string, error: unknown) => unknown;

export function explainAt(where: string, { differences }: Session): Explain {
  return (doing, error) => {
    if (isDynamoError(error)) return error;
    const known = describeFault(differences.faultOf(error));
    if (known === undefined) return error;
    const { code, what } = known;
    return new DynamoError(code, `cannot ${doing} (${where}): ${what}`, { data: { where, doing }, cause: error });
  };
}

export function attemptWith(explain: Explain): SqlStoreBase['attempt'] {
  return async (doing, work) => {
    try {
      return await work();
    } catch (error) {
      throw explain(doing, error);
    }
  };
}
