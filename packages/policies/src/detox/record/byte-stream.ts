/** Numbers and texts one after the other, in as few bytes as they take. */
import { assert, DynamoError } from '@dynamo/core';

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first, the eighth says that more follow (LEB128). */
  whole(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a number is whole and not below 0');
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** UTF-8; what that cannot hold (half a surrogate pair) as UTF-16. */
  text(text: string): void {
    if (text.isWellFormed()) {
      const bytes = encoder.encode(text);
      this.whole(bytes.length * 2);
      this.raw(bytes);
      return;
    }
    this.whole(text.length * 2 + 1);
    for (let i = 0; i < text.length; i++) this.raw([text.charCodeAt(i) & 0xff, text.charCodeAt(i) >>> 8]);
  }

  raw(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** With their number before them. */
  bytes(bytes: Uint8Array): void {
    this.whole(bytes.length);
    this.raw(bytes);
  }

  /** Another one's bytes, which its reader gets as a reader of their own. */
  nested(writer: ByteWriter): void {
    this.bytes(writer.#bytes.subarray(0, writer.#length));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Throws `corrupt` for bytes that end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  whole(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || factor > MAX_FACTOR) throw damaged();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const head = this.whole();
    const length = Math.floor(head / 2);
    if (head % 2 === 0) return decoder.decode(this.raw(length));
    const bytes = this.raw(length * 2);
    let text = '';
    for (let i = 0; i < bytes.length; i += 2) {
      text += String.fromCharCode((bytes[i] as number) | ((bytes[i + 1] as number) << 8));
    }
    return text;
  }

  /** How many of something follow, each of which takes a byte at least: damage must not make lists of billions. */
  count(): number {
    const count = this.whole();
    if (count > this.#bytes.length - this.#at) throw damaged();
    return count;
  }

  /** A number of something of which there are `length`. */
  index(length: number): number {
    const index = this.whole();
    if (index >= length) throw damagedRecord(`it names number ${index} of ${length}`);
    return index;
  }

  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (cause) {
      throw damagedRecord('its head is no JSON', cause);
    }
  }

  raw(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw damaged();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  rest(): Uint8Array {
    return this.raw(this.#bytes.length - this.#at);
  }

  bytes(): Uint8Array {
    return this.raw(this.whole());
  }

  nested(): ByteReader {
    return new ByteReader(this.bytes());
  }
}

const MAX_FACTOR = 2 ** 49;
const encoder = new TextEncoder();
// A name may begin with the mark that a decoder would take for its own.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function damaged(): DynamoError {
  return damagedRecord('it ends in the middle');
}

export function damagedRecord(why: string, cause?: unknown): DynamoError {
  return new DynamoError('corrupt', `what the history keeps of a cycle is damaged: ${why}`, { cause });
}
