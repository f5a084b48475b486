import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { BenchRow } from './bench/bench-row.ts';

const bench = (...args: string[]) =>
  spawnSync(process.execPath, ['--conditions=@dynamo/source', join(import.meta.dirname, 'bench.ts'), ...args], {
    encoding: 'utf8',
  });

it('prints every row of the core targets, and writes them as JSON', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'dynamo-bench-test-'));
  try {
    const file = join(directory, 'rows.json');
    const ended = bench('core', '--quick', '--json', file);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { readonly rows: readonly BenchRow[] };
    const words = ['memory', 'take a view', 'point query', 'commit of', 'reading a dump', 'warm-start', 're-partition'];
    for (const word of [...words, 'view objects against row numbers', 'inserts and deletes']) {
      expect(rows.filter(({ name }) => name.includes(word))).not.toEqual([]);
    }
    for (const { name, value } of rows) {
      expect(ended.stdout).toContain(name);
      expect(Number.isFinite(value), name).toBe(true);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('prints what the history of a Detox cycle takes', { timeout: 120_000 }, () => {
  const ended = bench('detox', '--quick');
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  for (const word of ['history of a cycle', 'added by the next cycle', 'packing what', 'unpacking all decisions']) {
    expect(ended.stdout).toContain(word);
  }
  expect(ended.stdout).toMatch(/decisions, .* MB: policy .*, datasets .*, attributes .*, decisions .*, the rest/);
});

it('says what sizes and suites there are', () => {
  expect(bench('core', '--size', 'many')).toMatchObject({ status: 2, stderr: expect.stringContaining('500k or 10M') });
  expect(bench('disk')).toMatchObject({ status: 2, stderr: expect.stringContaining('core, store') });
});
