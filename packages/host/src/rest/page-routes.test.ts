import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePage, openPage, type PageAnswer } from './fixtures/fake-page.ts';
import { type RestFixture, restFixture } from './fixtures/rest-fixture.ts';

const EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>&amp;';

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/api/health': {
    status: 'degraded',
    faults: [`detox: ${EVIL}`],
    version: 3,
    startedAt: 0,
    several: null,
    openViews: 0,
    cycles: [
      {
        ...{ name: EVIL, intervalSeconds: 5, running: false, runs: 1, failures: 1, nextAt: 60 },
        last: { startedAt: 0, seconds: 1, outcome: 'failed', summary: EVIL },
      },
    ],
  },
  '/api/status': {
    version: 3,
    counts: { datasets: 1, blockReplicas: 2 },
    sites: [{ site: EVIL, storage: 'disk', status: 'morgue', verified: false }],
    sitePartitions: [
      { site: EVIL, partition: EVIL, quota: 1000, physical: 900, projected: 2000, occupancy: 0.9 },
      { site: EVIL, partition: 'none', quota: null, physical: 5, projected: 5, occupancy: null },
      { site: EVIL, partition: 'unlimited', quota: -1, physical: 5e12, projected: 5e12, occupancy: 0 },
    ],
    operations: { queued: 1, claimed: 2, held: 3 },
    requests: { new: 0, active: 0 },
  },
  '/api/requests?state=active&limit=100': [
    {
      ...{
        id: 8,
        kind: 'copy',
        datasets: [EVIL],
        sites: [EVIL],
        copies: null,
        user: EVIL,
        state: 'active',
        reason: EVIL,
      },
      ...{ group: null, createdAt: 0, updatedAt: 0 },
    },
    {
      ...{ id: 9, kind: 'rule', datasets: ['/A/*', '/B/*'], sites: ['T2_*'], copies: 2, until: 60, user: 'bob' },
      ...{ group: null, createdAt: 0, updatedAt: 0, state: 'active', reason: 'see its progress' },
      progress: {
        ...{ state: 'stuck', datasets: 3, copies: 6, there: 1234, onTheWay: 1, missing: 1, bytesMissing: 5 },
        ...{ why: 'no room', remedy: 'raise the quota' },
      },
    },
  ],
  '/api/operations?state=held&limit=100': [
    {
      ...{ id: 7, state: 'held', attempts: 8, lastError: EVIL, reason: { source: 'detox', text: EVIL } },
      target: { kind: 'delete-path', site: EVIL, path: EVIL },
    },
  ],
  '/api/cycles?limit=20': [{ cycle: 4, planner: 'detox', title: EVIL, time: 0, version: 3 }],
  '/api/cycles/4': {
    document: {
      plan: {
        lines: [{ line: 1, text: EVIL }],
        decisions: [{ dataset: EVIL, site: EVIL, decision: 'delete', line: 1, size: 1500 }],
      },
      dropped: [{ dataset: EVIL, site: EVIL, why: EVIL }],
    },
  },
  '/api/operations/7/release': {},
};

const IDS = ['summary', 'faults', 'cycles-at-work', 'sites', 'requests', 'held', 'history', 'decisions'];

async function shown(answer?: (path: string, authorization: string) => PageAnswer): Promise<FakePage> {
  const page = openPage('#token=abc', answer ?? ((path) => ({ status: 200, body: ANSWERS[path] })));
  for (let i = 0; i < 10; i += 1) await turn();
  return page;
}

