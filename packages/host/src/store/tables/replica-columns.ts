/** Block replicas as the columns that a load gives: no object for each, and no names. */
import { DynamoError, type ReplicaColumns } from '@dynamo/core';
import { sql } from 'kysely';
import type { Session } from '../bulk.ts';
import { selectArrays } from '../select-arrays.ts';

/** From the numbers of rows to places in the order of loading. */
export interface LoadOrder {
  /** Of blocks, ascending; the place of one is its index. */
  readonly blocks: readonly number[];
  readonly sites: ReadonlyMap<number, number>;
  readonly groups: ReadonlyMap<number, number>;
}

/** Of `LoadOrder.blocks`, from `first` to before `end`. */
export interface BlockSpan {
  readonly first: number;
  readonly end: number;
}

export interface ReplicaPage {
  readonly columns: ReplicaColumns;
  /** Numbers of the rows of blocks that have partial replicas, which columns do not hold; ascending. */
  readonly partial: readonly number[];
}

const CUSTODIAL = 1;
/** Above the custodial bit: the place in `REPLICA_OPERATIONS`. */
const OPERATION_SHIFT = 1;
const OPERATION_MASK = 3;
const PARTIAL = 8;

/** One number for three columns: fewer values to carry over and to make. */
const BITS = sql<number>`custodial
  + case operation when 'none' then 0 when 'copy' then 2 when 'delete' then 4 else 6 end
  + case when partial_kind is null then 0 else 8 end`;

export async function readReplicaColumns(
  { db }: Session,
  { first, end }: BlockSpan,
  order: LoadOrder,
): Promise<ReplicaPage> {
  // From one span to the next, so that those of a block that is not there are met as well.
  const from = first === 0 ? 0 : (order.blocks[first - 1] as number) + 1;
  const upTo = end === order.blocks.length ? Number.MAX_SAFE_INTEGER : (order.blocks[end - 1] as number);
  const query = db
    .selectFrom('block_replicas')
    .select(['block_id', 'site_id', 'group_id', 'last_update', BITS.as('bits')])
    .where('block_id', '>=', from)
    .where('block_id', '<=', upTo)
    .orderBy('block_id')
    .orderBy('site_id');
  const rows = await selectArrays<[number, number, number | null, number, number]>(db, query);
  return toColumns(rows, first, order);
}

function toColumns(
  rows: readonly (readonly [number, number, number | null, number, number])[],
  first: number,
  { blocks, sites, groups }: LoadOrder,
): ReplicaPage {
  const columns = {
    block: new Uint32Array(rows.length),
    site: new Uint16Array(rows.length),
    group: new Uint16Array(rows.length),
    lastUpdate: new Float64Array(rows.length),
    custodial: new Uint8Array(rows.length),
    operation: new Uint8Array(rows.length),
  };
  const partial: number[] = [];
  let place = first;
  let length = 0;
  for (const [blockId, siteId, groupId, lastUpdate, bits] of rows) {
    while ((blocks[place] as number) < blockId) place += 1;
    const site = sites.get(siteId);
    const group = groupId === null ? 0 : groups.get(groupId);
    if (blocks[place] !== blockId || site === undefined || group === undefined) throw dangling(blockId, siteId);
    if ((bits & PARTIAL) !== 0) {
      if (partial.at(-1) !== blockId) partial.push(blockId);
      continue;
    }
    columns.block[length] = place;
    columns.site[length] = site;
    columns.group[length] = group;
    columns.lastUpdate[length] = lastUpdate;
    columns.custodial[length] = bits & CUSTODIAL;
    columns.operation[length] = (bits >>> OPERATION_SHIFT) & OPERATION_MASK;
    length += 1;
  }
  return { columns: { length, ...columns }, partial };
}

function dangling(block: number, site: number): DynamoError<'corrupt'> {
  const what = `the block replica of block_id=${block} at site_id=${site} refers to what is not there`;
  return new DynamoError('corrupt', `${what}: dynamo store check names all such rows`, { data: { block, site } });
}
