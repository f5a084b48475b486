/**
 * Puts a stream in byte order of its paths in bounded memory: runs are sorted and written to a temporary directory, then
 * merged. For sites whose chains put files in another order than that of their LFNs.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compareByteOrder } from '@dynamo/core';

const RUN_RECORDS = 100_000;
const BATCH_RECORDS = 1000;

/** The records are plain data. Nothing is written where one run holds them all. */
export async function* sortByPath<T extends { readonly path: string }>(
  batches: AsyncIterable<readonly T[]>,
  runRecords: number = RUN_RECORDS,
): AsyncGenerator<readonly T[], void, void> {
  let directory: string | undefined;
  const files: string[] = [];
  let run: T[] = [];
  try {
    for await (const batch of batches) {
      for (const record of batch) run.push(record);
      if (run.length < runRecords) continue;
      directory ??= await mkdtemp(join(tmpdir(), 'dynamo-sort-'));
      const file = join(directory, String(files.length));
      await writeFile(file, lines(run.sort(byPath)));
      files.push(file);
      run = [];
    }
    yield* merged([...files.map((file) => readRun<T>(file)), inMemory(run.sort(byPath))]);
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return compareByteOrder(a.path, b.path);
}

function* lines(records: readonly unknown[]): Generator<string> {
  for (const record of records) yield `${JSON.stringify(record).replace(OTHER_LINE_ENDS, escaped)}\n`;
}

/** JSON leaves them as they are, and `readline` would end a line there. */
const OTHER_LINE_ENDS = /[\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}

async function* readRun<T>(file: string): AsyncGenerator<T, void, void> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    yield JSON.parse(line) as T;
  }
}

async function* inMemory<T>(records: readonly T[]): AsyncGenerator<T, void, void> {
  yield* records;
}

/** Few runs (a hundred hold ten million files): the least of their heads is looked for one after the other. */
async function* merged<T extends { readonly path: string }>(
  runs: readonly AsyncGenerator<T, void, void>[],
): AsyncGenerator<readonly T[], void, void> {
  try {
    const heads = await Promise.all(runs.map((run) => run.next()));
    let batch: T[] = [];
    for (;;) {
      let least = -1;
      for (const [index, head] of heads.entries()) {
        const best = heads[least];
        if (head.done !== true && (best === undefined || best.done === true || byPath(head.value, best.value) < 0)) {
          least = index;
        }
      }
      const head = heads[least];
      if (head === undefined || head.done === true) break;
      batch.push(head.value);
      heads[least] = await (runs[least] as AsyncGenerator<T, void, void>).next();
      if (batch.length >= BATCH_RECORDS) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  } finally {
    for (const run of runs) await run.return();
  }
}
