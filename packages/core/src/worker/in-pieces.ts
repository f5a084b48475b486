/**
 * Values that cross threads in pieces. A message is made of objects, and becomes objects again, in one go, and the event loop
 * stands still meanwhile: a tenth of a second for a plan of a hundred thousand steps.
 */
import { inBatches } from '../slices/in-batches.ts';

/** Objects of some size are cloned from or to so many items in a millisecond or two. */
export const PIECE_ITEMS = 1000;
/** Levels that are looked into. */
const DEEPEST = 6;

/** Where a long list or map belongs, key by key. */
export interface LongPlace {
  readonly path: readonly string[];
  readonly kind: 'list' | 'map';
}

/** Some items of a list, or entries of a map. */
export interface Piece {
  /** Which of the places. */
  readonly at: number;
  readonly items: readonly unknown[];
}

/** A value without its long lists and maps. */
export interface Frame {
  readonly value: unknown;
  readonly places: readonly LongPlace[];
}

export interface TakenApart {
  readonly frame: Frame;
  readonly pieces: Iterable<Piece>;
}

/**
 * Long lists and maps are found in plain objects and in maps with texts as keys, a few levels down. The value is left as it
 * is, and must stay so until the pieces were taken.
 */
export function takeApart(value: unknown): TakenApart {
  const places: LongPlace[] = [];
  const contents: Iterable<unknown>[] = [];
  const takeOut = (kind: LongPlace['kind'], content: Iterable<unknown>, path: readonly string[]): null => {
    places.push({ kind, path });
    contents.push(content);
    return null;
  };
  const frameOf = (part: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(part)) return part.length > PIECE_ITEMS ? takeOut('list', part, path) : part;
    if (part instanceof Map && part.size > PIECE_ITEMS) return takeOut('map', part, path);
    const entries = path.length < DEEPEST ? entriesOf(part) : null;
    if (entries === null) return part;
    const before = places.length;
    const frame = entries.map(([key, each]) => [key, frameOf(each, [...path, key])] as const);
    if (places.length === before) return part;
    return part instanceof Map ? new Map(frame) : Object.fromEntries(frame);
  };
  const frame = { value: frameOf(value, []), places };
  return { frame, pieces: piecesOf(contents) };
}

function* piecesOf(contents: readonly Iterable<unknown>[]): Generator<Piece> {
  for (const [at, content] of contents.entries()) {
    for (const items of inBatches(content, PIECE_ITEMS)) yield { at, items };
  }
}

/** Takes pieces as they come, and puts them together when the frame does. */
export class PieceCollector {
  #collected: (readonly unknown[])[][] = [];

  take({ at, items }: Piece): void {
    this.#collected[at] ??= [];
    this.#collected[at]?.push(items);
  }

  /** The value again; the frame is nobody else's. Begins anew. */
  finish({ value, places }: Frame): unknown {
    let whole = value;
    for (const [i, { path, kind }] of places.entries()) {
      const items = (this.#collected[i] ?? []).flat();
      const content = kind === 'list' ? items : new Map(items as [unknown, unknown][]);
      const last = path.at(-1);
      if (last === undefined) whole = content;
      else put(path.slice(0, -1).reduce(get, value), last, content);
    }
    this.#collected = [];
    return whole;
  }
}

type Entries = readonly (readonly [string, unknown])[];

/** Null: it is not looked into. */
function entriesOf(value: unknown): Entries | null {
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Map) {
    const entries = [...value];
    return entries.every(([key]) => typeof key === 'string') ? (entries as Entries) : null;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : null;
}

function get(holder: unknown, key: string): unknown {
  return holder instanceof Map ? holder.get(key) : (holder as Record<string, unknown>)[key];
}

function put(holder: unknown, key: string, content: unknown): void {
  if (holder instanceof Map) holder.set(key, content);
  else (holder as Record<string, unknown>)[key] = content;
}
