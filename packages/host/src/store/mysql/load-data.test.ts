import { createRandomSource, type FileRecord, type InventoryRecord, type Store, type Version } from '@dynamo/core';
import { sortedRecords } from '@dynamo/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../../scripts/components.ts';
import { checkedStore } from '../check-store.ts';
import { openTarget } from '../fixtures/kill-target.ts';
import { MARIADB, type MariaDb, startMariaDb } from '../fixtures/mariadb.ts';

const DATASETS = 700;
const HEAD = { version: 5 as Version, counters: { nextFile: 9999, nextOperation: 1, nextLock: 1, nextRequest: 1 } };
/** What a text with tabs between its fields may stumble over. */
const ODD = ['\\N', '\\', "'", '"', 'ä€𝄞', '%s', '?', '`', ',', '\\t'];

/** Datasets, blocks, replicas and files, in one round, with odd names, nulls and texts of several lines. */
function records(random = createRandomSource('odd')): InventoryRecord[] {
  const odd = (): string => ODD[random.nextInt(ODD.length)] as string;
  const all: unknown[] = [
    { entity: 'group', record: { name: 'group', level: 'block' } },
    ...['T1_A', 'T1_B'].map((name) => {
      const rest = { host: null, storage: 'disk', status: 'ready', backend: null, verified: true, pfn: {}, lfn: {} };
      return { entity: 'site', record: { name, ...rest } };
    }),
  ];
  for (let i = 0; i < DATASETS; i += 1) {
    const dataset = `/${odd()}${i}/${odd()}/AOD`;
    const attributes = { rank: random.nextInt(9), note: `two\nlines\t${odd()}` };
    const own = { status: 'valid', dataType: i % 2 === 0 ? null : odd(), softwareVersion: null, lastUpdate: i };
    all.push({ entity: 'dataset', record: { name: dataset, ...own, isOpen: false, attributes } });
    const block = `${odd()}${i}`;
    all.push({ entity: 'block', record: { dataset, name: block, size: 10, files: 1, isOpen: false, lastUpdate: 1 } });
    const checksums = { adler32: '0a1b2c3d' };
    all.push({
      entity: 'file',
      record: { id: i + 1, dataset, block, lfn: `/store/${odd()}/${i}`, size: 10, checksums },
    });
    const site = i % 2 === 0 ? 'T1_A' : 'T1_B';
    const group = i % 3 === 0 ? null : 'group';
    all.push({ entity: 'datasetReplica', record: { dataset, site, group, growing: false } });
    const rest = { custodial: i % 5 === 0, lastUpdate: i, operation: 'none', partial: null };
    all.push({ entity: 'blockReplica', record: { dataset, block, site, group, ...rest } });
  }
  return all as InventoryRecord[];
}

async function* inOneBatch(items: InventoryRecord[]): AsyncGenerator<InventoryRecord[]> {
  yield items;
}

async function loaded(store: Store): Promise<readonly InventoryRecord[]> {
  const all: InventoryRecord[] = [];
  for await (const batch of (await store.inventory.load()).records) all.push(...batch);
  return all;
}

const filesAmong = (items: readonly InventoryRecord[]): readonly FileRecord[] =>
  items.flatMap(({ entity, record }) => (entity === 'file' ? [record] : []));

describeWith(MARIADB, 'a baseline in MariaDB', () => {
  let server: MariaDb;
  beforeAll(async () => {
    server = await startMariaDb();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());
  const loads = async (): Promise<number> => {
    const [row] = (await server.query("show global status like 'Com_load'")) as readonly { Value: string }[];
    return Number(row?.Value);
  };

  describe.each([
    ['allows LOAD DATA LOCAL', 1],
    ['does not', 0],
  ] as const)('that %s', (_, allowed) => {
    beforeAll(() => server.execute(`set global local_infile = ${allowed}`));
    const open = async (database: string): Promise<Store> => {
      await server.execute(`create database ${database}`);
      return openTarget({ kind: 'mysql', ports: [server.port], database }, 'write');
    };

    it('gives back every record, whatever is in its names', { timeout: 60_000 }, async () => {
      const before = await loads();
      await using store = await open(`names${allowed}`);
      const items = records();
      await store.inventory.baseline(HEAD, inOneBatch(items));
      expect(sortedRecords(await loaded(store))).toEqual(
        sortedRecords(items.filter(({ entity }) => entity !== 'file')),
      );
      const files = filesAmong(items);
      const found = await store.files.filesByLfn(files.map(({ lfn }) => lfn));
      expect(found.toSorted((a, b) => a.id - b.id)).toEqual(files);
      expect((await checkedStore(store).check()).faults).toEqual([]);
      // It is tried in both.
      expect(await loads()).toBeGreaterThan(before);
    });

    it('names the file that is there twice, and has nothing of the round', { timeout: 60_000 }, async () => {
      await using store = await open(`twice${allowed}`);
      const items = records();
      const last = filesAmong(items).at(-1) as FileRecord;
      const twice = { ...last, id: 5000 } as FileRecord;
      const broken = store.inventory.baseline(HEAD, inOneBatch([...items, { entity: 'file', record: twice }]));
      await expect(broken).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(last.lfn) });
      expect(await loaded(store)).toEqual([]);
      await store.inventory.baseline(HEAD, inOneBatch(items));
      expect((await checkedStore(store).check()).faults).toEqual([]);
    });
  });
});
