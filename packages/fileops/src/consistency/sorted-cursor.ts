import { compareByteOrder, DynamoError } from '@dynamo/core';

/** Goes through batches of records that come in byte order of their paths; throws `corrupt` where they do not. */
export interface SortedCursor<T> extends AsyncDisposable {
  /** The record that it stands at; undefined at the end. */
  readonly current: T | undefined;
  /** Goes on; only at the end of a batch is there anything to wait for. */
  next(): Promise<void> | undefined;
}

export async function openCursor<T extends { readonly path: string }>(
  batches: AsyncIterable<readonly T[]>,
  name: string,
): Promise<SortedCursor<T>> {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly T[] = [];
  let index = 0;
  let current: T | undefined;

  const advance = (): void => {
    const following = batch[index] as T;
    index += 1;
    if (current !== undefined && compareByteOrder(current.path, following.path) >= 0) {
      const [first, second] = [current.path, following.path].map((path) => JSON.stringify(path));
      throw new DynamoError('corrupt', `${name} is not in byte order of its paths: ${second} comes after ${first}`);
    }
    current = following;
  };
  const load = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await iterator.next();
      if (done === true) {
        current = undefined;
        return;
      }
      batch = value;
      index = 0;
      if (batch.length > 0) break;
    }
    advance();
  };

  await load();
  return {
    get current() {
      return current;
    },
    next() {
      if (index >= batch.length) return load();
      advance();
      return undefined;
    },
    async [Symbol.asyncDispose]() {
      await iterator.return?.();
    },
  };
}
