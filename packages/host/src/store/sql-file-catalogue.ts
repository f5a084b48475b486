import {
  type BlockName,
  type DatasetName,
  type FileCatalogue,
  type FileReadOptions,
  type FileRecord,
  joinKey,
} from '@dynamo/core';
import type { SelectQueryBuilder } from 'kysely';
import { chunksOf, type Session, streamPages } from './bulk.ts';
import type { Database } from './database.ts';
import { digestOf } from './digest.ts';
import type { FileRows } from './file-rows.ts';
import { readHead } from './head.ts';
import type { SqlStoreBase } from './store-base.ts';

const PAGE_FILES = 2000;

export function sqlFileCatalogue(base: SqlStoreBase): FileCatalogue & FileRows {
  const session = base.read;

  /** With the names of block and dataset, at a version. */
  const filesAt = async ({ at, signal }: FileReadOptions = {}) => {
    signal?.throwIfAborted();
    const version = at ?? (await readHead(session)).version;
    return session.db
      .selectFrom('files')
      .innerJoin('blocks', 'blocks.id', 'files.block_id')
      .innerJoin('datasets', 'datasets.id', 'blocks.dataset_id')
      .select(['files.id', 'files.lfn', 'files.size', 'files.checksums'])
      .select(['blocks.name as block', 'datasets.name as dataset'])
      .where('files.came_version', '<=', version)
      .where('files.gone_version', '>', version);
  };

  const findAll = async (
    chunks: Iterable<(query: Awaited<ReturnType<typeof filesAt>>) => FilesQuery>,
    options: FileReadOptions | undefined,
  ): Promise<readonly FileRecord[]> => {
    const files: FileRecord[] = [];
    const query = await filesAt(options);
    for (const narrow of chunks) files.push(...(await narrow(query).execute()).map(recordOf));
    return files;
  };

  return {
    async *filesOfBlock(dataset, block, options) {
      const ids = await base.attempt('read files', () => blockIds(session, dataset, block));
      if (ids.length === 0) return;
      let after = 0;
      for (;;) {
        const from = after;
        const page = await base.attempt('read files', async () => {
          const query = (await filesAt(options)).where('files.block_id', 'in', ids).where('files.id', '>', from);
          return query.orderBy('files.id').limit(PAGE_FILES).execute();
        });
        if (page.length > 0) yield page.map(recordOf);
        if (page.length < PAGE_FILES) return;
        after = page.at(-1)?.id ?? after;
      }
    },

    async *rowsOfBlock(dataset, block, { signal } = {}) {
      const ids = await base.attempt('read files', () => blockIds(session, dataset, block));
      if (ids.length === 0) return;
      let [after, came] = [0, 0];
      for (;;) {
        signal?.throwIfAborted();
        const [id, version] = [after, came];
        const page = await base.attempt('read files', () =>
          session.db
            .selectFrom('files')
            .select(['id', 'came_version', 'gone_version', 'lfn', 'size', 'checksums'])
            .where('block_id', 'in', ids)
            // A file that was corrected has a row for each state.
            .where((is) => is.or([is('id', '>', id), is.and([is('id', '=', id), is('came_version', '>', version)])]))
            .orderBy('id')
            .orderBy('came_version')
            .limit(PAGE_FILES)
            .execute(),
        );
        if (page.length > 0) {
          yield page.map(({ came_version, gone_version, ...file }) => {
            return { file: recordOf({ ...file, dataset, block }), came: came_version, gone: gone_version };
          });
        }
        if (page.length < PAGE_FILES) return;
        const last = page.at(-1);
        [after, came] = [last?.id ?? after, last?.came_version ?? came];
      }
    },

    filesByLfn: (lfns, options) =>
      base.attempt('read files', async () => {
        const wanted = new Set<string>(lfns);
        const chunks = chunksOf(wanted).map(
          (chunk) => (query: FilesQuery) => query.where('files.digest', 'in', chunk.map(digestOf)),
        );
        return (await findAll(chunks, options)).filter(({ lfn }) => wanted.has(lfn));
      }),

    filesById: (ids, options) =>
      base.attempt('read files', () => {
        const chunks = chunksOf(new Set(ids)).map(
          (chunk) => (query: FilesQuery) => query.where('files.id', 'in', chunk),
        );
        return findAll(chunks, options);
      }),

    async *filesOfSite(site, options) {
      const query = await base.attempt('list the files of a site', async () =>
        (await filesAt(options))
          .where('files.block_id', 'in', (blocks) =>
            blocks
              .selectFrom('block_replicas')
              .innerJoin('sites', 'sites.id', 'block_replicas.site_id')
              .select('block_replicas.block_id')
              .where('sites.name', '=', site),
          )
          .orderBy('files.lfn'),
      );
      try {
        for await (const page of streamPages(session.db, query, PAGE_FILES)) {
          options?.signal?.throwIfAborted();
          yield page.map(recordOf);
        }
      } catch (error) {
        throw base.explain('list the files of a site', error);
      }
    },
  };
}

interface FileColumns {
  readonly id: number;
  readonly lfn: string;
  readonly size: number;
  readonly checksums: string;
  readonly block: string;
  readonly dataset: string;
}

type FilesQuery = SelectQueryBuilder<Database, 'files' | 'blocks' | 'datasets', FileColumns>;

/** Of the block that is there, and of those of the same name that were there before. */
async function blockIds({ db }: Session, dataset: DatasetName, block: BlockName): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('blocks')
    .innerJoin('datasets', 'datasets.id', 'blocks.dataset_id')
    .select(['blocks.id', 'blocks.name', 'datasets.name as dataset'])
    .where('blocks.digest', '=', digestOf(joinKey(dataset, block)))
    .execute();
  return rows.filter((row) => row.name === block && row.dataset === dataset).map(({ id }) => id);
}

function recordOf({ id, dataset, block, lfn, size, checksums }: FileColumns): FileRecord {
  return { id, dataset, block, lfn, size, checksums: JSON.parse(checksums) } as FileRecord;
}
