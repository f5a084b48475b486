/**
 * The blocks of a dataset that a record has to name. A UUID is abbreviated to its first digits, at least six, and as many
 * as tell it from all other blocks of the dataset at the version of the run, like a commit of git; other names are kept as
 * they are. Whoever has the blocks of the dataset gets the names back in full, and only if a sum over all of them agrees:
 * a block that came later is never taken for one that has gone.
 */
import { contentDigest, packUuid, UUID_WORDS } from '@dynamo/core';
import { readAscending, writeAscending } from './ascending-numbers.ts';
import { ByteReader, ByteWriter, damagedRecord } from './byte-stream.ts';
import { packNames, unpackNames } from './name-list.ts';

const LEAST_DIGITS = 6;
/** So many fit a number with all that is done to it; names that are the same up to here are kept in full. */
const MOST_DIGITS = 12;

/** What stands before the names, in columns of its own: most of it is the same for one dataset as for the next. */
export interface BlockNameHead {
  readonly uuids: number;
  readonly texts: number;
  /** Of the UUIDs. */
  readonly digits: number;
}

export interface PackedBlockNames extends BlockNameHead {
  readonly body: Uint8Array;
  /** The names in the order in which they come back. */
  readonly order: ReadonlyMap<string, number>;
}

/** `named`: those to be kept, in byte order; `all`: of the dataset. */
export function packBlockNames(named: readonly string[], all: Iterable<string>): PackedBlockNames {
  const digits = digitsNeeded(all);
  const numbers: number[] = [];
  const [uuids, texts]: [string[], string[]] = [[], []];
  for (const name of named) {
    const number = digits > MOST_DIGITS ? undefined : numberOf(name, digits);
    if (number === undefined) texts.push(name);
    else {
      uuids.push(name);
      numbers.push(number);
    }
  }
  const writer = new ByteWriter();
  if (texts.length > 0) writer.bytes(packNames(texts));
  if (uuids.length > 0) {
    writer.raw(sumOver(uuids));
    writeAscending(writer, numbers, 16 ** digits);
  }
  const order = new Map([...uuids, ...texts].map((name, i) => [name, i]));
  return { uuids: uuids.length, texts: texts.length, digits, body: writer.finish(), order };
}

/** In the order of `order`. What cannot be told in full is its first digits and an asterisk. */
export function unpackBlockNames(
  { uuids, texts, digits }: BlockNameHead,
  body: Uint8Array,
  candidates: Iterable<string>,
): readonly string[] {
  const reader = new ByteReader(body);
  const inFull = texts === 0 ? [] : unpackNames(reader.bytes());
  return [...(uuids === 0 ? [] : readUuids(reader, { uuids, digits }, candidates)), ...inFull];
}

function readUuids(
  reader: ByteReader,
  { uuids, digits }: Pick<BlockNameHead, 'uuids' | 'digits'>,
  candidates: Iterable<string>,
): readonly string[] {
  if (digits < 1 || digits > MOST_DIGITS) throw damagedRecord(`names of blocks have ${digits} digits`);
  const sum = reader.raw(SUM_BYTES);
  const numbers = readAscending(reader, uuids, 16 ** digits);
  const found = new Map<number, string[]>();
  for (const name of candidates) {
    const number = numberOf(name, digits);
    if (number !== undefined) found.set(number, [...(found.get(number) ?? []), name]);
  }
  const names = numbers.flatMap((number) => {
    const those = found.get(number) ?? [];
    return those.length === 1 ? those : [];
  });
  if (names.length === uuids && sumOver(names).every((byte, i) => byte === sum[i])) return names;
  return numbers.map((number) => `${dashed(number.toString(16).padStart(digits, '0'))}*`);
}

const scratch = new Uint32Array(UUID_WORDS);

/** The first digits of a UUID; undefined: it is none. */
function numberOf(name: string, digits: number): number | undefined {
  if (!packUuid(name, scratch)) return undefined;
  const most = (scratch[0] as number) * 0x1_0000 + ((scratch[1] as number) >>> 16);
  return Math.floor(most / 16 ** (MOST_DIGITS - digits));
}

/** More than `MOST_DIGITS` where those do not do. */
function digitsNeeded(names: Iterable<string>): number {
  const numbers = Array.from(names, (name) => numberOf(name, MOST_DIGITS) ?? []).flat();
  numbers.sort((a, b) => a - b);
  let digits = LEAST_DIGITS;
  for (let i = 1; i < numbers.length; i++) {
    const [one, other] = [numbers[i - 1] as number, numbers[i] as number];
    while (digits <= MOST_DIGITS && isSame(one, other, digits)) digits += 1;
  }
  return digits;
}

function isSame(one: number, other: number, digits: number): boolean {
  const below = 16 ** (MOST_DIGITS - digits);
  return Math.floor(one / below) === Math.floor(other / below);
}

const SUM_BYTES = 2;
const encoder = new TextEncoder();

function sumOver(names: readonly string[]): Uint8Array {
  const digest = contentDigest(encoder.encode(names.join('\n')));
  return Uint8Array.from({ length: SUM_BYTES }, (_, i) => Number.parseInt(digest.slice(i * 2, i * 2 + 2), 16));
}

/** As in the whole name. */
function dashed(digits: string): string {
  return digits.length <= 8 ? digits : `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
