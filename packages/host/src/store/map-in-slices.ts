import { TimeSlice } from '@dynamo/core';

/** `items.map(make)` without keeping the event loop for long: a large commit has very many rows. */
export async function mapInSlices<T, R>(items: readonly T[], make: (item: T) => R): Promise<R[]> {
  const slice = new TimeSlice();
  const made: R[] = [];
  for (const [i, item] of items.entries()) {
    if (slice.isOverAt(i)) await slice.next();
    made.push(make(item));
  }
  return made;
}
