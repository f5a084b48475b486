import { DynamoError, isDynamoError } from '@dynamo/core';
import type { Session } from './bulk.ts';
import { describeFault, isTrouble } from './describe-fault.ts';

/** What the parts of one store share. */
export interface SqlStoreBase {
  readonly read: Session;
  readonly write: Session;
  /** For what may search or change whole tables in one statement: however long the database takes. */
  readonly unhurried: { readonly read: Session; readonly write: Session };
  /** Of `read`, for one load. */
  readonly loadConnections: number;
  /** Of the lease that this process holds; throws `lost-lease` where it holds none. */
  epoch(): number;
  /** Runs `work`, again where that may help; what it throws in the end is explained. */
  attempt<T>(doing: string, work: () => Promise<T>): Promise<T>;
  /** An error of the database as one line that says what was tried, where, and what to do; others as they are. */
  explain: Explain;
  /** Of the database, as `explain` has met it. */
  readonly trouble: Trouble;
}

export class Trouble {
  #line: string | null = null;

  get line(): string | null {
    return this.#line;
  }

  begin(line: string): void {
    this.#line = line;
  }

  end(): void {
    this.#line = null;
  }
}

/** Whether the database under a store is to blame: what is asked of it later may be done. */
export function isDatabaseTrouble(error: unknown): boolean {
  return isDynamoError(error) && error.data.trouble === true;
}

export type Explain = (doing: string, error: unknown) => unknown;

export function explainAt(where: string, { differences }: Session, trouble: Trouble): Explain {
  return (doing, error) => {
    if (isDynamoError(error)) return error;
    const fault = differences.faultOf(error);
    const known = describeFault(fault);
    if (known === undefined) return error;
    const { code, what } = known;
    const line = `cannot ${doing} (${where}): ${what}`;
    if (isTrouble(fault)) trouble.begin(line);
    return new DynamoError(code, line, { data: { where, doing, trouble: isTrouble(fault) }, cause: error });
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
