import { DynamoError, isDynamoError } from '@dynamo/core';
import type { Session } from './bulk.ts';
import { describeFault } from './describe-fault.ts';

/** What the parts of one store share. */
export interface SqlStoreBase {
  readonly read: Session;
  readonly write: Session;
  /** Of the lease that this process holds; throws `lost-lease` where it holds none. */
  epoch(): number;
  /** Runs `work`; an error of the database becomes one line that says what was tried, where, and what to do. */
  attempt<T>(doing: string, work: () => Promise<T>): Promise<T>;
}

export function attemptIn(where: string, { differences }: Session): SqlStoreBase['attempt'] {
  return async (doing, work) => {
    try {
      return await work();
    } catch (error) {
      if (isDynamoError(error)) throw error;
      const known = describeFault(differences.faultOf(error));
      if (known === undefined) throw error;
      const { code, what } = known;
      throw new DynamoError(code, `cannot ${doing} (${where}): ${what}`, { data: { where, doing }, cause: error });
    }
  };
}
