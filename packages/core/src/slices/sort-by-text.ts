import { assert } from '../errors/assert.ts';
import { type Steps, TimeSlice } from './time-slice.ts';

const RUN_LENGTH = 16_384;
/**
 * How a few characters make a number: one for each character and the end of the text before all of them. Together with
 * the place in the run it has to be exact in a double (53 bits).
 */
interface Leading {
  readonly characters: number;
  readonly bits: number;
}
const ASCII: Leading = { characters: 5, bits: 7 };
const UTF16: Leading = { characters: 2, bits: 17 };
const FEW = 16;
const MERGED_AT_ONCE = 1024;

type TextOf<T> = (item: T) => string;

/** What is sorted, the places of `items` in the order so far, and by what. */
interface Sorting<T> {
  readonly items: readonly T[];
  readonly order: Uint32Array;
  /** For the order of a run while it is written anew. */
  readonly scratch: Uint32Array;
  readonly slice: TimeSlice;
}

/**
 * Sorts by a text of each, in the order of `<`, stable, without keeping the event loop for long; where that is the same,
 * by the next text. Texts are compared by the few characters after what all of them begin with, as numbers, which is many
 * times quicker than as texts; those that are alike in these are sorted again by the next ones. Runs are merged.
 *
 * Places are moved, not items: an engine that sees thousands of small lists survive makes the next ones among its old
 * objects, and what they refer to stays in memory with them long after the sort.
 */
export async function sortByText<T>(items: readonly T[], ...texts: readonly TextOf<T>[]): Promise<readonly T[]> {
  const slice = new TimeSlice();
  const count = items.length;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const scratch = new Uint32Array(Math.min(count, RUN_LENGTH));
  const sorting = { items, order, scratch, slice };
  for (let from = 0; from < count; from += RUN_LENGTH) {
    const end = Math.min(from + RUN_LENGTH, count);
    if (end - from > FEW) await slice.take(sortRun(sorting, from, end, texts));
    else sortFew(sorting, from, end, texts);
  }
  const merged = await mergeRuns(sorting, texts);
  const sorted = new Array<T>(count);
  for (let i = 0; i < count; i++) {
    if (slice.isOverAt(i)) await slice.next();
    sorted[i] = items[merged[i] as number] as T;
  }
  return sorted;
}

/** Puts the places from `from` to `end` in order. */
function* sortRun<T>(sorting: Sorting<T>, from: number, end: number, texts: readonly TextOf<T>[]): Steps<void> {
  const [textOf, ...next] = texts;
  if (textOf === undefined) return;
  const { items, order, scratch, slice } = sorting;
  const first = textOf(items[order[from] as number] as T);
  let shared = first.length;
  for (let i = from; i < end; i++) {
    if (slice.isOverAt(i)) yield;
    shared = sharedLength(first, textOf(items[order[i] as number] as T), shared);
  }
  const run = { from, end, shared, textOf };
  const keys = (yield* keysOf(sorting, run, ASCII)) ?? (yield* keysOf(sorting, run, UTF16));
  assert(keys !== null, 'a character of a text has 16 bits');
  keys.sort();
  moveBy(keys, order, from, scratch);
  for (let i = 0; i < keys.length; ) {
    if (slice.isOver) yield;
    const alike = endOfAlike(keys, i);
    // If all are alike in what follows what all share, nothing follows: they are one text.
    const rest = alike - i === keys.length ? next : texts;
    if (alike - i > FEW) yield* sortRun(sorting, from + i, from + alike, rest);
    else if (alike - i > 1) sortFew(sorting, from + i, from + alike, rest);
    i = alike;
  }
}

/** Each place to where its key is among the keys. */
function moveBy(keys: Float64Array, order: Uint32Array, from: number, scratch: Uint32Array): void {
  for (let i = 0; i < keys.length; i++) scratch[i] = order[from + i] as number;
  for (let i = 0; i < keys.length; i++) order[from + i] = scratch[(keys[i] as number) % RUN_LENGTH] as number;
}

