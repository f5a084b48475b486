import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { adler32, formatAdler32 } from '../adler32.ts';
import { createFileFederation } from '../fixtures/file-federation.ts';

const CHILD = fileURLToPath(new URL('../fixtures/copy-until-killed.ts', import.meta.url));

describe('a process that is killed while it copies', () => {
  it('leaves each destination absent or right, and the next one finishes the work', async () => {
    await using federation = await createFileFederation();
    const { directory, source, destination, storage } = federation;
    const bytes = new Uint8Array(1_500_000).map((_, i) => (i * 7) >>> 5);
    const checksum = formatAdler32(adler32(bytes));
    await federation.write(source, 'x', bytes);

    let right = 0;
    let halfWritten = 0;
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(
        process.execPath,
        ['--conditions=@dynamo/source', CHILD, directory, String(bytes.length), checksum, '12'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(child.stdout, 'data');
      await sleep(20 + round * 23);
      child.kill('SIGKILL');
      await once(child, 'close');
      for await (const files of storage.lister.list(destination)) {
        for (const { path } of files) {
          right += 1;
          const found = await federation.read(destination, path);
          expect(found !== null && Buffer.compare(found, bytes) === 0).toBe(true);
        }
      }
      halfWritten += await storage.sweepParts(destination, Number.MAX_SAFE_INTEGER);
    }
    // The rounds prove something only if they hit the middle of the work.
    expect(right).toBeGreaterThan(0);
    expect(halfWritten).toBeGreaterThan(0);
  });
});
