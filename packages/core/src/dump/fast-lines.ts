/**
 * The lines of which a dump has millions, read from their bytes in one pass: ASCII, without escapes, nothing unknown or
 * twice, every value in its range, no white space but blanks between the parts. Any other line is left to the slow way,
 * which finds out what is wrong with it, if anything is.
 */
import { MAX_TIME } from '../inventory/validate-record.ts';
import { ByteTexts, isAt } from './byte-texts.ts';
import type { BlockLine } from './lines/block-line.ts';
import type { BlockReplicaLine } from './lines/block-replica-line.ts';
import type { DatasetReplicaLine } from './lines/dataset-replica-line.ts';
import type { FileLine } from './lines/file-line.ts';
import { LINE_FEED } from './whole-lines.ts';

type FastType = 'block' | 'block_replica' | 'dataset_replica' | 'file';

interface Key {
  readonly field: Exclude<keyof FastLine, 'clear'>;
  /** As it stands in the line. */
  readonly quoted: string;
  /** Of the keys seen. */
  readonly bit: number;
}

interface Shape {
  readonly type: FastType;
  readonly quoted: string;
  /** In the order in which dumps are written: found at once there, by looking around elsewhere. */
  readonly keys: readonly Key[];
  readonly requiredBits: number;
}

const SHAPES: readonly Shape[] = [
  shape('block_replica', {
    dataset: 'required',
    block: 'required',
    site: 'required',
    group: 'optional',
    last_update: 'required',
    custodial: 'optional',
    size: 'optional',
    files: 'optional',
  }),
  shape('file', { dataset: 'required', block: 'required', lfn: 'required', size: 'required', checksums: 'optional' }),
  shape('block', {
    dataset: 'required',
    name: 'required',
    size: 'optional',
    files: 'optional',
    is_open: 'required',
    last_update: 'required',
  }),
  shape('dataset_replica', { dataset: 'required', site: 'required', group: 'optional', growing: 'optional' }),
];

const [BLANK, QUOTE, COMMA, COLON, BACKSLASH, ZERO, NINE] = [0x20, 0x22, 0x2c, 0x3a, 0x5c, 0x30, 0x39] as const;
const [OPEN, CLOSE, LOWER_N, LOWER_T, LOWER_F, DELETE] = [0x7b, 0x7d, 0x6e, 0x74, 0x66, 0x7f] as const;

const START = '{"type":';
const ADLER32 = '"adler32"';
/** Of a number: any with so many is exact. */
const MAX_DIGITS = 15;
const MAX_FILES = 2 ** 32 - 1;

/** The keys of all shapes; those that a line lacks are undefined. */
class FastLine {
  dataset = '';
  block = '';
  site = '';
  name = '';
  lfn = '';
  group: string | null | undefined = undefined;
  last_update = 0;
  is_open = false;
  custodial: boolean | undefined = undefined;
  growing: boolean | undefined = undefined;
  size: number | undefined = undefined;
  files: number | undefined = undefined;
  checksums: Readonly<Record<string, string>> | undefined = undefined;

  /** `dataset` and `block` stay, since those of the next line are mostly the same. */
  clear(): void {
    this.group = undefined;
    this.custodial = undefined;
    this.growing = undefined;
    this.size = undefined;
    this.files = undefined;
    this.checksums = undefined;
  }
}

export class FastLines {
  /** Of the last line. */
  type: FastType = 'block_replica';
  /** What the last line says: as its schema would have found it, and good until the next one. */
  readonly line: BlockLine & BlockReplicaLine & DatasetReplicaLine & FileLine;
  /** After the last line and its line feed. */
  end = 0;
  readonly #line = new FastLine();
  readonly #texts = new ByteTexts();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** A value that is not as it should be was met. */
  #isStrange = false;

  constructor() {
    this.line = this.#line as FastLines['line'];
  }

