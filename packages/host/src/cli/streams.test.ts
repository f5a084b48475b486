import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDynamo, testDirectory } from '../testing/run-dynamo.ts';

const SITE = { type: 'site', name: 'T2_A', storage: 'disk', status: 'ready' };
const PARTITION = { type: 'partition', name: 'P', condition: 'site.storage_type == DISK' };
const QUOTA = { type: 'quota', site: 'T2_A', partition: 'P', bytes: 1e12 };
const POLICY =
  'Partition P\nOn site.storage_type == DISK\nWhen always\nUntil never\nProtect dataset.size > 0\nDismiss\nOrder none\n';

/** Enough datasets for a plan that no pipe holds. */
function largeDump(): string {
  const records: unknown[] = [SITE, PARTITION, QUOTA];
  for (let i = 0; i < 3000; i += 1) {
    const dataset = `/Primary/Era-v${i}/AOD`;
    records.push(
      { type: 'dataset', name: dataset, status: 'valid', last_update: 1 },
      { type: 'block', dataset, name: 'b', size: 1, files: 1, is_open: false, last_update: 1 },
      { type: 'block_replica', dataset, block: 'b', site: 'T2_A', last_update: 1 },
    );
  }
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

describe('a command', () => {
  it('ends with 0 and without a word when its reader has seen enough', async () => {
    await using directory = await testDirectory();
    const policy = await directory.write('policy.txt', POLICY);
    const dump = await directory.write('dump.ndjson', largeDump());
    const args = ['detox', '--policy', policy, '--inventory', dump, '--json'];
    const whole = await runDynamo(args);
    expect(whole.stdout.length).toBeGreaterThan(200_000);
    const { code, stdout, stderr } = await runDynamo(args, { onOutput: (_soFar, child) => child.stdout?.destroy() });
    expect(stdout.length).toBeLessThan(whole.stdout.length);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('that is interrupted says so, ends with 130 and leaves nothing behind', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'dynamo-interrupted-'));
    let interrupted = false;
    const { code, stdout, stderr } = await runDynamo(['demo'], {
      environment: { TMPDIR: temporary, NODE_DISABLE_COMPILE_CACHE: '1' },
      onOutput: (soFar, child) => {
        // Once: the second one would end it without tidying up.
        if (interrupted || !soFar.includes('\n3. ')) return;
        interrupted = child.kill('SIGINT');
      },
    });
    expect(stderr).toBe('dynamo: interrupted\n');
    expect(stdout).toContain('3. Detox');
    expect(code).toBe(130);
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  }, 60_000);
});
