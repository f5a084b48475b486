import { connect } from 'node:net';
import type { Version } from '@dynamo/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenDigest } from './access/people-file.ts';
import { datasetName, type RestFixture, restFixture, TOKEN } from './fixtures/rest-fixture.ts';

let fixture: RestFixture;
beforeAll(async () => {
  fixture = await restFixture({ limits: { bodyBytes: 2000 } });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const encoded = (name: string): string => encodeURIComponent(name);

describe('who may ask', () => {
  it.each([
    ['no token', { authorization: undefined }, 401, 'authorization is missing'],
    ['a wrong token', { authorization: 'Bearer a-token-for-tests-0123456789-ABCDEX' }, 401, "not this server's"],
    ['a shorter token', { authorization: 'Bearer a' }, 401, "not this server's"],
    ['another scheme', { authorization: 'Basic dGVzdDp0ZXN0' }, 401, "not this server's"],
    ['a name that was bound to loopback', { host: 'evil.example' }, 421, 'evil.example'],
    ['a name that only begins like ours', { host: 'localhost.evil.example:80' }, 421, 'localhost.evil.example'],
    ['a page of another site', { origin: 'https://evil.example' }, 403, 'other sites'],
    ['a page of another port', { origin: 'http://localhost:1', host: 'localhost:2' }, 403, 'other sites'],
    ['a page without an origin', { origin: 'null' }, 403, 'other sites'],
    ['a page of another site that reads', { 'sec-fetch-site': 'cross-site' }, 403, 'other sites'],
  ])('is not: %s', async (_name, headers, status, message) => {
    const answer = await fixture.ask('/api/sites', { headers });
    expect(answer.status).toBe(status);
    expect(answer.json.error).toMatchObject({ code: 'refused', message: expect.stringContaining(message) });
    expect(answer.json.error.where.header).toBe(Object.keys(headers)[0]);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('is whoever brings the token, by any of our names and from our own page', async () => {
    const { port } = fixture.server;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LocalHost:${port}`, `[::1]:${port}`]) {
      const answer = await fixture.ask('/api/sites', {
        headers: { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
      });
      expect(answer.status).toBe(200);
    }
  });

  it('is told nothing without a token, not even which addresses there are', async () => {
    expect((await fixture.ask('/api/nothing', { headers: { authorization: undefined } })).status).toBe(401);
    expect((await fixture.ask('/api/nothing')).status).toBe(404);
  });

  it.each([
    '/%61pi/status',
    '/%61%70%69/%73tatus',
    '/api%2Fstatus',
    '//api/status',
    '/./api/status',
    '/status.js/../api/status',
    '/API/status',
    '/api/status;x',
    '/api/status?x=/status.js',
    'http://127.0.0.1/api/status',
    'https://localhost:1/%61pi/status',
  ])('is told nothing without a token, however the address is spelt: %s', async (path) => {
    const answer = await fixture.ask(path, { headers: { authorization: undefined } });
    expect([path, answer.status]).toEqual([path, 401]);
    expect(answer.text).not.toContain('counts');
  });

  it('is told nothing without a token under any encoding of an address', async () => {
    const address = fc.constantFrom('/api/status', '/api/sites', `/api/datasets/${encoded(datasetName(0))}`);
    const flips = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });
    const prefix = fc.constantFrom('', '', 'http://localhost', 'http://127.0.0.1:80', '/.', '/');
    await fc.assert(
      fc.asyncProperty(address, flips, prefix, async (plain, flipped, before) => {
        const spelt = [...plain].map((c, i) =>
          flipped[i] === true && /[a-z]/i.test(c) && plain[i - 1] !== '%' && plain[i - 2] !== '%'
            ? `%${c.charCodeAt(0).toString(16)}`
            : c,
        );
        const { status } = await fixture.ask(before + spelt.join(''), { headers: { authorization: undefined } });
        expect(status).toBe(401);
      }),
      { numRuns: 100 },
    );
  });

  it('answers a preflight with no permission', async () => {
    const answer = await fixture.ask('/api/requests', {
      method: 'OPTIONS',
      headers: { authorization: undefined, origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('people with tokens of their own', () => {
  const ALICE = 'the-token-of-alice-0123456789-ABCDEF';
  const lock = { method: 'POST', body: { dataset: '/A/*' } } as const;
  let people: RestFixture;
  beforeAll(async () => {
    people = await restFixture({ people: new Map([[tokenDigest(ALICE), 'alice']]) });
  });
  afterAll(() => people[Symbol.asyncDispose]());
  const lastAuthor = async (): Promise<string> => {
    const log = people.application.inventory.changesSince(0 as Version);
    return log.kind === 'changes' ? (log.changes.at(-1)?.authorship.user ?? '') : log.kind;
  };

  it.each([undefined, 'alice'])('are who the token says, with dynamo-user %s', async (user) => {
    const answer = await people.ask('/api/locks', {
      ...lock,
      headers: { authorization: `Bearer ${ALICE}`, 'dynamo-user': user },
    });
    expect([answer.status, await lastAuthor()]).toEqual([201, 'alice']);
  });

  it.each([
    ['who has one cannot be another', ALICE, 'bob', "the token is alice's"],
    ['nobody else can be who has one', TOKEN, 'alice', 'alice has a token'],
  ])('%s', async (_name, token, user, message) => {
    const before = people.application.inventory.version;
    const headers = { authorization: `Bearer ${token}`, 'dynamo-user': user };
    const answer = await people.ask('/api/locks', { ...lock, headers });
    expect([answer.status, answer.json.error.message]).toEqual([403, expect.stringContaining(message)]);
    expect(answer.json.error.where).toEqual({ header: 'dynamo-user' });
    expect(people.application.inventory.version).toBe(before);
  });

  it("the server's own token still serves in other names", async () => {
    const answer = await people.ask('/api/locks', { ...lock, headers: { 'dynamo-user': 'carol' } });
    expect([answer.status, await lastAuthor()]).toEqual([201, 'carol']);
  });
});

describe('what is refused', () => {
  const post = { method: 'POST' } as const;
  it.each([
    ['an unknown address', '/api/sitez', {}, 404, { code: 'not-found', message: 'there is no GET /api/sitez' }],
    ['an unknown method', '/api/sites', { method: 'DELETE' }, 404, { code: 'not-found' }],
    ['an address that cannot be decoded', '/api/datasets/%E0%A4%A', {}, 400, { code: 'invalid-input' }],
    ['a body that is no JSON', '/api/requests', { ...post, rawBody: '{"kind":' }, 400, { code: 'invalid-input' }],
    ['an empty body', '/api/requests', { ...post, rawBody: '' }, 400, { code: 'invalid-input' }],
    ['a body that poisons prototypes', '/api/requests', { ...post, rawBody: '{"__proto__":{}}' }, 400, {}],
    [
      'a body of another type',
      '/api/requests',
      { ...post, rawBody: 'kind=copy', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      { code: 'invalid-input' },
    ],
    ['plain text', '/api/requests', { ...post, rawBody: 'x', headers: { 'content-type': 'text/plain' } }, 415, {}],
    [
      'too large a body',
      '/api/requests',
      { ...post, body: { kind: 'x'.repeat(3000) } },
      413,
      { code: 'invalid-input' },
    ],
    [
      'an unknown key',
      '/api/requests',
      { ...post, body: { kind: 'copy', datasets: ['*'], sites: ['*'], copis: 1 } },
      400,
      { message: 'copis: unknown key (did you mean copies?)', where: { path: 'copis' } },
    ],
    [
      'a wrong type, at its place',
      '/api/requests',
      { ...post, body: { kind: 'copy', datasets: ['/A/B/C', 7], sites: ['*'] } },
      400,
      { where: { path: 'datasets[1]' } },
    ],
    ['an unknown parameter', '/api/datasets?limt=1', {}, 400, { where: { query: 'limt' } }],
    ['a parameter given twice', '/api/datasets?limit=1&limit=2', {}, 400, { where: { query: 'limit' } }],
    ['a limit out of bounds', '/api/datasets?limit=1000000', {}, 400, { where: { query: 'limit' } }],
    ['a number that is none', '/api/requests/one', {}, 404, { code: 'not-found' }],
    ['a user with odd letters', '/api/requests/1/cancel', { ...post, headers: { 'dynamo-user': 'a b' } }, 400, {}],
    ['a bad pattern', '/api/datasets?pattern=*[b-a]', {}, 400, { code: 'invalid-input' }],
  ])('%s', async (_name, path, options, status, error) => {
    const answer = await fixture.ask(path, options);
    expect(answer.json.error).toMatchObject(error);
    expect(Object.keys(answer.json)).toEqual(['error']);
    expect(Object.keys(answer.json.error)).toEqual(['code', 'message', 'where']);
    expect(answer.status).toBe(status);
  });

  it('a request that is no HTTP, without a word of ours', async () => {
    const socket = connect(fixture.server.port, '127.0.0.1');
    socket.end('nonsense\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('versions', () => {
  it('come with every answer, and go up with a change', async () => {
    const before = await fixture.ask('/api/sites');
    const version = Number(before.headers['dynamo-version']);
    expect(version).toBe(fixture.application.inventory.version);
    const made = await fixture.ask('/api/requests', {
      method: 'POST',
      body: { kind: 'copy', datasets: [datasetName(0)], sites: ['T2_*'] },
    });
    expect(made.status).toBe(201);
    expect(Number(made.headers['dynamo-version'])).toBe(version + 1);
    const least = { headers: { 'dynamo-min-version': String(version + 1) } };
    expect((await fixture.ask('/api/requests', least)).status).toBe(200);
  });

  it('that were never made are refused: 412 where they are made, 503 where they are followed', async () => {
    const far = { headers: { 'dynamo-min-version': '999' } };
    const here = await fixture.ask('/api/sites', far);
    expect(here.status).toBe(412);
    expect(here.json.error).toMatchObject({ code: 'conflict', where: { header: 'dynamo-min-version' } });
    expect((await fixture.ask('/api/sites', { headers: { 'dynamo-min-version': 'x' } })).status).toBe(400);
    await using follower = await restFixture({ follows: true });
    const there = await follower.ask('/api/sites', far);
    expect(there.status).toBe(503);
    expect(there.headers['retry-after']).toBe('1');
  });
});

describe('queries', () => {
  it('give sites, one site, or 404', async () => {
    expect((await fixture.ask('/api/sites')).json.map(({ name }: { name: string }) => name)).toEqual(['T1_A', 'T2_B']);
    expect((await fixture.ask('/api/sites/T2_B')).json).toMatchObject({ name: 'T2_B', status: 'ready' });
    const none = await fixture.ask('/api/sites/T2_X');
    expect([none.status, none.json.error.message]).toEqual([404, 'there is no site T2_X']);
  });

  it('give a dataset by its encoded name', async () => {
    const answer = await fixture.ask(`/api/datasets/${encoded(datasetName(1))}`);
    expect(answer.json).toMatchObject({ name: datasetName(1), size: 1001, files: 2 });
    expect(answer.json.replicas).toHaveLength(2);
    const longest = encoded(`/${'\u{10ffff}'.repeat(250)}`);
    expect((await fixture.ask(`/api/datasets/${longest}`)).status).toBe(404);
  });

  it('give datasets page by page, each naming the next', async () => {
    const names: string[] = [];
    for (let path = '/api/datasets?limit=2&pattern=*AOD'; path !== ''; ) {
      const page = await fixture.ask(path);
      names.push(...page.json.map(({ name }: { name: string }) => name));
      path = /<(.*)>; rel="next"/.exec(String(page.headers.link ?? ''))?.[1] ?? '';
    }
    expect(names).toEqual([0, 1, 2].map(datasetName));
  });

  it('close every view that they opened', async () => {
    await Promise.all(
      ['/api/status', '/api/sites', '/api/datasets', '/api/replicas?site=T1_A', '/api/sites/none'].map((path) =>
        fixture.ask(path),
      ),
    );
    expect(fixture.application.inventory.openViews).toBe(0);
  });

  it('tell how the server is, with 503 where it takes nothing', async () => {
    expect((await fixture.ask('/api/health')).json.status).toBe('ok');
    fixture.health = 'stopping';
    expect((await fixture.ask('/api/health')).status).toBe(503);
    fixture.health = 'ok';
    expect((await fixture.ask('/api/status')).json.counts).toMatchObject({ sites: 2, datasets: 3 });
  });
});

describe('requests', () => {
  it('are made under a name, listed, shown and cancelled once', async () => {
    const made = await fixture.ask('/api/requests', {
      method: 'POST',
      headers: { 'dynamo-user': 'maria' },
      body: { kind: 'copy', datasets: [datasetName(2)], sites: ['T1_A'], copies: 1, group: 'AnalysisOps' },
    });
    expect(made.json).toMatchObject({ state: 'new', user: 'maria', copies: 1 });
    const at = String(made.headers.location);
    expect((await fixture.ask(at)).json).toEqual(made.json);
    expect((await fixture.ask('/api/requests?user=maria&limit=1')).json).toEqual([made.json]);
    const cancelled = await fixture.ask(`${at}/cancel`, { method: 'POST', body: {} });
    expect(cancelled.json).toMatchObject({ state: 'cancelled' });
    const again = await fixture.ask(`${at}/cancel`, { method: 'POST', body: {} });
    expect([again.status, again.json.error.code]).toEqual([422, 'refused']);
  });

  it('for what is not there are refused, with the place', async () => {
    const body = { kind: 'copy', datasets: ['/No/Such/Dataset'], sites: ['T1_A'] };
    const answer = await fixture.ask('/api/requests', { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(answer.json.error.where).toEqual({ path: 'datasets[0]' });
  });
});

describe('the log', () => {
  it('has no token, and one line for each request', async () => {
    fixture.log.length = 0;
    await fixture.ask('/api/sites');
    await fixture.ask('/api/sites', { headers: { authorization: 'Bearer wrong-wrong' } });
    const lines = fixture.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ status, level }) => [status, level])).toEqual([
      [200, 20],
      [401, 40],
    ]);
    expect(fixture.log.join()).not.toMatch(/wrong-wrong|a-token-for-tests/);
  });
});
