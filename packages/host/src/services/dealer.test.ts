import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDealerConfiguration } from './dealer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamo-dealer-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function written(text: string): Promise<string> {
  const file = join(folder, 'dealer.yaml');
  await writeFile(file, text);
  return file;
}

describe('the configuration of the Dealer', () => {
  it('has defaults without a file', async () => {
    expect((await readDealerConfiguration(null)).plugins.map(({ plugin }) => plugin)).toContain('copy_requests');
  });

  it('is YAML or JSON, and its faults are at their paths', async () => {
    expect(await readDealerConfiguration(await written('target_site_occupancy: 0.8'))).toMatchObject({
      targetSiteOccupancy: 0.8,
    });
    await expect(readDealerConfiguration(await written('{"target_site_occupancy": 7, "x": 1}'))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/dealer\.yaml.*target_site_occupancy[\s\S]*x/),
    });
    await expect(readDealerConfiguration(await written('a: [1'))).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(readDealerConfiguration(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('may name a file of rules beside it', async () => {
    const text = 'plugins:\n  - plugin: enforcer\n    priority: 1\n    rules_file: rules.yaml\n';
    const file = await written(text);
    await expect(readDealerConfiguration(file)).rejects.toMatchObject({ code: 'invalid-input' });
    await writeFile(join(folder, 'rules.yaml'), 'rules: {}\n');
    await expect(readDealerConfiguration(file)).resolves.toBeDefined();
  });
});
