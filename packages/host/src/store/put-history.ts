import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { type CycleDeed, contentDigest, DynamoError, type HistoryRecord } from '@dynamo/core';
import { insertRows, type RowShape, type Session } from './bulk.ts';
import { writeParts } from './change-log.ts';
import { PART_BYTES, pack } from './packed-text.ts';

const HISTORY = {
  table: 'history',
  columns: ['cycle', 'planner', 'title', 'time', 'plan_version', 'version', 'is_test'],
} as const satisfies RowShape<'history'>;
const DEEDS = {
  table: 'cycle_deeds',
  columns: ['cycle', 'number', 'kind', 'dataset', 'site', 'blocks', 'bytes', 'reference'],
} as const satisfies RowShape<'cycle_deeds'>;

/** No text is as short. */
const ALWAYS_PACKED = -1;

/** On a record of 14 MB a third of a second and 2 % smaller than by default; the next levels take several times as long. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 9 } };

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** A cycle with all that belongs to it. */
export async function putHistory(
  session: Session,
  { planner, title, time, planVersion, document, isTest = false, contents = {}, deeds = [] }: HistoryRecord,
  { cycle, version }: { readonly cycle: number; readonly version: number },
): Promise<void> {
  await insertRows(session, HISTORY, [[cycle, planner, title, time, planVersion, version, isTest ? 1 : 0]]);
  // Packed whatever its size, so that no column has to say how.
  const { body } = await pack(document, ALWAYS_PACKED);
  await writeParts(session, 'history_parts', cycle, body);
  for (const [name, content] of Object.entries(contents)) await putContent(session, cycle, name, content);
  await insertRows(session, DEEDS, deeds.values().map(deedRow(cycle)));
}

function deedRow(cycle: number): (deed: CycleDeed, number: number) => readonly unknown[] {
  return ({ kind, dataset, site, blocks, bytes, reference }, number) => [
    ...[cycle, number, kind, dataset, site, blocks, bytes, reference],
  ];
}

/**
 * First it is named and then looked for, by a change and not by a question, whose answer could be of an earlier moment:
 * so nobody removes it in between who finds it named by no cycle.
 */
async function putContent(session: Session, cycle: number, name: string, content: Uint8Array): Promise<void> {
  const { db } = session;
  const digest = contentDigest(content);
  await db.insertInto('cycle_contents').values({ cycle, name, digest }).execute();
  const { numUpdatedRows } = await db
    .updateTable('contents')
    .set({ last_cycle: cycle })
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await db.insertInto('contents').values({ digest, bytes: content.length, last_cycle: cycle }).execute();
  const body = await compress(content, LEVEL);
  const rows: (readonly [string, number, Uint8Array])[] = [];
  for (let start = 0; start < body.length; start += PART_BYTES) {
    rows.push([digest, rows.length, body.subarray(start, start + PART_BYTES)]);
  }
  await insertRows(session, { table: 'content_parts', columns: ['digest', 'part', 'body'] }, rows);
}

/** Null: it is not there. Rejects with `corrupt` for what is not what its digest says. */
export async function readContent({ db }: Pick<Session, 'db'>, digest: string): Promise<Uint8Array | null> {
  const parts = await db
    .selectFrom('content_parts')
    .select('body')
    .where('digest', '=', digest)
    .orderBy('part')
    .execute();
  if (parts.length === 0) return null;
  const damaged = (cause?: unknown): DynamoError =>
    new DynamoError('corrupt', `what the history keeps as ${digest} is damaged: restore the database from a backup`, {
      cause,
    });
  const content = await decompress(Buffer.concat(parts.map(({ body }) => body))).catch((cause: unknown) => {
    throw damaged(cause);
  });
  if (contentDigest(content) !== digest) throw damaged();
  return new Uint8Array(content.buffer, content.byteOffset, content.length);
}

/** Removes cycles with what belongs to them and to no other. */
export async function removeHistory({ db }: Pick<Session, 'db'>, cycles: readonly number[]): Promise<void> {
  const named = await db
    .selectFrom('cycle_contents')
    .innerJoin('contents', 'contents.digest', 'cycle_contents.digest')
    .select(['contents.digest', 'contents.last_cycle'])
    .where('cycle_contents.cycle', 'in', cycles)
    .distinct()
    .execute();
  for (const table of ['history_parts', 'cycle_deeds', 'cycle_contents', 'history'] as const) {
    await db.deleteFrom(table).where('cycle', 'in', cycles).execute();
  }
  for (const { digest, last_cycle } of named) {
    const { numDeletedRows } = await db
      .deleteFrom('contents')
      .where('digest', '=', digest)
      // A commit that has come to need it meanwhile has changed this.
      .where('last_cycle', '=', last_cycle)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('cycle_contents').select('cycle').where('digest', '=', digest))),
      )
      .executeTakeFirst();
    if (numDeletedRows > 0n) await db.deleteFrom('content_parts').where('digest', '=', digest).execute();
  }
}
