/** What may be wrong with the tables, as queries for it: SQL that SQLite, MySQL and MariaDB take. */
import { DATASET_STATUSES, REPLICA_OPERATIONS, SITE_STATUSES, STORAGE_TYPES } from '@dynamo/core';
import { STILL_THERE } from './database.ts';

interface TableCheck {
  readonly what: string;
  readonly columns: string;
  readonly from: string;
}

/** Rows of `table` whose `column` names no row of `target`, or one that has gone. */
function dangling(what: string, table: string, columns: string, column: string, target: string): TableCheck {
  const goes = target === 'datasets' || target === 'blocks';
  const there = goes ? ` and target.gone_version = ${STILL_THERE}` : '';
  const own = table === 'blocks' || table === 'files' ? ` and t.gone_version = ${STILL_THERE}` : '';
  const keys = columns.split(' ').map((key) => `t.${key}`);
  const from = `from ${table} as t left join ${target} as target on target.id = t.${column}${there}`;
  return { what, columns: keys.join(', '), from: `${from} where t.${column} is not null and target.id is null${own}` };
}

const REPLICA = 'block_id site_id';
const NO_PARTS = 'not exists (select 1 from change_parts as p where p.version = c.version';

export const TABLE_CHECKS: readonly TableCheck[] = [
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
  ...['file', 'operation', 'lock', 'request'].map((entity): TableCheck => {
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
  ...[
    partsOf('change sets', 'change_parts', 'version', 'changes', 'version'),
    partsOf('documents of cycles', 'history_parts', 'cycle', 'history', 'cycle'),
    partsOf('contents of cycles', 'content_parts', 'digest', 'contents', 'digest'),
    partsOf('waiting plans', 'plan_parts', 'plan', 'waiting_plans', 'id'),
  ].flat(),
  {
    what: 'cycles without their document',
    columns: 't.cycle, t.planner',
    from: 'from history as t where not exists (select 1 from history_parts as p where p.cycle = t.cycle)',
  },
  {
    what: 'contents of cycles that are not there',
    columns: 't.cycle, t.name, t.digest',
    from: 'from cycle_contents as t left join contents as c on c.digest = t.digest left join content_parts as p on p.digest = t.digest and p.part = 0 where c.digest is null or p.digest is null',
  },
  {
    what: 'contents of no cycle',
    columns: 'c.digest',
    from: 'from contents as c where not exists (select 1 from cycle_contents as t where t.digest = c.digest)',
  },
  ...['cycle_contents', 'cycle_deeds'].map(
    (table): TableCheck => ({
      what: `${table} of no cycle`,
      columns: 't.cycle',
      from: `from ${table} as t left join history as h on h.cycle = t.cycle where h.cycle is null`,
    }),
  ),
  ...['owner_groups', 'sites', 'partitions', 'datasets', 'blocks'].map(
    (table): TableCheck => ({
      what: `${table} in a row with a number that is yet to be given out`,
      columns: 't.id, t.name, h.next_row',
      from: `from ${table} as t join head as h on h.id = 1 where t.id >= h.next_row`,
    }),
  ),
  {
    what: 'cycles with a number that is yet to be given out',
    columns: 't.cycle, h.next_cycle',
    from: 'from history as t join head as h on h.id = 1 where t.cycle >= h.next_cycle',
  },
  {
    what: 'a head with other counters than its version in the log',
    columns: 'h.version',
    from: 'from head as h join changes as c on c.version = h.version where c.next_file <> h.next_file or c.next_operation <> h.next_operation or c.next_lock <> h.next_lock or c.next_request <> h.next_request',
  },
  {
    what: 'versions in the log of an epoch that is yet to come',
    columns: 'c.version, c.epoch',
    from: 'from changes as c join head as h on h.id = 1 where c.epoch > h.epoch',
  },
  {
    what: "a writer's lease of another epoch than the head",
    columns: 'l.epoch, h.epoch as head_epoch',
    from: 'from lease as l join head as h on h.id = l.id where l.epoch <> h.epoch',
  },
  {
    what: 'listed files of partial block replicas that are not there, or of another block',
    columns: 'p.block_id, p.site_id, p.file_id',
    from: `from partial_files as p left join files as f on f.id = p.file_id and f.gone_version = ${STILL_THERE} where f.id is null or f.block_id <> p.block_id`,
  },
  {
    what: 'partial block replicas that have another size or number of files than their listed files add up to',
    columns: 'r.block_id, r.site_id, r.partial_kind, r.partial_size, r.partial_files',
    from: `from block_replicas as r join blocks as b on b.id = r.block_id left join (select p.block_id, p.site_id, sum(f.size) as size, count(*) as n from partial_files as p join files as f on f.id = p.file_id and f.gone_version = ${STILL_THERE} group by p.block_id, p.site_id) as l on l.block_id = r.block_id and l.site_id = r.site_id where (r.partial_kind = 'present' and (coalesce(l.n, 0) <> r.partial_files or coalesce(l.size, 0) <> r.partial_size)) or (r.partial_kind = 'missing' and (b.files - coalesce(l.n, 0) <> r.partial_files or b.size - coalesce(l.size, 0) <> r.partial_size))`,
  },
  {
    what: 'targets with more than one open operation',
    columns: 'min(t.id) as id, max(t.id) as and_id',
    from: "from operations as t where t.state <> 'closed' group by t.target_digest having count(*) > 1",
  },
  {
    what: 'closed operations without how they ended, or open ones that have ended',
    columns: 't.id, t.state, t.outcome, t.closed_version',
    from: "from operations as t where (t.state = 'closed') <> (t.outcome is not null and t.closed_version is not null)",
  },
  {
    what: 'attempts at no operation',
    columns: 't.id, t.operation_id',
    from: 'from attempts as t left join operations as o on o.id = t.operation_id where o.id is null',
  },
  {
    what: 'values of no variable',
    columns: 't.variable, t.dataset',
    from: 'from attribute_values as t left join attribute_sets as s on s.variable = t.variable where s.variable is null',
  },
  unknown('sites', 'storage', 'id name', STORAGE_TYPES),
  unknown('sites', 'status', 'id name', SITE_STATUSES),
  unknown('datasets', 'status', 'id name', DATASET_STATUSES),
  unknown('block_replicas', 'operation', REPLICA, REPLICA_OPERATIONS),
  unknown('block_replicas', 'partial_kind', REPLICA, ['present', 'missing', 'unknown']),
  unknown('operations', 'kind', 'id', ['copy', 'delete', 'delete-path']),
  unknown('operations', 'state', 'id', ['queued', 'claimed', 'held', 'closed']),
];

/** What was cut into numbered parts, from 0 on. */
function partsOf(what: string, table: string, key: string, owner: string, ownerKey: string): readonly TableCheck[] {
  return [
    {
      what: `parts of ${what} that follow a gap`,
      columns: `t.${key}, t.part`,
      from: `from ${table} as t left join ${table} as p on p.${key} = t.${key} and p.part = t.part - 1 where p.${key} is null and t.part > 0`,
    },
    {
      what: `parts of ${what} that are not there`,
      columns: `t.${key}, t.part`,
      from: `from ${table} as t left join ${owner} as o on o.${ownerKey} = t.${key} where o.${ownerKey} is null`,
    },
  ];
}

/** A word that Dynamo does not know. Null is for the columns to allow. */
function unknown(table: string, column: string, keys: string, known: readonly string[]): TableCheck {
  const words = known.map((word) => `'${word}'`).join(', ');
  return {
    what: `${table} of an unknown ${column}`,
    columns: [...keys.split(' '), column].join(', '),
    from: `from ${table} where ${column} not in (${words})`,
  };
}
