/**
 * Names of datasets. What stands before the last two slashes is kept as what it has in common with that of the name before
 * and the rest, which is short for sorted ones; the two parts after it are words that return again and again.
 */
import { ByteReader, ByteWriter } from './byte-stream.ts';

const PARTS = 2;

export function packNames(names: readonly string[]): Uint8Array {
  const common = new ByteWriter();
  const rests = new ByteWriter();
  const words = Array.from({ length: PARTS }, () => ({ numbers: new Map<string, number>(), column: new ByteWriter() }));
  let before = '';
  for (const name of names) {
    let head = name;
    for (const { numbers, column } of words) {
      const cut = Math.max(0, head.lastIndexOf('/'));
      const word = head.slice(cut);
      const number = numbers.get(word) ?? numbers.size;
      numbers.set(word, number);
      column.whole(number);
      head = head.slice(0, cut);
    }
    const length = commonLength(before, head);
    common.whole(length);
    rests.text(head.slice(length));
    before = head;
  }
  const writer = new ByteWriter();
  writer.whole(names.length);
  for (const { numbers, column } of words) {
    writer.nested(packTexts([...numbers.keys()]));
    writer.nested(column);
  }
  writer.nested(common);
  writer.nested(rests);
  return writer.finish();
}

export function unpackNames(bytes: Uint8Array): readonly string[] {
  return readNames(new ByteReader(bytes));
}

export function readNames(reader: ByteReader): readonly string[] {
  const count = reader.count();
  const words = Array.from({ length: PARTS }, () => ({ list: unpackTexts(reader.nested()), column: reader.nested() }));
  const [common, rests] = [reader.nested(), reader.nested()];
  let before = '';
  return Array.from({ length: count }, () => {
    const head = before.slice(0, common.whole()) + rests.text();
    before = head;
    // The last one was cut off first.
    return words.reduceRight((name, { list, column }) => name + list[column.index(list.length)], head);
  });
}

function packTexts(texts: readonly string[]): ByteWriter {
  const writer = new ByteWriter();
  writer.whole(texts.length);
  for (const text of texts) writer.text(text);
  return writer;
}

function unpackTexts(reader: ByteReader): readonly string[] {
  return Array.from({ length: reader.count() }, () => reader.text());
}

/** Never cuts a surrogate pair in two. */
function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  const last = b.charCodeAt(length - 1);
  return length > 0 && last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}
