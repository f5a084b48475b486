import { type Columns, forkColumns, makeColumns, readColumns, type U32Column, writeColumns } from './column.ts';
import { hashText } from './hash-index.ts';
import type { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';
import { TextColumn } from './text-column.ts';
import { TextHeap } from './text-heap.ts';

const UUID_LENGTH = 36;
const DASHES = [8, 13, 18, 23];
const DASH = 0x2d;

/** A name as four words where it is a UUID in lower case, else as the text it is. */
export interface PackedName {
  readonly words: readonly [number, number, number, number] | null;
  readonly text: string;
}

export function packName(text: string): PackedName {
  return { words: text.length === UUID_LENGTH ? packUuid(text) : null, text };
}

function packUuid(text: string): [number, number, number, number] | null {
  for (const at of DASHES) if (text.charCodeAt(at) !== DASH) return null;
  const words: [number, number, number, number] = [0, 0, 0, 0];
  let digits = 0;
  for (let i = 0; i < UUID_LENGTH; i++) {
    const code = text.charCodeAt(i);
    if (code === DASH && DASHES.includes(i)) continue;
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit === -1) return null;
    const word = digits >> 3;
    words[word] = (((words[word] as number) << 4) | digit) >>> 0;
    digits += 1;
  }
  return words;
}

const SCHEMA = { first: 'u32', second: 'u32', third: 'u32', fourth: 'u32', other: 'u32' } as const;

/** Block names: UUIDs in 16 bytes a row, others in a heap of texts. */
export class BlockNameColumn {
  readonly #columns: Columns<typeof SCHEMA>;
  readonly #words: readonly [U32Column, U32Column, U32Column, U32Column];
  readonly #heap: TextHeap;
  readonly #others: TextColumn;

  private constructor(columns: Columns<typeof SCHEMA>, heap: TextHeap) {
    this.#columns = columns;
    this.#words = [columns.first, columns.second, columns.third, columns.fourth];
    this.#heap = heap;
    this.#others = new TextColumn(columns.other, heap);
  }

  static empty(stamp: Stamp): BlockNameColumn {
    return new BlockNameColumn(makeColumns(SCHEMA, stamp), new TextHeap());
  }

  static read(image: ImageReader): BlockNameColumn {
    return new BlockNameColumn(readColumns(SCHEMA, image), TextHeap.read(image.below('heap')));
  }

  write(image: ImageWriter): void {
    writeColumns(this.#columns, image);
    this.#heap.write(image.below('heap'));
  }

  fork(stamp: Stamp): BlockNameColumn {
    return new BlockNameColumn(forkColumns(this.#columns, stamp), this.#heap);
  }

  get(row: number): string {
    const other = this.#others.get(row);
    if (other !== undefined) return other;
    const [a, b, c, d] = this.#words;
    const second = b.get(row);
    const third = c.get(row);
    writeHex(a.get(row), 0);
    NAME_BYTES[8] = HYPHEN;
    writeHexHalf(second >>> 16, 9);
    NAME_BYTES[13] = HYPHEN;
    writeHexHalf(second, 14);
    NAME_BYTES[18] = HYPHEN;
    writeHexHalf(third >>> 16, 19);
    NAME_BYTES[23] = HYPHEN;
    writeHexHalf(third, 24);
    writeHex(d.get(row), 28);
    return NAME_BYTES.toString('latin1');
  }

  set(row: number, name: PackedName): void {
    for (const [i, column] of this.#words.entries()) column.set(row, name.words?.[i] ?? 0);
    this.#others.set(row, name.words === null ? name.text : undefined);
  }

  is(row: number, name: PackedName): boolean {
    if (name.words === null) return this.#others.is(row, name.text);
    const [a, b, c, d] = this.#words;
    const [w, x, y, z] = name.words;
    return (
      d.get(row) === z &&
      c.get(row) === y &&
      b.get(row) === x &&
      a.get(row) === w &&
      this.#others.get(row) === undefined
    );
  }

  hash(row: number, seed: number): number {
    const other = this.#others.get(row);
    if (other !== undefined) return hashText(other, seed);
    const [a, b, c, d] = this.#words;
    return hashWords(a.get(row), b.get(row), c.get(row), d.get(row), seed);
  }
}

/** Names are put together here, since a string joined from pieces keeps every piece for as long as it lives. */
const NAME_BYTES: Buffer = Buffer.alloc(36);
const HEX_DIGITS: Buffer = Buffer.from('0123456789abcdef');
const HYPHEN = 0x2d;

function writeHex(word: number, at: number): void {
  writeHexHalf(word >>> 16, at);
  writeHexHalf(word, at + 4);
}

/** The lower 16 bits. */
function writeHexHalf(word: number, at: number): void {
  NAME_BYTES[at] = HEX_DIGITS[(word >>> 12) & 15] as number;
  NAME_BYTES[at + 1] = HEX_DIGITS[(word >>> 8) & 15] as number;
  NAME_BYTES[at + 2] = HEX_DIGITS[(word >>> 4) & 15] as number;
  NAME_BYTES[at + 3] = HEX_DIGITS[word & 15] as number;
}

export function hashName(name: PackedName, seed: number): number {
  return name.words === null ? hashText(name.text, seed) : hashWords(...name.words, seed);
}

function hashWords(a: number, b: number, c: number, d: number, seed: number): number {
  let hash = Math.imul(a ^ Math.imul(seed, 0x9e37_79b1), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x27d4_eb2f);
  hash = Math.imul(hash ^ (hash >>> 16) ^ d, 0x1656_67b1);
  return (hash ^ (hash >>> 15)) >>> 0;
}
