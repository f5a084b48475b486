import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runDemoProcess } from './kill-demo/demo-process.ts';
import { readTree } from './kill-demo/read-tree.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dynamo-demo-test-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** The short form of kill-demo.ts: at moments that are other ones each time. */
it('the demo goes on after kill -9 where it was, to the end with right figures', { timeout: 240_000 }, async () => {
  // While files are written or injected, while they are deleted, and while faults are repaired.
  for (const chapter of [1, 4, 6]) {
    const delayMs = Math.random() * 400;
    const { code, output } = await runDemoProcess(directory, { chapter, delayMs });
    expect({ chapter, delayMs, code, output }).toMatchObject({ code: null });
  }
  const { code, output } = await runDemoProcess(directory, null);
  expect(output).toContain('Every figure is right');
  expect(code).toBe(0);

  // And a figure that is not right is said to be wrong.
  const site = join(directory, 'sites', 'T2_IT_Arno');
  const [path = ''] = (await readTree(site)).keys();
  await truncate(join(site, path), 100);
  const damaged = await runDemoProcess(directory, null);
  expect(damaged.output).toContain('WRONG');
  expect(damaged.output).toContain(`/${path} has 100 bytes`);
  expect(damaged.code).toBe(1);
});
