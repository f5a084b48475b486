import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetName, type RestFixture, restFixture, TOKEN } from '../rest/fixtures/rest-fixture.ts';
import type { Dynamo } from '../services/dynamo.ts';
import { type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';
import { remoteDynamo } from './client.ts';

let fixture: RestFixture;
let directory: TestDirectory;
let dynamo: Dynamo;
const connect = async (server: string, token: string): Promise<Dynamo> =>
  remoteDynamo({
    server,
    tokenFile: await directory.write('token', `${token}\n`),
    user: 'alice',
    signal: new AbortController().signal,
  });
const document = (content: unknown) => ({ file: 'document.json', text: JSON.stringify(content) });

beforeAll(async () => {
  fixture = await restFixture();
  directory = await testDirectory();
  dynamo = await connect(fixture.server.url, TOKEN);
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

describe('a server, asked as the local store is', () => {
  it('injects and deletes under the name of whoever asks', async () => {
    const authors: string[] = [];
    fixture.application.inventory.events.on('committed', ({ authorship }) => authors.push(authorship.user));
    const injected = await dynamo.inject(document({ group: [{ name: 'DataOps' }] }));
    expect(injected).toMatchObject({ summary: { groups: 1 }, version: fixture.application.inventory.version });
    const replica = { dataset: datasetName(1), site: 'T1_A' };
    expect(await dynamo.delete(document({ datasetreplica: [replica] }))).toMatchObject({
      summary: { datasetReplicas: 1 },
    });
    expect(authors).toEqual(['alice', 'alice']);
    expect(await dynamo.status()).toMatchObject({ operations: { queued: 1 } });
  });

  it('says where in which document the fault is', async () => {
    const { version } = fixture.application.inventory;
    await expect(dynamo.inject({ file: 'cut.json', text: '{"group"' })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^cut\.json: not JSON/),
    });
    await expect(dynamo.inject(document({ group: [{ nme: 'x' }] }))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^document\.json: group\[0\]\.nme: /),
      data: { where: { path: 'group[0].nme' } },
    });
    expect(fixture.application.inventory.version).toBe(version);
  });

  it('refuses what the local store refuses', async () => {
    const last = ['T1_A', 'T2_B'].map((site) => ({ dataset: datasetName(2), site }));
    await expect(dynamo.delete(document({ datasetreplica: last }))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('last-copy'),
    });
    await expect(dynamo.checkConsistency('T9', { act: false })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a server that does not answer, or not us', () => {
  it('is told apart', async () => {
    const stranger = await connect(fixture.server.url, 'another-token-0123456789-ABCDEFGHIJ');
    await expect(stranger.status()).rejects.toMatchObject({ code: 'refused' });
    const nobody = await connect('http://127.0.0.1:1', TOKEN);
    await expect(nobody.status()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the server http://127.0.0.1:1 cannot be reached: is it running?',
    });
  });
});
