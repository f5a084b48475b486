import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DYNAMO_VERSION } from './dynamo-version.ts';

it('is the version of every package', () => {
  const packages = join(import.meta.dirname, '../..');
  for (const name of ['core', 'policies', 'fileops', 'host']) {
    const { version } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')) as { version: string };
    expect(version, name).toBe(DYNAMO_VERSION);
  }
});
