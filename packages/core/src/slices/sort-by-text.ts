import { assert } from '../errors/assert.ts';
import { TimeSlice } from './time-slice.ts';

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

/**
 * Sorts by a text of each, in the order of `<`, stable, without keeping the event loop for long; where that is the same,
 * by the next text. Texts are compared by the few characters after what all of them begin with, as numbers, which is many
 * times quicker than as texts; those that are alike in these are sorted again by the next ones. Runs are merged.
 */
export async function sortByText<T>(items: readonly T[], ...texts: readonly TextOf<T>[]): Promise<readonly T[]> {
  const slice = new TimeSlice();
  let runs: (readonly T[])[] = [];
  for (let i = 0; i < items.length; i += RUN_LENGTH) {
    runs.push(await sortRun(items.slice(i, i + RUN_LENGTH), texts, slice));
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(await merge(runs[i] ?? [], runs[i + 1] ?? [], texts, slice));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function sortRun<T>(run: T[], texts: readonly TextOf<T>[], slice: TimeSlice): Promise<readonly T[]> {
  const [textOf, ...next] = texts;
  if (textOf === undefined) return run;
  if (run.length <= FEW) return run.sort((a, b) => compareByTexts(a, b, texts));
  const first = textOf(run[0] as T);
  let shared = first.length;
  for (let i = 0; i < run.length; i++) {
    if (slice.isOverAt(i)) await slice.next();
    shared = sharedLength(first, textOf(run[i] as T), shared);
  }
  const keys = (await keysOf(run, shared, ASCII, textOf, slice)) ?? (await keysOf(run, shared, UTF16, textOf, slice));
  assert(keys !== null, 'a character of a text has 16 bits');
  keys.sort();
  const sorted: T[] = [];
  for (let from = 0; from < run.length; ) {
    if (slice.isOverAt(from)) await slice.next();
    const end = endOfAlike(keys, from);
    if (end === from + 1) sorted.push(run[(keys[from] as number) % RUN_LENGTH] as T);
    else {
      const alike: T[] = [];
      for (let i = from; i < end; i++) alike.push(run[(keys[i] as number) % RUN_LENGTH] as T);
      // If all are alike in what follows what all share, nothing follows: they are one text.
      const same = alike.length === run.length;
      for (const item of await sortRun(alike, same ? next : texts, slice)) sorted.push(item);
    }
    from = end;
  }
  return sorted;
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
async function keysOf<T>(
  run: readonly T[],
  from: number,
  leading: Leading,
  textOf: TextOf<T>,
  slice: TimeSlice,
): Promise<Float64Array | null> {
  const keys = new Float64Array(run.length);
  for (let i = 0; i < run.length; i++) {
    if (slice.isOverAt(i)) await slice.next();
    const number = numberOf(textOf(run[i] as T), from, leading);
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

async function merge<T>(a: readonly T[], b: readonly T[], texts: readonly TextOf<T>[], slice: TimeSlice): Promise<T[]> {
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const end = merged.length + MERGED_AT_ONCE;
    while (merged.length < end && (i < a.length || j < b.length)) {
      const isLeft = j >= b.length || (i < a.length && compareByTexts(a[i] as T, b[j] as T, texts) <= 0);
      merged.push((isLeft ? a[i++] : b[j++]) as T);
    }
    if (slice.isOver) await slice.next();
  }
  return merged;
}
