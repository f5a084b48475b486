import { open } from 'node:fs/promises';
import { type DumpSource, dumpFile, inputError } from '@dynamo/core';

export interface DumpInput {
  readonly source: DumpSource;
  /** As it is stored, compressed or not. */
  readonly sizeBytes: number;
}

/** The dump in a file. Rejects with `invalid-input`, naming it, where it cannot be read. */
export async function dumpInput(file: string): Promise<DumpInput> {
  try {
    // Opened, since only that tells whether we may.
    const handle = await open(file, 'r');
    const stats = await handle.stat().finally(() => handle.close());
    if (stats.isFile()) return { source: dumpFile(file), sizeBytes: stats.size };
  } catch (cause) {
    throw inputError({ what: 'cannot be read', where: { file }, hint: (cause as Error).message }, cause);
  }
  const hint = 'a dump is read twice: write it to a file, or pipe it to `dynamo load -`';
  throw inputError({ what: 'is not a file', where: { file }, hint });
}
