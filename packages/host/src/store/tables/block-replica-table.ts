import { type BlockReplicaRecord, type FileId, type PartialContents, TimeSlice } from '@dynamo/core';
import { insertRows, type RowShape, type Session, upsertRows } from '../bulk.ts';
import { mapInSlices } from '../map-in-slices.ts';
import { selectArrays } from '../select-arrays.ts';
import type { LoadedBlock } from './block-table.ts';
import type { ReplicaNames } from './dataset-replica-table.ts';
import type { EntityTable, WriteContext } from './entity-table.ts';
import { type ContentsUpdate, updatePartialFiles } from './partial-file-table.ts';
import { removeBySite } from './remove-by-site.ts';

const shape: RowShape<'block_replicas'> = {
  table: 'block_replicas',
  columns: [
    'block_id',
    'site_id',
    'group_id',
    'custodial',
    'last_update',
    'operation',
    'partial_kind',
    'partial_size',
    'partial_files',
  ],
};

export const blockReplicaTable: EntityTable<'blockReplica'> = {
  async add(context, records) {
    const rows = records.values().map((replica) => rowOf(context, replica));
    await insertRows(context, shape, rows);
    await updatePartialFiles(
      context,
      await contentsUpdates(
        context,
        records.values().map((after) => ({ before: null, after })),
      ),
    );
  },

  async update(context, updates) {
    const rows = updates.values().map(({ after }) => rowOf(context, after));
    await upsertRows(context, shape, ['block_id', 'site_id'], rows);
    await updatePartialFiles(context, await contentsUpdates(context, updates));
  },

  async remove(context, records) {
    await updatePartialFiles(
      context,
      await contentsUpdates(
        context,
        records.values().map((before) => ({ before, after: null })),
      ),
    );
    const { ids } = context;
    const rows = await mapInSlices(records, ({ dataset, block, site }) => ({
      id: ids.block(dataset, block),
      site: ids.site(site),
    }));
    await removeBySite(context, 'block_replicas', rows);
  },
};

/** Those of the given blocks, which are all between two rows; or only those that are partial. */
export async function readBlockReplicas(
  { db }: Session,
  blocks: readonly LoadedBlock[],
  { sites, groups }: ReplicaNames,
  which: 'all' | 'partial' = 'all',
): Promise<readonly BlockReplicaRecord[]> {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) return [];
  const byId = new Map(blocks.map(({ id, record }) => [id, record]));
  const all = db
    .selectFrom('block_replicas')
    .select(['block_id', 'site_id', 'group_id', 'custodial', 'last_update', 'operation'])
    .select(['partial_kind', 'partial_size', 'partial_files'])
    .where('block_id', '>=', first.id)
    .where('block_id', '<=', last.id)
    .orderBy('block_id')
    .orderBy('site_id');
  const query = which === 'all' ? all : all.where('partial_kind', 'is not', null);
  const rows = await selectArrays<ReplicaRow>(db, query);
  const listed = rows.some(([, , , , , , kind]) => kind === 'present' || kind === 'missing');
  const files = listed ? await readPartialFiles({ db }, first.id, last.id) : NO_FILES;
  return rows.map(([blockId, siteId, groupId, custodial, lastUpdate, operation, kind, size, count]) => {
    const block = byId.get(blockId);
    return {
      dataset: block?.dataset,
      block: block?.name,
      site: sites.get(siteId)?.name,
      group: groupId === null ? null : groups.get(groupId)?.name,
      custodial: custodial === 1,
      lastUpdate,
      operation,
      partial: kind === null ? null : partialOf(kind, size, count, files.get(blockId)?.get(siteId) ?? []),
    } as BlockReplicaRecord;
  });
}

type ReplicaRow = [number, number, number | null, number, number, string, string | null, number | null, number | null];

type FilesByReplica = ReadonlyMap<number, ReadonlyMap<number, readonly FileId[]>>;
const NO_FILES: FilesByReplica = new Map();

async function readPartialFiles({ db }: Pick<Session, 'db'>, first: number, last: number): Promise<FilesByReplica> {
  const rows = await db
    .selectFrom('partial_files')
    .selectAll()
    .where('block_id', '>=', first)
    .where('block_id', '<=', last)
    .orderBy('block_id')
    .orderBy('site_id')
    .orderBy('file_id')
    .execute();
  const files = new Map<number, Map<number, FileId[]>>();
  for (const { block_id, site_id, file_id } of rows) {
    const ofBlock = files.get(block_id) ?? new Map<number, FileId[]>();
    files.set(block_id, ofBlock);
    const ofSite = ofBlock.get(site_id);
    if (ofSite === undefined) ofBlock.set(site_id, [file_id as FileId]);
    else ofSite.push(file_id as FileId);
  }
  return files;
}

function partialOf(
  kind: string,
  size: number | null,
  files: number | null,
  ids: readonly FileId[],
): BlockReplicaRecord['partial'] {
  const contents = kind === 'unknown' ? { kind } : { kind, ids };
  return { size: size ?? 0, files: files ?? 0, contents: contents as PartialContents };
}

function rowOf({ ids }: WriteContext, replica: BlockReplicaRecord): readonly unknown[] {
  const { dataset, block, site, group, custodial, lastUpdate, operation, partial } = replica;
  return [
    ids.block(dataset, block),
    ids.site(site),
    ids.group(group),
    custodial ? 1 : 0,
    lastUpdate,
    operation,
    partial?.contents.kind ?? null,
    partial?.size ?? null,
    partial?.files ?? null,
  ];
}

interface ReplicaChange {
  readonly before: BlockReplicaRecord | null;
  readonly after: BlockReplicaRecord | null;
}

/** Of the few that are partial. */
async function contentsUpdates(
  { ids }: WriteContext,
  changes: Iterable<ReplicaChange>,
): Promise<readonly ContentsUpdate[]> {
  const slice = new TimeSlice();
  const updates: ContentsUpdate[] = [];
  let step = 0;
  for (const { before, after } of changes) {
    if (slice.isOverAt(step++)) await slice.next();
    const { dataset, block, site } = (after ?? before) as BlockReplicaRecord;
    const [old, young] = [listOf(before), listOf(after)];
    if (old.length === 0 && young.length === 0) continue;
    updates.push({ id: ids.block(dataset, block), site: ids.site(site), before: old, after: young });
  }
  return updates;
}

function listOf(replica: BlockReplicaRecord | null): readonly FileId[] {
  const contents = replica?.partial?.contents;
  return contents === undefined || contents.kind === 'unknown' ? [] : contents.ids;
}
