/** What forgetting leaves of files: all that some version or operation may still ask for, and nothing else. */

import { DatabaseSync } from 'node:sqlite';
import {
  type BlockName,
  type Change,
  changeSetOf,
  type DatasetName,
  type FileId,
  type FileRecord,
  keyOf,
  type Lfn,
  type OperationId,
  type OperationRecord,
  type SiteName,
  type Store,
  type Version,
} from '@dynamo/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../../scripts/components.ts';
import { checkedStore } from './check-store.ts';
import { openTarget, queryTarget } from './fixtures/kill-target.ts';
import { MARIADB, type MariaDb, startMariaDb } from './fixtures/mariadb.ts';
import { makeStoreDirectory } from './fixtures/store-directory.ts';
import { maintenanceOf } from './maintenance.ts';

const DATASET = '/A/B/AOD' as DatasetName;

type Step =
  /** Puts files into a block, after the block itself where it is not there; with nothing to put, the block goes. */
  | { readonly kind: 'files'; readonly block: number; readonly lfns: readonly number[] }
  | { readonly kind: 'open' | 'close' }
  /** The log before so many versions ago. */
  | { readonly kind: 'forget'; readonly keep: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('files' as const),
      block: fc.integer({ min: 0, max: 2 }),
      lfns: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('open' as const, 'close' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget' as const), keep: fc.integer({ min: 0, max: 4 }) }) },
);

/** Of each version: the files by their ids, and the blocks. */
type Catalogue = { readonly files: ReadonlyMap<number, FileRecord>; readonly blocks: ReadonlySet<number> };

class Replay {
  readonly #store: Store;
  readonly #versions: Catalogue[] = [{ files: new Map(), blocks: new Set() }];
  #nextFile = 1;
  #nextOperation = 1;
  #open: { readonly id: number; readonly since: number } | null = null;
  #logStart = 1;

  constructor(store: Store) {
    this.#store = store;
  }

  get #version(): number {
    return this.#versions.length - 1;
  }

  async run(steps: readonly Step[]): Promise<void> {
    const dataset = { name: DATASET, status: 'valid', dataType: null, softwareVersion: null, lastUpdate: 1 } as const;
    await this.#commit([{ entity: 'dataset', record: { ...dataset, isOpen: true, attributes: {} } }], this.#present());
    for (const each of steps) await this.#do(each);
    await this.#verify();
  }

  async #do(each: Step): Promise<void> {
    if (each.kind === 'files') return this.#put(each.block, each.lfns);
    if (each.kind === 'forget') {
      const log = Math.max(0, this.#version + 1 - each.keep);
      const { logStart } = (await maintenanceOf(this.#store)?.forget({ log, operations: 0, history: 0 })) ?? {
        logStart: 0,
      };
      this.#logStart = logStart;
      return;
    }
    if ((each.kind === 'open') === (this.#open === null)) await this.#toggle();
  }

  #present(): Catalogue {
    return this.#versions[this.#version] as Catalogue;
  }

  /** Time goes by the version. */
  async #commit(records: readonly unknown[], next: Catalogue, operations: readonly unknown[] = []): Promise<void> {
    const base = this.#version as Version;
    const changes = (records as readonly { entity: 'file'; record: FileRecord; gone?: true }[]).map(
      ({ entity, record, gone }): Change => {
        const [before, after] = gone === true ? [record, null] : [null, record];
        return { entity, key: keyOf(entity, record), before, after } as Change;
      },
    );
    await this.#store.inventory.commit({
      ...{ id: `commit ${base}`, base, authorship: { application: 'test', user: 'me', time: base + 1 } },
      changes: changeSetOf(changes),
      counters: { nextFile: this.#nextFile, nextOperation: this.#nextOperation, nextLock: 1, nextRequest: 1 },
      ...{ operations: operations as never, requests: [], history: null },
    });
    this.#versions.push(next);
  }

  async #put(block: number, lfns: readonly number[]): Promise<void> {
    const { files, blocks } = this.#present();
    const old = [...files.values()].filter((file) => file.block === `b${block}`);
    const records: unknown[] = old.map((record) => ({ entity: 'file', record, gone: true }));
    const after = { files: new Map(files), blocks: new Set(blocks) };
    for (const { id } of old) after.files.delete(id);
    const own = { dataset: DATASET, isOpen: true, lastUpdate: 1, size: 0, files: 0 };
    const blockRecord = { ...own, name: `b${block}` as BlockName };
    if (lfns.length === 0 && blocks.has(block)) {
      records.push({ entity: 'block', record: blockRecord, gone: true });
      after.blocks.delete(block);
    } else if (lfns.length > 0 && !blocks.has(block)) {
      records.push({ entity: 'block', record: blockRecord });
      after.blocks.add(block);
    }
    for (const lfn of lfns) {
      const id = this.#nextFile as FileId;
      this.#nextFile += 1;
      const record: FileRecord = {
        ...{ id, dataset: DATASET, block: blockRecord.name, lfn: `/${block}/${lfn}` as Lfn, size: 1 },
        checksums: {},
      };
      after.files.set(id, record);
      records.push({ entity: 'file', record });
    }
    await this.#commit(records, after);
  }

  async #toggle(): Promise<void> {
    if (this.#open !== null) {
      const close = { kind: 'close', id: this.#open.id, outcome: 'done', detail: '' };
      this.#open = null;
      return this.#commit([], this.#present(), [close]);
    }
    const id = this.#nextOperation as OperationId;
    this.#nextOperation += 1;
    const openedAt = this.#version + 1;
    const target = { kind: 'delete-path', site: 'T1_A' as SiteName, path: '/x' } as const;
    const operation: OperationRecord = { id, target, openedAt, reason: { source: 'operator', text: 'a test' } };
    this.#open = { id, since: openedAt };
    await this.#commit([], this.#present(), [{ kind: 'open', operation }]);
  }

  async #verify(): Promise<void> {
    const { files } = this.#store;
    // Once more: what an operation kept before it was closed goes the next time.
    await maintenanceOf(this.#store)?.forget({ log: this.#logStart, operations: 0, history: 0 });
    for (let version = this.#logStart - 1; version <= this.#version; version += 1) {
      const expected = [...(this.#versions[version] as Catalogue).files.values()];
      const found: FileRecord[] = [];
      for (const block of [0, 1, 2]) {
        const at = version as Version;
        for await (const page of files.filesOfBlock(DATASET, `b${block}` as BlockName, { at })) found.push(...page);
      }
      const byId = (a: FileRecord, b: FileRecord): number => a.id - b.id;
      expect(found.toSorted(byId), `version ${version}`).toEqual(expected.toSorted(byId));
    }
    // The sums of blocks are none of this model's business.
    const { faults } = await checkedStore(this.#store).check();
    expect(faults.filter(({ what }) => !what.startsWith('blocks that have another size'))).toEqual([]);
  }

  /** Rows that there have to be; more of them only for an operation that is older than the log. */
  needed(): { readonly files: number; readonly logStart: number; readonly isExact: boolean } {
    const reachable = this.#versions.slice(this.#logStart - 1);
    const files = new Set(reachable.flatMap((each) => [...each.files.keys()])).size;
    return { files, logStart: this.#logStart, isExact: this.#open === null || this.#open.since >= this.#logStart };
  }
}

type CountRows = (from: string) => Promise<number>;

async function replay(store: Store, steps: readonly Step[], countRows: CountRows): Promise<void> {
  const run = new Replay(store);
  await run.run(steps);
  const { files, logStart, isExact } = run.needed();
  const rows = await countRows('files');
  expect(rows).toBeGreaterThanOrEqual(files);
  if (!isExact) return;
  expect(rows).toBe(files);
  for (const table of ['blocks', 'datasets']) {
    expect(await countRows(`${table} where gone_version < ${logStart}`)).toBe(0);
  }
}

it('leaves what versions and operations ask for, and nothing else, on SQLite', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await using directory = await makeStoreDirectory();
      await using store = await directory.open();
      await replay(store, steps, async (from) => {
        using database = new DatabaseSync(directory.file, { readOnly: true });
        return Number(database.prepare(`select count(*) as n from ${from}`).get()?.n);
      });
    }),
    { numRuns: 60 },
  );
});

describeWith(MARIADB, 'what forgetting leaves, on MariaDB', () => {
  let server: MariaDb;
  beforeAll(async () => {
    server = await startMariaDb();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  it('is what versions and operations ask for, and nothing else', { timeout: 120_000 }, async () => {
    let databases = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        databases += 1;
        const target = { kind: 'mysql', ports: [server.port], database: `purge${databases}` } as const;
        await server.execute(`create database ${target.database}`);
        await using store = await openTarget(target, 'write');
        await replay(store, steps, async (from) => {
          const [row] = await queryTarget(target)(`select count(*) as n from ${from}`);
          return Number(row?.n);
        });
      }),
      { numRuns: 8 },
    );
  });
});
