import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartitionName, SiteName } from '@dynamo/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../configuration/read-configuration.ts';
import { readConfiguredPolicies } from '../../services/configured-policies.ts';
import { digestOf } from '../../services/policy-text.ts';
import { datasetName, type RestFixture, restFixture } from '../fixtures/rest-fixture.ts';

const MODULE = `export const policy = ({ always, never, site }) => ({
  partition: 'Physics', on: [site.name.is('T1_A')], when: [always], until: [never],
  lines: [{ protect: (each) => each.dataset.name.endsWith('0') }], otherwise: 'dismiss', order: [],
});
`;

let directory: string;
let fixture: RestFixture;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dynamo-modules-'));
  await writeFile(join(directory, 'known.ts'), MODULE);
  const { detox } = defaultConfiguration(directory);
  const policies = [{ file: join(directory, 'known.ts'), sha256: digestOf({ text: MODULE }) }];
  fixture = await restFixture({ datasets: 2, configuration: { detox: { ...detox, policies } } });
  await fixture.application.inventory.update({ application: 'test', user: 'test' }, (draft) => {
    const name = 'Physics' as PartitionName;
    draft.put('partition', { name, condition: 'blockreplica.owner == AnalysisOps' });
    draft.put('quota', { site: 'T1_A' as SiteName, partition: name, bytes: 5000 });
  });
});
afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const post = (policy: string, more: object = {}, path = '/api/detox') =>
  fixture.ask(path, { method: 'POST', body: { policy, file: 'mine.ts', ...more } });

describe('a policy in TypeScript, sent to a server', () => {
  it('is planned with and committed where its digest is in the configuration', async () => {
    expect((await post(MODULE)).json).toMatchObject({ policy_sha256: digestOf({ text: MODULE }) });
    expect((await post(MODULE, { commit: true })).json).toMatchObject({ title: 'Detox Physics', done: 2 });
    const explained = await post(MODULE, { dataset: '/Primary/Era-v0/AOD', site: 'T1_A' }, '/api/detox/explain');
    expect(explained.status).not.toBe(422);
  });

  it('is run again from the history, under the same condition', async () => {
    expect((await post(MODULE, { commit: true })).json).toMatchObject({ cycle: 1 });
    const again = await fixture.ask('/api/cycles/1/replay', { method: 'POST', body: {} });
    expect(again.json).toMatchObject({ cycle: 1, decisions: 2, differences: null });
    const body = { dataset: datasetName(0) };
    const explained = await fixture.ask('/api/cycles/1/explain', { method: 'POST', body });
    expect(explained.json).toMatchObject([{ site: 'T1_A', agrees: true, explanation: { dataset: datasetName(0) } }]);
    (fixture.application.configuration.detox.policies as unknown[]).length = 0;
    for (const given of [{}, { policy: MODULE, file: 'known.ts' }]) {
      const refused = await fixture.ask('/api/cycles/1/replay', { method: 'POST', body: given });
      expect([refused.status, refused.json.error.code]).toEqual([422, 'refused']);
    }
    const wrong = { policy: `${MODULE} `, file: 'known.ts' };
    expect((await fixture.ask('/api/cycles/1/replay', { method: 'POST', body: wrong })).status).toBe(400);
    expect((await fixture.ask('/api/cycles/2/replay', { method: 'POST', body: {} })).status).toBe(404);
  });

  it('is not run where it is not', async () => {
    const other = `globalThis.wasRun = true;\n${MODULE}`;
    for (const more of [{}, { commit: true }, { file: 'x.mjs' }]) {
      const answer = await post(other, more);
      expect(answer.status).toBe(422);
      expect(answer.json.error).toMatchObject({
        code: 'refused',
        message: expect.stringContaining(`its sha256 ${digestOf({ text: other })}`),
      });
    }
    const explained = await post(other, { dataset: '/Primary/Era-v0/AOD', site: 'T1_A' }, '/api/detox/explain');
    expect(explained.status).toBe(422);
    expect(globalThis).not.toHaveProperty('wasRun');
  });

  it('that was changed since it was authorised is no longer used', async () => {
    const { configuration } = fixture.application;
    expect(await readConfiguredPolicies(configuration)).toMatchObject([{ file: 'known.ts', mayRun: true }]);
    await writeFile(join(directory, 'known.ts'), `${MODULE}\n`);
    await expect(readConfiguredPolicies(configuration)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/known\.ts has changed since it was authorised/),
    });
  });
});
