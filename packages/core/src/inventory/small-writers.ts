/** Collects small writers while others commit, so that many of them share one transaction of the store. */
import { DynamoError } from '../errors/dynamo-error.ts';
import type { InventoryDraft } from './draft.ts';
import type { Author, Updated } from './inventory-options.ts';
import type { Writer } from './update-together.ts';

interface Waiting {
  readonly writer: Writer<unknown>;
  resolve(updated: Updated<unknown>): void;
  reject(error: unknown): void;
}

type RunTogether = (writers: readonly Writer<unknown>[]) => Promise<readonly PromiseSettledResult<Updated<unknown>>[]>;

const MOST_TOGETHER = 64;
const MOST_WAITING = 10_000;

/** Whoever comes while nobody commits does not wait for others; who finds too many waiting is refused with `queue-full`. */
export class SmallWriters {
  readonly #run: RunTogether;
  readonly #limit: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  /** `run` is `inventory.updateAll`, or that when it is the writers' turn. `limit`: how many share a transaction. */
  constructor(
    run: RunTogether,
    {
      limit = MOST_TOGETHER,
      maxWaiting = MOST_WAITING,
    }: { readonly limit?: number; readonly maxWaiting?: number } = {},
  ) {
    this.#run = run;
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
  }

  /** As `inventory.update`; but `write` may be called twice, and must change nothing but the draft. */
  update<T>(
    author: Author,
    write: (draft: InventoryDraft) => T | Promise<T>,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Updated<T>> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= this.#maxWaiting) {
        reject(new DynamoError('queue-full', `${this.#maxWaiting} writers wait already: try again later`));
        return;
      }
      this.#waiting.push({ writer: { author, write, signal }, resolve: resolve as Waiting['resolve'], reject });
      if (!this.#isRunning) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#limit);
      try {
        const results = await this.#run(group.map(({ writer }) => writer));
        for (const [i, { resolve, reject }] of group.entries()) {
          const result = results[i] as PromiseSettledResult<Updated<unknown>>;
          if (result.status === 'fulfilled') resolve(result.value);
          else reject(result.reason);
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
