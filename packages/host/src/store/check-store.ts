/** Whether the tables agree with one another and with the log: what no foreign key says, as queries for what is wrong. */
import { inputError, type Store } from '@dynamo/core';
import { CompiledQuery } from 'kysely';
import type { Session } from './bulk.ts';
import { STILL_THERE } from './database.ts';

/** What is wrong in one respect. */
interface StoreFault {
  /** As a sentence's beginning: `block replicas of no block`. */
  readonly what: string;
  /** How many rows are so. */
  readonly rows: number;
  /** The first of them, by what finds them in the table: `block_id=7 site_id=2`. */
  readonly examples: readonly string[];
}

export interface StoreReport {
  /** That all of it was read at. */
  readonly version: number;
  readonly checks: number;
  readonly faults: readonly StoreFault[];
}

/** A store that can be asked whether it is sound. */
export interface CheckedStore extends Store {
  check(options?: { readonly signal?: AbortSignal }): Promise<StoreReport>;
}

/** Throws `invalid-input` for a store without tables. */
export function checkedStore(store: Store): CheckedStore {
  if ('check' in store) return store as CheckedStore;
  throw inputError({ what: 'this kind of store has no tables to check' });
}

/** Reads all tables at one version, and changes nothing. */
export async function checkStore({ db }: Session, signal: AbortSignal | undefined): Promise<StoreReport> {
  const transaction = await db
    .startTransaction()
    .setAccessMode('read only')
    .setIsolationLevel('repeatable read')
    .execute();
  const ask = async (sql: string): Promise<readonly Row[]> => {
    signal?.throwIfAborted();
    return (await transaction.executeQuery<Row>(CompiledQuery.raw(sql, []))).rows;
  };
  try {
    const [head] = await ask('select version from head where id = 1');
    const faults: StoreFault[] = [];
    for (const { what, columns, from } of CHECKS) {
      const found = await ask(`select ${columns} ${from} limit ${MAX_EXAMPLES}`);
      if (found.length === 0) continue;
      const [total] = await ask(`select count(*) as n from (select ${columns} ${from}) as found`);
      faults.push({ what, rows: Number(total?.n), examples: found.map(describeRow) });
    }
    return { version: Number(head?.version ?? 0), checks: CHECKS.length, faults };
  } finally {
    await transaction.rollback().execute();
  }
}

type Row = Readonly<Record<string, unknown>>;

interface Check {
  readonly what: string;
  readonly columns: string;
  readonly from: string;
}

const MAX_EXAMPLES = 10;

function describeRow(row: Row): string {
  return Object.entries(row)
    .map(([column, value]) => `${column}=${value}`)
    .join(' ');
}

/** Rows of `table` whose `column` names no row of `target`, or one that has gone. */
function dangling(what: string, table: string, columns: string, column: string, target: string): Check {
  const goes = target === 'datasets' || target === 'blocks';
  const there = goes ? ` and target.gone_version = ${STILL_THERE}` : '';
  const own = table === 'blocks' || table === 'files' ? ` and t.gone_version = ${STILL_THERE}` : '';
  const keys = columns.split(' ').map((key) => `t.${key}`);
  const from = `from ${table} as t left join ${target} as target on target.id = t.${column}${there}`;
  return { what, columns: keys.join(', '), from: `${from} where t.${column} is not null and target.id is null${own}` };
}

const REPLICA = 'block_id site_id';
const NO_PARTS = 'not exists (select 1 from change_parts as p where p.version = c.version';

