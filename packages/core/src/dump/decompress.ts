import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { DynamoError } from '../errors/dynamo-error.ts';
import { inputError } from '../errors/input-error.ts';

const OUTPUT_CHUNK_BYTES = 256 * 1024;
const MAGIC_BYTES = 4;

/** The bytes as they are, or decompressed where they begin like gzip or zstd. Throws `invalid-input` if they are cut. */
export async function* decompress(chunks: AsyncIterable<Uint8Array>, file?: string): AsyncIterable<Uint8Array> {
  const { start, all } = await peek(chunks);
  const decoder = decoderFor(start);
  if (decoder === undefined) yield* all;
  else yield* decode(decoder, all, file);
}

function decoderFor(start: Uint8Array): Decoder | undefined {
  const [a, b, c, d] = start;
  if (a === 0x1f && b === 0x8b) return { format: 'gzip', stream: createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES }) };
  const isFrame = a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd;
  const isSkippable = a !== undefined && a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18;
  if (!isFrame && !isSkippable) return undefined;
  return { format: 'zstd', stream: createZstdDecompress({ chunkSize: OUTPUT_CHUNK_BYTES }) };
}

interface Decoder {
  readonly format: 'gzip' | 'zstd';
  readonly stream: Transform & { readonly bytesWritten: number };
}

async function* decode(
  { format, stream }: Decoder,
  chunks: AsyncIterable<Uint8Array>,
  file: string | undefined,
): AsyncIterable<Uint8Array> {
  let fedBytes = 0;
  let isExhausted = false;
  const feed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      fedBytes += chunk.byteLength;
      yield chunk;
    }
    isExhausted = true;
  };
  // Errors of either side destroy the other, and come out of the loop below.
  pipeline(Readable.from(feed(), { objectMode: true, highWaterMark: 1 }), stream, () => {});
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw asInputError(cause, format, file);
  }
  // zlib's zstd stream ends with the first frame and says nothing of what follows it.
  if (!isExhausted || fedBytes !== stream.bytesWritten) {
    stream.destroy();
    throw inputError({
      what: `the ${format} data goes on after its end`,
      where: { file },
      hint: 'decompress it first if it is several frames',
    });
  }
}

function asInputError(cause: unknown, format: string, file: string | undefined): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (cause instanceof DynamoError || !(code.startsWith('Z_') || code.startsWith('ZSTD_'))) return cause;
  return code === 'Z_BUF_ERROR'
    ? inputError({ what: `the ${format} data ends too early`, where: { file }, hint: 'the file was cut' }, cause)
    : inputError({ what: `the ${format} data is damaged: ${(cause as Error).message}`, where: { file } }, cause);
}

async function peek(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly start: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  while (heldBytes < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    held.push(next.value);
    heldBytes += next.value.byteLength;
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* held;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  const start = Buffer.concat(held.map((chunk) => chunk.subarray(0, MAGIC_BYTES))).subarray(0, MAGIC_BYTES);
  return { start, all: all() };
}
