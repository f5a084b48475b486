/**
 * Numbers of the same width with all first bytes together, then all second ones, and so on: the high ones, which are much
 * alike, are packed better so.
 */
import { assert } from '@dynamo/core';
import type { ByteReader, ByteWriter } from './byte-stream.ts';

/** Whole numbers from 0 to 2^53 - 1, in as many bytes each as the largest of them takes. */
export function writeWholes(writer: ByteWriter, values: readonly number[]): void {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const width = bytesOf(largest);
  const planes = new Uint8Array(values.length * width);
  for (const [i, value] of values.entries()) {
    assert(Number.isSafeInteger(value) && value >= 0, 'a number is whole and not below 0');
    let rest = value;
    for (let at = i; at < planes.length; at += values.length) {
      planes[at] = rest % 0x100;
      rest = Math.floor(rest / 0x100);
    }
  }
  writer.whole(values.length);
  writer.whole(width);
  writer.raw(planes);
}

export function readWholes(reader: ByteReader): Float64Array {
  const count = reader.count();
  const width = reader.index(SAFE_BYTES + 1);
  const planes = reader.raw(count * width);
  const values = new Float64Array(count);
  for (let at = planes.length - count; at >= 0 && count > 0; at -= count) {
    for (let i = 0; i < count; i++) values[i] = (values[i] as number) * 0x100 + (planes[at + i] as number);
  }
  return values;
}

/** As they are, whatever they are. */
export function writeDoubles(writer: ByteWriter, values: readonly number[]): void {
  const plain = new DataView(new ArrayBuffer(values.length * DOUBLE_BYTES));
  for (const [i, value] of values.entries()) plain.setFloat64(i * DOUBLE_BYTES, value);
  const planes = new Uint8Array(plain.byteLength);
  for (let at = 0; at < planes.length; at++) {
    planes[(at % DOUBLE_BYTES) * values.length + Math.floor(at / DOUBLE_BYTES)] = plain.getUint8(at);
  }
  writer.raw(planes);
}

export function readDoubles(reader: ByteReader, count: number): number[] {
  const planes = reader.raw(count * DOUBLE_BYTES);
  const plain = new DataView(new ArrayBuffer(planes.length));
  for (let at = 0; at < planes.length; at++) {
    plain.setUint8(at, planes[(at % DOUBLE_BYTES) * count + Math.floor(at / DOUBLE_BYTES)] as number);
  }
  return Array.from({ length: count }, (_, i) => plain.getFloat64(i * DOUBLE_BYTES));
}

const DOUBLE_BYTES = 8;
const SAFE_BYTES = 7;

/** At least one: so a count of numbers never exceeds the bytes that follow it. */
function bytesOf(value: number): number {
  let width = 1;
  for (let rest = Math.floor(value / 0x100); rest > 0; rest = Math.floor(rest / 0x100)) width += 1;
  return width;
}
