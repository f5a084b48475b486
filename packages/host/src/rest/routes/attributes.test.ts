import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../configuration/read-configuration.ts';
import { datasetName, type RestFixture, restFixture } from '../fixtures/rest-fixture.ts';

let fixture: RestFixture;
beforeEach(async () => {
  const { detox } = defaultConfiguration('/nowhere');
  const producers = [{ kind: 'stored', variables: ['dataset.usage_rank'], maxAgeSeconds: null }] as const;
  fixture = await restFixture({ configuration: { producers, detox }, limits: { documentBytes: 10_000 } });
});
afterEach(() => fixture[Symbol.asyncDispose]());

const post = (path: string, body: unknown) => fixture.ask(path, { method: 'POST', body });

describe('accesses over REST', () => {
  const stored = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const batch of fixture.application.store.accesses.read({ fromDay: 0 })) found.push(...batch);
    return found;
  };

  it('are added up within a report, and replaced by the next one of the same day', async () => {
    const access = { dataset: datasetName(0), site: 'T1_A', day: '2026-01-31', accesses: 2 };
    const first = await post('/api/accesses', { accesses: [access, { ...access, requests: 1 }] });
    expect(first.json).toEqual({
      ...{ records: 1, accesses: 4, requests: 1, from: '2026-01-31', to: '2026-01-31', forgotten: 0 },
    });
    await post('/api/accesses', { accesses: [{ ...access, accesses: 5 }] });
    expect(await stored()).toMatchObject([{ accesses: 5, requests: 0 }]);
  });

  it.each([
    [{ accesses: [{ dataset: '/A', day: 'today', accesses: 1 }] }, 'accesses[0]', /day: "today" is none/],
    [{ accesses: [] }, 'accesses', /there is no access in it/],
    [{ access: [] }, 'accesses', /./],
    [[], '', /./],
  ])('are refused as a whole: %j', async (body, _path, message) => {
    const answer = await post('/api/accesses', body);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatchObject({ code: 'invalid-input', message: expect.stringMatching(message) });
    expect(await stored()).toEqual([]);
  });

  it('are refused where the report is too long', async () => {
    const accesses = Array.from({ length: 300 }, () => ({ dataset: '/A', day: '2026-01-31', accesses: 1 }));
    expect((await post('/api/accesses', { accesses })).status).toBe(413);
  });
});

describe('attributes over REST', () => {
  it('are kept by variable', async () => {
    const answer = await post('/api/attributes', { 'dataset.usage_rank': { [datasetName(0)]: 3 } });
    expect(answer.json).toEqual({ 'dataset.usage_rank': 1 });
    const { values } = (await fixture.application.store.attributes.read('dataset.usage_rank')) ?? {};
    expect([...(values ?? [])]).toEqual([[datasetName(0), 3]]);
    const listed = await fixture.ask('/api/attributes');
    expect(listed.json).toContainEqual(expect.objectContaining({ name: 'dataset.usage_rank', type: 'number' }));
  });

  it('are refused as a whole', async () => {
    const answer = await post('/api/attributes', { 'dataset.usage_rank': { a: 1, b: 'x' } });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toMatch(/"x" is not a value of dataset\.usage_rank/);
    expect(await fixture.application.store.attributes.read('dataset.usage_rank')).toBeNull();
  });
});
