/**
 * The warm-start file: the pages of a version, as they are in memory, so that a server need not read the database anew.
 * It names the version and the commit that it was made from; anything wrong with it is reason for a normal load.
 *
 *   magic "DYNWARM1" | u32 length of the manifest | manifest (JSON) | pages, one after the other | u32 CRC-32 of all before
 *
 * Numbers are little-endian, as are the pages: a file of a machine of the other order is refused by its mark.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { PagePieces } from '../columns/page-pieces.ts';
import type { StateImage } from '../columns/state-image.ts';
import { throwIfAborted } from '../errors/aborted-error.ts';
import { DynamoError } from '../errors/dynamo-error.ts';

const MAGIC = Buffer.from('DYNWARM1', 'latin1');
/** Another one for every change of what is in memory. */
const FORMAT = 3;
const CHUNK_BYTES = 1 << 20;
const MAX_MANIFEST_BYTES = 1 << 30;

/** What the file was made from: it is good for exactly this. */
export interface WarmStartKey {
  readonly version: number;
  /** Identifies the store and the commit that led to the version. */
  readonly commit: string;
}

interface Manifest extends WarmStartKey {
  readonly format: typeof FORMAT;
  readonly byteOrder: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** By name, the sizes of its pages in bytes. */
  readonly pages: Readonly<Record<string, readonly number[]>>;
}

/**
 * Writes the file beside `path` and moves it there when it is complete and on disk. It is written piece by piece, so
 * that nobody waits for it. Rejects with the error of the file system; nothing is left behind then.
 */
export async function writeWarmStart(
  path: string,
  image: StateImage,
  key: WarmStartKey,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, 'w');
  try {
    await writeImage(file, image, key, signal);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeImage(file: FileHandle, image: StateImage, key: WarmStartKey, signal?: AbortSignal): Promise<void> {
  const pages = Object.fromEntries(
    Object.entries(image.pages).map(([name, list]) => [name, list.map((p) => p.byteLength)]),
  );
  const manifest: Manifest = { format: FORMAT, byteOrder: endianness(), ...key, values: image.values, pages };
  const text = Buffer.from(JSON.stringify(manifest));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  let checksum = 0;
  let pending: Buffer[] = [MAGIC, length, text];
  let pendingBytes = text.length;
  const flush = async (): Promise<void> => {
    throwIfAborted('writing the warm-start file', signal);
    for (const part of pending) checksum = crc32(part, checksum);
    await file.writev(pending);
    pending = [];
    pendingBytes = 0;
  };
  for (const list of Object.values(image.pages)) {
    for (const page of list) {
      pending.push(Buffer.from(page.buffer, page.byteOffset, page.byteLength));
      pendingBytes += page.byteLength;
      if (pendingBytes >= CHUNK_BYTES) await flush();
    }
  }
  await flush();
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32LE(checksum);
  await file.write(trailer);
}

export type WarmStart =
  | { readonly ok: true; readonly image: StateImage; readonly key: WarmStartKey }
  /** A file that is not there is no fault: `why` is undefined. */
  | { readonly ok: false; readonly why: string | undefined };

/** What is wrong with a file of that key; null: nothing. */
export type JudgeWarmStart = (key: WarmStartKey) => string | null | Promise<string | null>;

/** Reads the file if it is whole and `judge` has nothing against what it was made from. Never throws for what is in it. */
export async function readWarmStart(path: string, judge: JudgeWarmStart): Promise<WarmStart> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { ok: false, why: missing ? undefined : `${path}: ${(error as Error).message}` };
  }
  try {
    return { ok: true, ...(await readImage(file, judge)) };
  } catch (error) {
    return { ok: false, why: `${path}: ${(error as Error).message}` };
  } finally {
    await file.close();
  }
}

async function readImage(
  file: FileHandle,
  judge: JudgeWarmStart,
): Promise<{ readonly image: StateImage; readonly key: WarmStartKey }> {
  const { size } = await file.stat();
  const reader = new SummingReader(file);
  const magic = await reader.read(MAGIC.length);
  if (!magic.equals(MAGIC)) throw corrupt('it is not a warm-start file');
  const length = (await reader.read(4)).readUInt32LE();
  if (length > Math.min(size, MAX_MANIFEST_BYTES)) throw corrupt('it is cut');
  const manifest = JSON.parse((await reader.read(length)).toString()) as Manifest;
  if (manifest.format !== FORMAT || manifest.byteOrder !== endianness())
    throw corrupt('it is of another format or machine');
  const key = { version: manifest.version, commit: manifest.commit };
  const objection = await judge(key);
  if (objection !== null) throw corrupt(objection);
  const sizes = Object.values(manifest.pages).flat();
  const expected = MAGIC.length + 4 + length + sizes.reduce((sum, each) => sum + each, 0) + 4;
  if (size !== expected) throw corrupt(`it has ${size} bytes and should have ${expected}`);
  const pages: Record<string, ArrayBufferView[]> = {};
  for (const [name, list] of Object.entries(manifest.pages)) {
    pages[name] = [];
    const pieces = new PagePieces();
    for (const bytes of list) {
      const page = pieces.take(bytes);
      await reader.readInto(page);
      pages[name].push(page);
    }
  }
  const { checksum } = reader;
  const trailer = Buffer.alloc(4);
  await file.read(trailer, 0, 4, size - 4);
  if (trailer.readUInt32LE() !== checksum) throw corrupt('its checksum is wrong');
  return { image: { pages, values: manifest.values }, key };
}

/** Reads forward through a large buffer, and sums up what it gives out. */
class SummingReader {
  readonly #file: FileHandle;
  readonly #buffer = Buffer.allocUnsafe(4 * CHUNK_BYTES);
  #start = 0;
  #end = 0;
  #position = 0;
  checksum = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async read(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.readInto(bytes);
    return bytes;
  }

  async readInto(target: Uint8Array): Promise<void> {
    let filled = 0;
    while (filled < target.length) {
      if (this.#start === this.#end) await this.#fill();
      const copied = this.#buffer.copy(
        target,
        filled,
        this.#start,
        Math.min(this.#end, this.#start + target.length - filled),
      );
      filled += copied;
      this.#start += copied;
    }
    this.checksum = crc32(target, this.checksum);
  }

  async #fill(): Promise<void> {
    const { bytesRead } = await this.#file.read(this.#buffer, 0, this.#buffer.length, this.#position);
    if (bytesRead === 0) throw corrupt('it is cut');
    this.#position += bytesRead;
    this.#start = 0;
    this.#end = bytesRead;
  }
}

function corrupt(what: string): DynamoError {
  return new DynamoError('corrupt', what);
}
