import { type AccessRecord, compareByteOrder, isDynamoError } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOON, small } from '../testing-fixtures/small-federation.ts';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { dayOf } from './access-day.ts';
import { accessProducer } from './access-producer.ts';
import { loadAttributes } from './load-attributes.ts';

const today = dayOf(NOON);
const sites = { S1: {}, S2: {}, S3: {} };

function access(written: Partial<AccessRecord>): AccessRecord {
  return { dataset: '/A', site: 'S1', day: today, accesses: 0, requests: 0, ...written };
}

type Loaded = Readonly<Record<string, Readonly<Record<string, number>>>>;

async function load(
  records: readonly AccessRecord[],
  data: Readonly<Record<string, Readonly<Record<string, string>>>> = { '/A': { b: 'S1 S2' } },
  now: number = NOON,
): Promise<Loaded> {
  using view = await viewOf(small({ sites, data }));
  const producer = accessProducer({
    name: 'test',
    async *read() {
      for (const record of records) yield [record];
    },
  });
  const columns = await loadAttributes(view, [producer], { now });
  return Object.fromEntries(
    Array.from(columns, ([name, column]) => [
      name.slice(name.indexOf('.') + 1),
      Object.fromEntries([...column].sort(([a], [b]) => compareByteOrder(a, b))) as Record<string, number>,
    ]),
  );
}

describe('accessProducer', () => {
  it('sums accesses of all sites, and tells the day of the last one', async () => {
    const loaded = await load([
      access({ day: today - 3, accesses: 2 }),
      access({ site: 'S2', day: today - 9, accesses: 5 }),
      access({ site: 'T9_Nowhere', day: today - 1, accesses: 1 }),
      access({ day: today, accesses: 0, requests: 4 }),
    ]);
    expect(loaded.num_access).toEqual({ '/A': 8 });
    expect(loaded.last_access).toEqual({ '/A': (today - 1) * 86_400 });
    expect(loaded.request_weight).toEqual({ '/A': 4 });
  });

  it('ranks by days since the last access less accesses by GB, and the newest block where nobody read', async () => {
    // Each block has 10 bytes: 2 accesses are 200 million for each GB.
    const loaded = await load([access({ day: today - 3, accesses: 2 })]);
    const atS1 = 3 - 2 / 1e-8;
    const atS2 = loaded.usage_rank?.['/A'] === undefined ? Number.NaN : 2 * loaded.usage_rank['/A'] - atS1;
    expect(atS2).toBeGreaterThan(0);
    expect(loaded.demand_rank).toEqual({});
  });

  it('lets requests fade: half for each 30 days', async () => {
    const loaded = await load([access({ day: today - 30, requests: 8 }), access({ day: today, requests: 1 })]);
    expect(loaded.request_weight?.['/A']).toBeCloseTo(5, 9);
    expect(Object.keys(loaded.demand_rank ?? {})).toEqual(['/A']);
    expect(loaded.usage_rank).toEqual({});
  });

  it('leaves out what is too old, what is to come, and datasets that nobody knows', async () => {
    const loaded = await load([
      access({ day: today - 731, accesses: 1 }),
      access({ day: today + 1, accesses: 1 }),
      access({ dataset: '/Z', accesses: 1 }),
    ]);
    expect(loaded).toEqual({ last_access: {}, num_access: {}, usage_rank: {}, demand_rank: {}, request_weight: {} });
  });

  it.each([0, 86_399, Date.UTC(2100, 0, 1) / 1000])('works at the clock %d', async (now) => {
    const loaded = await load([access({ day: dayOf(now), accesses: 1 })], undefined, now);
    expect(loaded.last_access).toEqual({ '/A': dayOf(now) * 86_400 });
    expect(Number.isFinite(loaded.usage_rank?.['/A'])).toBe(true);
  });

  it('agrees with a plain telling of the formula, in whatever order the log is', async () => {
    const records = fc.array(
      fc.record({
        dataset: fc.constantFrom('/A', '/B', '/C'),
        site: fc.constantFrom('S1', 'S2', 'S3', ''),
        day: fc.integer({ min: today - 40, max: today }),
        accesses: fc.integer({ min: 0, max: 9 }),
        requests: fc.integer({ min: 0, max: 9 }),
      }),
      { maxLength: 30 },
    );
    const data = { '/A': { b: 'S1 S2', c: 'S2' }, '/B': { d: 'S3' }, '/C': {} };
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 0, max: 86_399 }), async (log, second) => {
        const now = today * 86_400 + second;
        const loaded = await load(log, data, now);
        expect(await load([...log].reverse(), data, now)).toEqual(loaded);
        using view = await viewOf(small({ sites, data }));
        for (const dataset of ['/A', '/B']) {
          const want = naiveRank(view, log, dataset, now);
          const has = log.some((record) => record.accesses > 0);
          if (has) expect(loaded.usage_rank?.[dataset]).toBeCloseTo(want, 3);
          else expect(loaded.usage_rank).toEqual({});
        }
        expect(loaded.usage_rank?.['/C']).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('fails with its name where reading fails', async () => {
    using view = await viewOf(small({ sites, data: {} }));
    const producer = accessProducer({
      name: 'the log of CERN',
      // biome-ignore lint/correctness/useYield: it fails before
      async *read() {
        throw new Error('the tape is torn');
      },
    });
    const failing = loadAttributes(view, [producer], { now: NOON });
    await expect(failing).rejects.toThrow('producer the log of CERN failed: the tape is torn');
    await expect(failing).rejects.toSatisfy((error) => isDynamoError(error, 'unavailable'));
  });
});

function naiveRank(
  view: Awaited<ReturnType<typeof viewOf>>,
  log: readonly AccessRecord[],
  dataset: string,
  now: number,
): number {
  const replicas = [...(view.dataset(dataset)?.replicas() ?? [])];
  const ranks = replicas.map(({ site }) => {
    const there = [...(view.dataset(dataset)?.blocks() ?? [])].flatMap((block) =>
      [...block.replicas()].filter((replica) => replica.site.name === site.name).map((replica) => ({ block, replica })),
    );
    const bytes = there.reduce((sum, { block }) => sum + block.size, 0);
    const mine = log.filter((r) => r.dataset === dataset && r.site === site.name && r.accesses > 0);
    const count = mine.reduce((sum, { accesses }) => sum + accesses, 0);
    const idle =
      count === 0
        ? (now - Math.max(0, ...there.map(({ replica }) => replica.lastUpdate))) / 86_400
        : today - Math.max(...mine.map(({ day }) => day)) - count / (bytes / 1e9);
    return idle - bytes / 1e12;
  });
  return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
}
