import { ByteReader, ByteWriter } from './byte-stream.ts';

/** Of each name, what it has in common with the one before, and the rest: short for sorted ones. */
export function packNames(names: readonly string[]): Uint8Array {
  const writer = new ByteWriter();
  writer.whole(names.length);
  let before = '';
  for (const name of names) {
    const common = commonLength(before, name);
    writer.whole(common);
    writer.text(name.slice(common));
    before = name;
  }
  return writer.finish();
}

export function unpackNames(bytes: Uint8Array): readonly string[] {
  const reader = new ByteReader(bytes);
  const names: string[] = [];
  let before = '';
  for (let left = reader.whole(); left > 0; left--) {
    before = before.slice(0, reader.whole()) + reader.text();
    names.push(before);
  }
  return names;
}

/** Never cuts a surrogate pair in two. */
function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  const last = b.charCodeAt(length - 1);
  return length > 0 && last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}
