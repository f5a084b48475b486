import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runDynamo } from '../testing/run-dynamo.ts';

describe('the demo', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dynamo-demo-test-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('refuses a directory with other things in it, or a file, and leaves them as they are', async () => {
    const file = join(directory, 'thesis.tex');
    await writeFile(file, 'chapter 1');
    expect(await runDynamo(['demo', '--keep', directory])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `dynamo: ${directory}: it holds other things (thesis.tex) (name an empty or new directory, or one that an earlier demo kept)\n`,
    });
    const { code, stderr } = await runDynamo(['demo', '--keep', file]);
    expect(stderr).toMatch(/^dynamo: .*thesis\.tex: it is not a directory/);
    expect(code).toBe(2);
  });
});
