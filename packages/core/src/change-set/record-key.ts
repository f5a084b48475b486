import type { Entity, EntityRecords } from '../model/records.ts';

/** Names hold no control characters, so this can stand between them. */
const SEPARATOR = '\t';

/** Builds the key that identifies a record among those of its entity. */
export function joinKey(...parts: readonly (string | number)[]): string {
  return parts.join(SEPARATOR);
}

/** The names that a key was built from: at most three. */
export function splitKey(key: string): readonly string[] {
  const first = key.indexOf(SEPARATOR);
  if (first < 0) return [key];
  const second = key.indexOf(SEPARATOR, first + 1);
  if (second < 0) return [key.slice(0, first), key.slice(first + 1)];
  return [key.slice(0, first), key.slice(first + 1, second), key.slice(second + 1)];
}

const KEYS: { readonly [E in Entity]: (record: EntityRecords[E]) => string } = {
  group: (r) => r.name,
  site: (r) => r.name,
  partition: (r) => r.name,
  quota: (r) => joinKey(r.site, r.partition),
  dataset: (r) => r.name,
  block: (r) => joinKey(r.dataset, r.name),
  file: (r) => String(r.id),
  datasetReplica: (r) => joinKey(r.dataset, r.site),
  // Of which there are many in a commit.
  blockReplica: (r) => `${r.dataset}${SEPARATOR}${r.block}${SEPARATOR}${r.site}`,
  lock: (r) => String(r.id),
};

/** What identifies a record among those of its entity: its name, the names of what it joins, or its number. */
export function keyOf<E extends Entity>(entity: E, record: EntityRecords[E]): string {
  return KEYS[entity](record);
}