describe('the status page', () => {
  it('shows what there is, and names only as text', async () => {
    const page = await shown();
    const link = [...page.byId('history').all()].find(({ localName }) => localName === 'button');
    link?.listeners.get('click')?.({});
    for (let i = 0; i < 5; i += 1) await turn();
    for (const id of IDS.slice(1)) expect(page.byId(id).textContent, id).toContain(EVIL);
    const all = IDS.flatMap((id) => [...page.byId(id).all()]);
    const tags = new Set(all.map(({ localName }) => localName));
    expect([...tags].filter((name) => /[^a-z0-9]|img|script/.test(name))).toEqual([]);
    const attributes = new Set(all.flatMap((one) => [...one.attributes.keys()]));
    expect([...attributes].filter((name) => /^on|href|src|style/.test(name))).toEqual([]);
    expect(page.byId('sites').textContent).toContain('90.0%: 900 B of 1.0 kB');
    expect(page.byId('sites').textContent).toContain('5.0 TB, unlimited');
    expect(page.byId('report').hidden).toBe(false);
  });

  it('shows what stands of requests and rules, and what keeps a rule', async () => {
    const page = await shown();
    const rows = [...page.byId('requests').all()].filter(({ localName }) => localName === 'tr');
    expect(rows.map(({ textContent }) => textContent)[1]).toBe(
      '9 keep 2 of /A/*, /B/* at T2_*, until 1970-01-01 00:01:00 bob stuck 1,234 of 6 no room: raise the quota',
    );
    expect([...page.byId('requests').all()].find(({ textContent }) => textContent === 'stuck')).toBeDefined();
  });

  it('draws bars that stay inside', async () => {
    const page = await shown();
    const widths = [...page.byId('sites').all()]
      .filter(({ localName }) => localName === 'rect')
      .map(({ attributes }) => Number(attributes.get('width')));
    expect(widths).toEqual([100, 90, 100, 100, 100, 0, 100, 0, 0]);
  });

  it('takes the token from behind the #, keeps it for the tab, and wipes the address', async () => {
    const asked: string[] = [];
    const page = await shown((path, authorization) => {
      asked.push(authorization);
      return { status: 200, body: ANSWERS[path] };
    });
    expect(new Set(asked)).toEqual(new Set(['Bearer abc']));
    expect([...page.stored.values()]).toEqual(['abc']);
    expect(page.addresses).toEqual(['/']);
  });

  it('asks for the token where it is refused, and forgets it', async () => {
    const page = await shown(() => ({ status: 401, body: { error: { message: EVIL } } }));
    expect(page.byId('login').hidden).toBe(false);
    expect(page.byId('report').hidden).toBe(true);
    expect(page.byId('refusal').textContent).toBe(EVIL);
    expect(page.stored.size).toBe(0);
  });

  it('says so where the server is down, and shows what a server that is not well says', async () => {
    const down = await shown(() => {
      throw new Error('connection refused');
    });
    expect(down.byId('summary').textContent).toContain('does not answer: connection refused');
    const unwell = await shown((path) => ({ status: path === '/api/health' ? 503 : 200, body: ANSWERS[path] }));
    expect(unwell.byId('faults').textContent).toContain('detox');
  });

  it('releases a held operation when it is told to', async () => {
    const page = await shown();
    const button = [...page.byId('held').all()].find(({ localName }) => localName === 'button');
    button?.listeners.get('click')?.({});
    for (let i = 0; i < 5; i += 1) await turn();
    expect(page.asked).toContain('/api/operations/7/release');
  });
});

describe('the files of the page', () => {
  let fixture: RestFixture;
  beforeAll(async () => {
    fixture = await restFixture();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());
  const withoutToken = { headers: { authorization: undefined } };

  it.each([
    ['/', 'text/html'],
    ['/status.css', 'text/css'],
    ['/status.js', 'text/javascript'],
  ])('%s needs no token, holds no data, and may load nothing from elsewhere', async (path, type) => {
    const answer = await fixture.ask(path, withoutToken);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain(type);
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(answer.text).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(answer.text).not.toMatch(/style=|<script>|onclick|innerHTML/);
  });

  it('are not given to who calls the server by another name', async () => {
    expect((await fixture.ask('/', { headers: { host: 'evil.example' } })).status).toBe(421);
  });

  it('go with an interface that has all that the page asks for', async () => {
    for (const path of Object.keys(ANSWERS).filter((one) => !/\d+(\/|$)/.test(one) || one.includes('?'))) {
      expect((await fixture.ask(path)).status, path).toBe(200);
    }
  });
});
