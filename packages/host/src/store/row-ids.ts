import { DynamoError, joinKey } from '@dynamo/core';
import { chunksOf, type Session } from './bulk.ts';
import { STILL_THERE } from './database.ts';
import { digestOf } from './digest.ts';

type SmallTable = 'owner_groups' | 'sites' | 'partitions';

/** Above this many, the names of a long baseline are looked up again instead of kept. */
const MAX_KEPT = 300_000;

/**
 * From names to the numbers of rows, within one transaction. Datasets and blocks have to be asked for in bulk, before
 * their numbers are taken; the tables of groups, sites and partitions are small and read whole.
 */
export class RowIds {
  readonly #session: Session;
  readonly #small = new Map<SmallTable, Map<string, number>>();
  #datasets = new Map<string, number>();
  #blocks = new Map<string, number>();
  #next: number;

  /** `next` is the first number that is not in use. */
  constructor(session: Session, next: number) {
    this.#session = session;
    this.#next = next;
  }

  /** The first number not in use now: to be stored with what uses the others. */
  get next(): number {
    return this.#next;
  }

  allocate(): number {
    const id = this.#next;
    this.#next += 1;
    return id;
  }

  group(name: string | null): number | null {
    return name === null ? null : this.#smallId('owner_groups', name);
  }

  site(name: string): number {
    return this.#smallId('sites', name);
  }

  partition(name: string): number {
    return this.#smallId('partitions', name);
  }

  dataset(name: string): number {
    return this.#datasets.get(name) ?? fail('dataset', name);
  }

  block(dataset: string, block: string): number {
    const key = joinKey(dataset, block);
    return this.#blocks.get(key) ?? fail('block', key);
  }

  addSmall(table: SmallTable, name: string, id: number): void {
    this.#small.get(table)?.set(name, id);
  }

  addDataset(name: string, id: number): void {
    this.#datasets.set(name, id);
  }

  addBlock(dataset: string, block: string, id: number): void {
    this.#blocks.set(joinKey(dataset, block), id);
  }

  async readSmallTables(): Promise<void> {
    for (const table of ['owner_groups', 'sites', 'partitions'] as const) {
      if (this.#small.has(table)) continue;
      const rows = await this.#session.db.selectFrom(table).select(['id', 'name']).execute();
      this.#small.set(table, new Map(rows.map(({ id, name }) => [name, id])));
    }
  }

  async findDatasets(names: Iterable<string>): Promise<void> {
    if (this.#datasets.size > MAX_KEPT) this.#datasets = new Map();
    const known = this.#datasets;
    for (const chunk of chunksOf(without(names, known))) {
      const rows = await this.#session.db
        .selectFrom('datasets')
        .select(['id', 'name'])
        .where('digest', 'in', chunk.map(digestOf))
        .where('gone_version', '=', STILL_THERE)
        .execute();
      for (const { id, name } of rows) known.set(name, id);
    }
  }

  /** By keys as `joinKey(dataset, block)` gives them. */
  async findBlocks(keys: Iterable<string>): Promise<void> {
    if (this.#blocks.size > MAX_KEPT) this.#blocks = new Map();
    const known = this.#blocks;
    for (const chunk of chunksOf(without(keys, known))) {
      const rows = await this.#session.db
        .selectFrom('blocks')
        .innerJoin('datasets', 'datasets.id', 'blocks.dataset_id')
        .select(['blocks.id', 'blocks.name', 'datasets.name as dataset'])
        .where('blocks.digest', 'in', chunk.map(digestOf))
        .where('blocks.gone_version', '=', STILL_THERE)
        .execute();
      for (const { id, name, dataset } of rows) known.set(joinKey(dataset, name), id);
    }
  }

  #smallId(table: SmallTable, name: string): number {
    return this.#small.get(table)?.get(name) ?? fail(KINDS[table], name);
  }
}

/** Those of `names` that `others` does not have, one by one: there may be very many. */
export function* without(names: Iterable<string>, others: { has(name: string): boolean }): Generator<string> {
  for (const name of names) if (!others.has(name)) yield name;
}

const KINDS: Readonly<Record<SmallTable, string>> = { owner_groups: 'group', sites: 'site', partitions: 'partition' };

function fail(kind: string, key: string): never {
  const name = key.replaceAll('\t', ' ');
  throw new DynamoError('conflict', `the store has no ${kind} ${name}, which the changes refer to`, {
    data: { kind, name },
  });
}
