// The examples run, and the README shows them as they are.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPolicyWarnings, readPolicy } from '@dynamo/policies';
import { describe, expect, it } from 'vitest';

const folder = import.meta.dirname;
const readme = readFileSync(join(folder, '..', 'README.md'), 'utf8');

describe('embed.ts', () => {
  it('does what the README says', () => {
    const ended = spawnSync(process.execPath, ['--conditions=@dynamo/source', join(folder, 'embed.ts')], {
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(blocks(readme, 'ts')).toContain(readFileSync(join(folder, 'embed.ts'), 'utf8'));
    expect(blocks(readme, 'text')).toContain(ended.stdout);
  });

  it('is short', () => {
    expect(readFileSync(join(folder, 'embed.ts'), 'utf8').trim().split('\n').length).toBeLessThanOrEqual(18);
  });
});

describe('embed-inventory.ts', () => {
  it('asks its questions of a dump, in 40 lines', () => {
    const file = join(folder, 'embed-inventory.ts');
    const ended = spawnSync(process.execPath, ['--conditions=@dynamo/source', file], { encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout.split('\n')).toEqual([
      'T2_DE_DESY: 6000 of 8000 bytes, 75.0 %',
      'T2_US_MIT: 2000 of 4000 bytes, 50.0 %',
      '/Muons/Run2018A-v1/AOD: 2 of its blocks have one copy',
      'whole at T2_US_MIT: /Electrons/Run2018A-v1/AOD',
      'version 2 opened 2 copies',
      '',
    ]);
    expect(readFileSync(file, 'utf8').trim().split('\n').length).toBeLessThanOrEqual(40);
  });
});

describe('dealer-plugin.ts', () => {
  it('proposes, and is told why not', () => {
    const file = join(folder, 'dealer-plugin.ts');
    const ended = spawnSync(process.execPath, ['--conditions=@dynamo/source', file], { encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toBe(
      '/Muons/Run2018A-v1/AOD -> T2_US_MIT, 3500 bytes: read 1 days ago, and on one site only\n',
    );
  });
});

describe('physics-policy.txt', () => {
  it('is a policy without a fault, as the README shows it', () => {
    const text = readFileSync(join(folder, 'physics-policy.txt'), 'utf8');
    expect(blocks(readme, '')).toContain(text);
    const policy = readPolicy(text, { nowSeconds: 1_767_225_600 });
    expect(policy).toMatchObject({ ok: true });
    expect(policy.ok && findPolicyWarnings(policy.value)).toEqual([]);
  });
});

/** The code blocks of a Markdown text in one language, without the fences. */
function blocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}