const CHECKS: readonly Check[] = [
  { what: 'a load that was not finished', columns: 'id', from: 'from head where loading = 1' },
  dangling('blocks of no dataset', 'blocks', 'id name dataset_id', 'dataset_id', 'datasets'),
  dangling('files of no block', 'files', 'id lfn block_id', 'block_id', 'blocks'),
  dangling('attributes of no dataset', 'dataset_attributes', 'dataset_id name', 'dataset_id', 'datasets'),
  dangling('dataset replicas of no dataset', 'dataset_replicas', 'dataset_id site_id', 'dataset_id', 'datasets'),
  dangling('dataset replicas at no site', 'dataset_replicas', 'dataset_id site_id', 'site_id', 'sites'),
  dangling(
    'dataset replicas of no group',
    'dataset_replicas',
    'dataset_id site_id group_id',
    'group_id',
    'owner_groups',
  ),
  dangling('block replicas of no block', 'block_replicas', REPLICA, 'block_id', 'blocks'),
  dangling('block replicas at no site', 'block_replicas', REPLICA, 'site_id', 'sites'),
  dangling('block replicas of no group', 'block_replicas', `${REPLICA} group_id`, 'group_id', 'owner_groups'),
  dangling('quotas at no site', 'quotas', 'site_id partition_id', 'site_id', 'sites'),
  dangling('quotas of no partition', 'quotas', 'site_id partition_id', 'partition_id', 'partitions'),
  {
    what: 'files of partial block replicas that are not there',
    columns: 'f.block_id, f.site_id, f.file_id',
    from: 'from partial_files as f left join block_replicas as r on r.block_id = f.block_id and r.site_id = f.site_id where r.block_id is null',
  },
  {
    what: 'block replicas without their dataset replica',
    columns: 'r.block_id, r.site_id',
    from: 'from block_replicas as r join blocks as b on b.id = r.block_id left join dataset_replicas as d on d.dataset_id = b.dataset_id and d.site_id = r.site_id where d.site_id is null',
  },
  {
    what: 'blocks of a negative size or number of files',
    columns: 'id, name, size, files',
    from: 'from blocks where size < 0 or files < 0',
  },
  { what: 'files of a negative size', columns: 'id, lfn, size', from: 'from files where size < 0' },
  {
    what: 'partial block replicas of a negative size or number of files, or larger than their block',
    columns: 'r.block_id, r.site_id, r.partial_size, r.partial_files',
    from: 'from block_replicas as r join blocks as b on b.id = r.block_id where r.partial_size < 0 or r.partial_files < 0 or r.partial_size > b.size or r.partial_files > b.files',
  },
  {
    what: 'blocks that have another size or number of files than their files add up to',
    columns: 'b.id, b.name, b.size, b.files, f.size as size_of_files, f.n as number_of_files',
    from: `from blocks as b join (select block_id, sum(size) as size, count(*) as n from files where gone_version = ${STILL_THERE} group by block_id) as f on f.block_id = b.id where b.gone_version = ${STILL_THERE} and (f.n != b.files or f.size != b.size)`,
  },
  ...['file', 'operation', 'lock', 'request'].map((entity): Check => {
    const [table, next] = [`${entity}s`, `next_${entity}`];
    const columns = `t.id, h.${next}`;
    return {
      what: `${table} with a number that is yet to be given out`,
      columns,
      from: `from ${table} as t join head as h on h.id = 1 where t.id >= h.${next}`,
    };
  }),
  {
    what: 'versions that the log lacks: those before these',
    columns: 'c.version',
    from: 'from changes as c join head as h on h.id = 1 left join changes as p on p.version = c.version - 1 where c.version > h.log_start and p.version is null',
  },
  {
    what: 'a log that does not begin or end where the head says',
    columns: 'h.version, h.log_start',
    from: 'from head as h where h.version >= h.log_start and (not exists (select 1 from changes as c where c.version = h.log_start) or not exists (select 1 from changes as c where c.version = h.version))',
  },
  {
    what: 'versions in the log after the head',
    columns: 'c.version',
    from: 'from changes as c join head as h on h.id = 1 where c.version > h.version',
  },
  {
    what: 'versions in the log without their change set',
    columns: 'c.version',
    from: `from changes as c where ${NO_PARTS})`,
  },
  {
    what: 'parts of change sets that follow a gap',
    columns: 't.version, t.part',
    from: 'from change_parts as t left join change_parts as p on p.version = t.version and p.part = t.part - 1 where p.version is null and t.part > 0',
  },
];
