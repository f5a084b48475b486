import { DynamoError } from '@dynamo/core';

interface Closable {
  close(): Promise<void>;
}

/** Lends up to `limit` connections, opened when they are first needed, to one borrower each, in the order of asking. */
export class ConnectionPool<C extends Closable> {
  readonly #open: () => Promise<C>;
  readonly #limit: number;
  readonly #idle: C[] = [];
  readonly #lent = new Set<C>();
  readonly #waiting: { resolve(connection: C): void; reject(error: unknown): void }[] = [];
  #opening = 0;
  #closed = false;

  constructor(open: () => Promise<C>, limit: number) {
    this.#open = open;
    this.#limit = limit;
  }

  async acquire(): Promise<C> {
    if (this.#closed) throw closedError();
    const idle = this.#idle.pop();
    if (idle !== undefined) return this.#lend(idle);
    if (this.#lent.size + this.#opening < this.#limit) return this.#lend(await this.#openOne());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  release(connection: C): void {
    this.#lent.delete(connection);
    const next = this.#waiting.shift();
    if (next !== undefined) next.resolve(this.#lend(connection));
    else this.#idle.push(connection);
  }

  /** Closes all of them, lent ones too: what is under way on those fails. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closedError());
    await Promise.all([...this.#idle.splice(0), ...this.#lent].map((connection) => connection.close()));
  }

  #lend(connection: C): C {
    this.#lent.add(connection);
    return connection;
  }

  async #openOne(): Promise<C> {
    this.#opening += 1;
    try {
      const connection = await this.#open();
      if (!this.#closed) return connection;
      await connection.close();
      throw closedError();
    } catch (error) {
      // Whoever waited for this connection tries by himself: it may open for him, or fail in the same way.
      const next = this.#waiting.shift();
      if (next !== undefined) queueMicrotask(() => this.acquire().then(next.resolve, next.reject));
      throw error;
    } finally {
      this.#opening -= 1;
    }
  }
}

function closedError(): DynamoError {
  return new DynamoError('closed', 'the store is closed');
}
