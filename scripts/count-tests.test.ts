import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it.each([
  ['counts', [file('passed', 'passed', 'passed', 'skipped', 'todo')], 0, '2 passed, 0 failed, 2 skipped'],
  ['fails with a failed test', [file('failed', 'passed', 'failed')], 1, '1 passed, 1 failed, 0 skipped'],
  ['counts a file that does not load as failed', [file('passed', 'passed'), file('failed')], 1, '1 passed, 1 failed'],
  ['fails when nothing ran', [], 1, '0 passed, 0 failed, 0 skipped'],
  ['fails when all were skipped', [file('passed', 'skipped')], 1, '0 passed, 0 failed, 1 skipped'],
  ['fails without a result', undefined, 1, '0 passed, 0 failed, 0 skipped'],
])('%s', (_, testResults, code, line) => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-count-'));
  const result = join(folder, 'result.json');
  if (testResults !== undefined) writeFileSync(result, JSON.stringify({ testResults }));
  const script = join(import.meta.dirname, 'count-tests.ts');
  const ended = spawnSync(process.execPath, [script, result], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(ended.stdout).toContain(`tests: ${line}`);
  expect(ended.status).toBe(code);
});

function file(status: string, ...tests: string[]): object {
  return { status, assertionResults: tests.map((each) => ({ status: each })) };
}