/** By insertion. */
function sortFew<T>({ items, order }: Sorting<T>, from: number, end: number, texts: readonly TextOf<T>[]): void {
  for (let i = from + 1; i < end; i++) {
    const place = order[i] as number;
    let at = i;
    while (at > from && compareByTexts(items[order[at - 1] as number] as T, items[place] as T, texts) > 0) {
      order[at] = order[at - 1] as number;
      at -= 1;
    }
    order[at] = place;
  }
}

/** In the order of the first text in which they differ. */
export function compareByTexts<T>(a: T, b: T, texts: readonly TextOf<T>[]): number {
  for (const textOf of texts) {
    const order = compareTexts(textOf(a), textOf(b));
    if (order !== 0) return order;
  }
  return 0;
}

/** Null where a character has more bits. */
function* keysOf<T>(
  { items, order, slice }: Sorting<T>,
  { from, end, shared, textOf }: { from: number; end: number; shared: number; textOf: TextOf<T> },
  leading: Leading,
): Steps<Float64Array | null> {
  const keys = new Float64Array(end - from);
  for (let i = 0; i < keys.length; i++) {
    if (slice.isOverAt(i)) yield;
    const number = numberOf(textOf(items[order[from + i] as number] as T), shared, leading);
    if (number === -1) return null;
    keys[i] = number * RUN_LENGTH + i;
  }
  return keys;
}

function numberOf(text: string, from: number, { characters, bits }: Leading): number {
  let number = 0;
  for (let at = from; at < from + characters; at++) {
    const code = at < text.length ? text.charCodeAt(at) + 1 : 0;
    if (code >= 2 ** bits) return -1;
    number = number * 2 ** bits + code;
  }
  return number;
}

function endOfAlike(keys: Float64Array, from: number): number {
  const number = Math.floor((keys[from] as number) / RUN_LENGTH);
  let end = from + 1;
  while (end < keys.length && Math.floor((keys[end] as number) / RUN_LENGTH) === number) end += 1;
  return end;
}

function sharedLength(a: string, b: string, most: number): number {
  const end = Math.min(most, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** In the order of `<`. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Runs of `RUN_LENGTH` are in order; two become one until there is one. */
async function mergeRuns<T>({ items, order, slice }: Sorting<T>, texts: readonly TextOf<T>[]): Promise<Uint32Array> {
  let from = order;
  let to = order.length > RUN_LENGTH ? new Uint32Array(order.length) : order;
  for (let length = RUN_LENGTH; length < order.length; length *= 2) {
    for (let start = 0; start < order.length; start += 2 * length) {
      const middle = Math.min(start + length, order.length);
      const end = Math.min(middle + length, order.length);
      const merging: Merging<T> = { items, texts, from, to, left: start, middle, right: middle, end };
      for (let at = start; at < end; at += MERGED_AT_ONCE) {
        if (slice.isOver) await slice.next();
        mergeSome(merging, at, Math.min(at + MERGED_AT_ONCE, end));
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Two runs that become one: how far each has been taken. */
interface Merging<T> {
  readonly items: readonly T[];
  readonly texts: readonly TextOf<T>[];
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  left: number;
  readonly middle: number;
  right: number;
  readonly end: number;
}

/** The places from `at` to `until` of the run that they become. */
function mergeSome<T>(merging: Merging<T>, at: number, until: number): void {
  const { items, texts, from, to, middle, end } = merging;
  let { left, right } = merging;
  for (let next = at; next < until; next++) {
    const a = from[left] as number;
    const b = from[right] as number;
    const isLeft = right === end || (left < middle && compareByTexts(items[a] as T, items[b] as T, texts) <= 0);
    to[next] = isLeft ? a : b;
    if (isLeft) left += 1;
    else right += 1;
  }
  merging.left = left;
  merging.right = right;
}
