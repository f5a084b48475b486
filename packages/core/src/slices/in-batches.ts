/** `items` in their order, `most` at a time; the last batch may have fewer. */
export function* inBatches<T>(items: Iterable<T>, most: number): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
