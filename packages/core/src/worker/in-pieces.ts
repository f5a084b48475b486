/**
 * Values that cross threads in pieces. A message becomes objects in one go where it arrives, and the event loop stands
 * still meanwhile: a tenth of a second for a plan of a hundred thousand steps.
 */

/** Objects of some size are made from that many items in a millisecond or two. */
export const PIECE_ITEMS = 1000;
/** Levels of plain objects that are looked into. */
const DEEPEST = 6;

export interface LongList {
  /** Where it belongs, key by key. */
  readonly path: readonly string[];
  readonly items: readonly unknown[];
}

export interface TakenApart {
  /** The value without its long lists. */
  readonly frame: unknown;
  readonly lists: readonly LongList[];
}

/** Long lists are found in plain objects, a few levels down. The value is left as it is. */
export function takeApart(value: unknown): TakenApart {
  const lists: LongList[] = [];
  const frameOf = (part: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(part) && part.length > PIECE_ITEMS) {
      lists.push({ path, items: part });
      return null;
    }
    if (path.length >= DEEPEST || !isPlain(part)) return part;
    const before = lists.length;
    const frame = Object.entries(part).map(([key, each]) => [key, frameOf(each, [...path, key])]);
    return lists.length === before ? part : Object.fromEntries(frame);
  };
  return { frame: frameOf(value, []), lists };
}

/** The value again, of a frame that nobody else has. */
export function putTogether({ frame, lists }: TakenApart): unknown {
  let whole = frame;
  for (const { path, items } of lists) {
    const last = path.at(-1);
    if (last === undefined) whole = items;
    else {
      const holder = path.slice(0, -1).reduce((part, key) => (part as Record<string, unknown>)[key], frame);
      (holder as Record<string, unknown>)[last] = items;
    }
  }
  return whole;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
