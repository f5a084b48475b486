/** Dumps as files: the only part of dumps that touches the file system. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import type { DumpSource } from './dump-source.ts';

const READ_CHUNK_BYTES = 256 * 1024;

/** Compressed or not is told by the first bytes, whatever the name. */
export function dumpFile(path: string): DumpSource {
  return () => createReadStream(path, { highWaterMark: READ_CHUNK_BYTES });
}

/** A stream that can be read only once, standard input say, copied to a temporary file that goes with the source. */
export interface SpooledDump extends AsyncDisposable {
  readonly source: DumpSource;
}

export async function spoolDump(
  bytes: AsyncIterable<Uint8Array>,
  { directory: parent = tmpdir(), signal }: { readonly directory?: string; readonly signal?: AbortSignal } = {},
): Promise<SpooledDump> {
  const directory = await mkdtemp(join(parent, 'dynamo-dump-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const path = join(directory, 'dump');
  try {
    await pipeline(bytes, createWriteStream(path, { mode: 0o600 }), signal === undefined ? {} : { signal });
  } catch (error) {
    await remove();
    throw error;
  }
  return { source: dumpFile(path), [Symbol.asyncDispose]: remove };
}

/**
 * Writes a dump to a file, compressed as its name says (`.gz`, `.zst`). The name is there only once the whole dump is on
 * disk, so that nobody takes a cut one for whole.
 */
export async function writeDumpFile(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    const compressor = compressorFor(path);
    const input = Readable.from(bytes, { objectMode: true, highWaterMark: 4 });
    const output = createWriteStream(partial, { flush: true });
    if (compressor === undefined) await pipeline(input, output, options);
    else await pipeline(input, compressor, output, options);
    await rename(partial, path);
    await syncDirectory(join(path, '..'));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function compressorFor(path: string): Transform | undefined {
  if (path.endsWith('.gz')) return createGzip();
  return path.endsWith('.zst') ? createZstdCompress() : undefined;
}

/** The new name itself has to survive a crash. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
