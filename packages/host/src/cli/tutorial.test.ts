import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runDynamo, testDirectory } from '../testing/run-dynamo.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

it('every command of docs/detox.md works, one after the other', async () => {
  const page = await readFile(join(root, 'docs', 'detox.md'), 'utf8');
  const commands = [...page.matchAll(/^ {4}dynamo (.*)$/gm)].map(([, line]) => line ?? '');
  expect(commands.length).toBeGreaterThan(12);
  await using directory = await testDirectory();
  await cp(join(root, 'examples'), join(directory.path, 'examples'), { recursive: true });
  const said: string[] = [];
  for (const command of commands) {
    const { code, stdout, stderr } = await runDynamo(command.split(' '), { cwd: directory.path });
    expect([command, code, stderr.replaceAll(/^.*warning.*\n?/gm, '')]).toEqual([command, 0, expect.anything()]);
    said.push(stdout);
  }
  const all = said.join('\n');
  expect(all).toMatch(/only the first deletes 0 B, only the second 3\.0 kB, in 1 dataset replica/);
  expect(all).toMatch(/dataset\.last_access is 2018-06-08T23:20:00Z; no if it were/);
  expect(all).toMatch(/detox, cycle 2: policy Physics, .*Dismiss/);
}, 180_000);
