/** `items` in their order, `most` at a time; the last batch may have fewer. */
export function* inBatches<T>(items: Iterable<T>, most: number): Generator<readonly T[]> {
  // A list need not be gone through one by one.
  if (Array.isArray(items)) {
    const list: readonly T[] = items;
    for (let from = 0; from < list.length; from += most) yield list.slice(from, from + most);
    return;
  }
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
