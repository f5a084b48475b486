import { packUuid, UUID_WORDS } from '../model/uuid.ts';
import { type Columns, forkColumns, makeColumns, readColumns, type U32Column, writeColumns } from './column.ts';
import { hashText } from './hash-index.ts';
import type { Stamp } from './stamp.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';
import { TextHeap } from './text-heap.ts';

/** A name as four words where it is a UUID in lower case, else as the text it is. One serves many names, one after the other. */
export class PackedName {
  readonly words: Uint32Array = new Uint32Array(UUID_WORDS);
  text = '';
  isUuid = false;

  pack(text: string): this {
    this.text = text;
    this.isUuid = packUuid(text, this.words);
    return this;
  }

  hash(seed: number): number {
    if (!this.isUuid) return hashText(this.text, seed);
    const { words } = this;
    return hashWords(words[0] as number, words[1] as number, words[2] as number, words[3] as number, seed);
  }
}

const SCHEMA = { words: 'u32' } as const;

/**
 * Block names: UUIDs in four words a row, side by side, so that comparing one touches one place in memory; of others the
 * first three words are 0, and the last one says where they are in a heap of texts.
 */
export class BlockNameColumn {
  readonly #columns: Columns<typeof SCHEMA>;
  readonly #words: U32Column;
  readonly #heap: TextHeap;

  private constructor(columns: Columns<typeof SCHEMA>, heap: TextHeap) {
    this.#columns = columns;
    this.#words = columns.words;
    this.#heap = heap;
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
    const at = row * UUID_WORDS;
    const first = this.#words.get(at);
    const second = this.#words.get(at + 1);
    const third = this.#words.get(at + 2);
    const fourth = this.#words.get(at + 3);
    if (first === 0 && second === 0 && third === 0) return this.#heap.get(fourth);
    writeHex(first, 0);
    NAME_BYTES[8] = HYPHEN;
    writeHexHalf(second >>> 16, 9);
    NAME_BYTES[13] = HYPHEN;
    writeHexHalf(second, 14);
    NAME_BYTES[18] = HYPHEN;
    writeHexHalf(third >>> 16, 19);
    NAME_BYTES[23] = HYPHEN;
    writeHexHalf(third, 24);
    writeHex(fourth, 28);
    return NAME_BYTES.toString('latin1');
  }

  set(row: number, name: PackedName): void {
    const offset = name.isUuid ? 0 : this.#heap.add(name.text);
    for (let i = 0; i < UUID_WORDS; i++) {
      const word = name.isUuid ? (name.words[i] as number) : i === UUID_WORDS - 1 ? offset : 0;
      this.#words.set(row * UUID_WORDS + i, word);
    }
  }

  is(row: number, name: PackedName): boolean {
    const at = row * UUID_WORDS;
    const words = this.#words;
    if (!name.isUuid) return this.#isText(at) && this.#heap.is(words.get(at + 3), name.text);
    const wanted = name.words;
    return (
      words.get(at) === wanted[0] &&
      words.get(at + 1) === wanted[1] &&
      words.get(at + 2) === wanted[2] &&
      words.get(at + 3) === wanted[3]
    );
  }

  /** Brings the name near, for a look at it soon; what it gives means nothing. */
  touch(row: number): number {
    return this.#words.get(row * UUID_WORDS);
  }

  hash(row: number, seed: number): number {
    const at = row * UUID_WORDS;
    const words = this.#words;
    if (this.#isText(at)) return hashText(this.#heap.get(words.get(at + 3)), seed);
    return hashWords(words.get(at), words.get(at + 1), words.get(at + 2), words.get(at + 3), seed);
  }

  #isText(at: number): boolean {
    return this.#words.get(at) === 0 && this.#words.get(at + 1) === 0 && this.#words.get(at + 2) === 0;
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

function hashWords(a: number, b: number, c: number, d: number, seed: number): number {
  let hash = Math.imul(a ^ Math.imul(seed, 0x9e37_79b1), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x27d4_eb2f);
  hash = Math.imul(hash ^ (hash >>> 16) ^ d, 0x1656_67b1);
  return hash ^ (hash >>> 15);
}