  /** The line that begins there; false if it has to be read the slow way. */
  read(bytes: Buffer, start: number): boolean {
    if (!isAt(bytes, start, START)) return false;
    this.#bytes = bytes;
    this.#at = start + START.length;
    this.#isStrange = false;
    this.#skipBlanks();
    const found = SHAPES.find(({ quoted }) => isAt(bytes, this.#at, quoted));
    if (found === undefined) return false;
    this.#at += found.quoted.length;
    this.type = found.type;
    return this.#readKeys(found);
  }

  #readKeys({ keys, requiredBits }: Shape): boolean {
    const bytes = this.#bytes;
    this.#line.clear();
    let seen = 0;
    let next = 0;
    for (;;) {
      this.#skipBlanks();
      const mark = bytes[this.#at];
      this.#at += 1;
      if (mark === CLOSE) break;
      if (mark !== COMMA) return false;
      this.#skipBlanks();
      const index = this.#findKey(keys, next);
      if (index === -1) return false;
      const { field, quoted, bit } = keys[index] as Key;
      if ((seen & bit) !== 0) return false;
      seen |= bit;
      next = index + 1;
      this.#at += quoted.length;
      this.#skipColon();
      this.#readValue(field);
      if (this.#isStrange) return false;
    }
    if ((seen & requiredBits) !== requiredBits) return false;
    this.end = this.#at + 1;
    return this.#at >= bytes.length || bytes[this.#at] === LINE_FEED;
  }

  #findKey(keys: readonly Key[], first: number): number {
    for (let i = 0; i < keys.length; i += 1) {
      const index = first + i < keys.length ? first + i : first + i - keys.length;
      if (isAt(this.#bytes, this.#at, (keys[index] as Key).quoted)) return index;
    }
    return -1;
  }

  #readValue(field: Key['field']): void {
    const line = this.#line;
    switch (field) {
      case 'dataset':
      case 'block':
        line[field] = this.#repeatedText(line[field]);
        return;
      case 'site':
        line.site = this.#text(true);
        return;
      case 'group':
        line.group = this.#bytes[this.#at] === LOWER_N ? this.#word('null', null) : this.#text(true);
        return;
      case 'name':
      case 'lfn':
        line[field] = this.#text(false);
        return;
      case 'last_update':
        line.last_update = this.#integer(MAX_TIME);
        return;
      case 'size':
        line.size = this.#integer(Number.MAX_SAFE_INTEGER);
        return;
      case 'files':
        line.files = this.#integer(MAX_FILES);
        return;
      case 'is_open':
      case 'custodial':
      case 'growing':
        line[field] = this.#flag();
        return;
      case 'checksums':
        line.checksums = this.#checksums();
        return;
      default:
        field satisfies never;
    }
  }

  /** Mostly the value of the line before, which one pass tells. */
  #repeatedText(last: string): string {
    const end = this.#at + 1 + last.length;
    if (this.#bytes[this.#at] !== QUOTE || this.#bytes[end] !== QUOTE || !isAt(this.#bytes, this.#at + 1, last)) {
      return this.#text(false);
    }
    this.#at = end + 1;
    return last;
  }

  /** `isCommon`: worth keeping for the lines to come. */
  #text(isCommon: boolean): string {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    if (bytes[this.#at] !== QUOTE) return this.#strange('');
    let hash = 0;
    for (let at = start; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return isCommon ? this.#texts.get(bytes, start, at, hash) : bytes.toString('latin1', start, at);
      }
      if (byte < BLANK || byte >= DELETE || byte === BACKSLASH) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    return this.#strange('');
  }

  #integer(max: number): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let value = 0;
    let at = start;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte < ZERO || byte > NINE) break;
      value = value * 10 + (byte - ZERO);
    }
    this.#at = at;
    const digits = at - start;
    if (digits === 0 || digits > MAX_DIGITS || (digits > 1 && bytes[start] === ZERO) || value > max) {
      return this.#strange(0);
    }
    return value;
  }

  #flag(): boolean {
    const first = this.#bytes[this.#at];
    if (first === LOWER_T) return this.#word('true', true);
    return first === LOWER_F ? this.#word('false', false) : this.#strange(false);
  }

  #word<T>(word: string, value: T): T {
    if (!isAt(this.#bytes, this.#at, word)) return this.#strange(value);
    this.#at += word.length;
    return value;
  }

  /** Those of nearly all files, an adler32 and nothing else. */
  #checksums(): Readonly<Record<string, string>> | undefined {
    if (this.#bytes[this.#at] !== OPEN) return this.#strange(undefined);
    this.#at += 1;
    this.#skipBlanks();
    if (!isAt(this.#bytes, this.#at, ADLER32)) return this.#strange(undefined);
    this.#at += ADLER32.length;
    this.#skipColon();
    const adler32 = this.#text(false);
    this.#skipBlanks();
    if (this.#bytes[this.#at] !== CLOSE) return this.#strange(undefined);
    this.#at += 1;
    return { adler32 };
  }

  #skipColon(): void {
    this.#skipBlanks();
    if (this.#bytes[this.#at] !== COLON) this.#isStrange = true;
    this.#at += 1;
    this.#skipBlanks();
  }

  #skipBlanks(): void {
    while (this.#bytes[this.#at] === BLANK) this.#at += 1;
  }

  #strange<T>(value: T): T {
    this.#isStrange = true;
    return value;
  }
}

function shape(type: FastType, fields: { readonly [F in Key['field']]?: 'required' | 'optional' }): Shape {
  const named = Object.entries(fields) as [Key['field'], 'required' | 'optional'][];
  const keys = named.map(([field], index) => ({ field, quoted: `"${field}"`, bit: 1 << index }));
  const requiredBits = named.reduce((bits, [, need], index) => (need === 'required' ? bits | (1 << index) : bits), 0);
  return { type, quoted: `"${type}"`, keys, requiredBits };
}
