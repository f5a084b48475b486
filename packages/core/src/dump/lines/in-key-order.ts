import { compareByteOrder } from '../../model/byte-order.ts';

/** The object with its keys in byte order, whatever order they came in; undefined, which JSON leaves out, if it has none. */
export function inKeyOrder<T>(object: Readonly<Record<string, T>>): Readonly<Record<string, T>> | undefined {
  const entries = Object.entries(object);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.sort(([a], [b]) => compareByteOrder(a, b)));
}
