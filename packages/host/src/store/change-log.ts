/** The log of commits: the text of a change set, packed and cut into rows of bounded size. */

import type { Commit } from '@dynamo/core';
import {
  CHANGE_SET_FORMAT,
  type CommittedChange,
  changeSetPieces,
  DynamoError,
  parseChangeSetPieces,
  type Version,
} from '@dynamo/core';
import { insertRows, type RowShape, type Session } from './bulk.ts';
import { countersOf } from './counters.ts';
import { type Encoding, PART_BYTES, packPieces, unpackPieces } from './packed-text.ts';

export interface LogEntry {
  readonly version: number;
  readonly epoch: number;
  readonly cycle: number | null;
  readonly commit: Commit;
}

const shape: RowShape<'changes'> = {
  table: 'changes',
  columns: [
    'version',
    'epoch',
    'cycle',
    'time',
    'user_name',
    'application',
    'commit_id',
    'format',
    'encoding',
    'change_count',
    'next_file',
    'next_operation',
    'next_lock',
    'next_request',
  ],
};

export async function appendToLog(session: Session, entries: readonly LogEntry[]): Promise<void> {
  const rows: (readonly unknown[])[] = [];
  const parts: PartRow[] = [];
  for (const { version, epoch, cycle, commit } of entries) {
    const { body, encoding } = await packPieces(changeSetPieces(commit.changes));
    const { authorship, counters, id, changes } = commit;
    const { time, user, application } = authorship;
    const { nextFile, nextOperation, nextLock, nextRequest } = counters;
    const who = [version, epoch, cycle, time, user, application, id];
    const what = [CHANGE_SET_FORMAT, encoding, changes.changes.length];
    rows.push([...who, ...what, nextFile, nextOperation, nextLock, nextRequest]);
    parts.push(...partsOf(version, body));
  }
  await insertRows(session, shape, rows);
  await insertRows(session, { table: 'change_parts', columns: ['version', 'part', 'body'] }, parts);
}

/** The id of the commit that made a version; null for a baseline, which is outside the log. */
export async function commitIdOf({ db }: Session, version: number): Promise<string | null> {
  const row = await db.selectFrom('changes').select('commit_id').where('version', '=', version).executeTakeFirst();
  return row?.commit_id ?? null;
}

/** The commits of versions (from, to], oldest first. */
export async function* readLog(session: Session, from: number, to: number): AsyncGenerator<CommittedChange> {
  for (let version = from + 1; version <= to; version += 1) {
    const row = await session.db.selectFrom('changes').selectAll().where('version', '=', version).executeTakeFirst();
    if (row === undefined) {
      throw new DynamoError('too-old', `the log no longer has version ${version}: load again`, { data: { version } });
    }
    if (row.format !== CHANGE_SET_FORMAT) {
      throw new DynamoError(
        'corrupt',
        `version ${version} of the log has format ${row.format}, this version of Dynamo reads ${CHANGE_SET_FORMAT}: install the one that wrote it`,
      );
    }
    const parts = await session.db
      .selectFrom('change_parts')
      .select('body')
      .where('version', '=', version)
      .orderBy('part')
      .execute();
    const pieces = unpackPieces(
      parts.map(({ body }) => body),
      row.encoding as Encoding,
    );
    yield {
      version: version as Version,
      id: row.commit_id,
      authorship: { application: row.application, user: row.user_name, time: row.time },
      changes: await parseChangeSetPieces(pieces),
      counters: countersOf(row),
    };
  }
}

type PartRow = readonly [key: number, part: number, body: Uint8Array];

/** Rows of up to a MiB each. */
function partsOf(key: number, body: Uint8Array): readonly PartRow[] {
  const rows: PartRow[] = [];
  for (let start = 0; start < body.length; start += PART_BYTES) {
    rows.push([key, rows.length, body.subarray(start, start + PART_BYTES)]);
  }
  return rows;
}

export async function writeParts(
  session: Session,
  table: 'history_parts' | 'plan_parts',
  key: number,
  body: Uint8Array,
): Promise<void> {
  const rows = partsOf(key, body);
  if (table === 'history_parts') await insertRows(session, { table, columns: ['cycle', 'part', 'body'] }, rows);
  else await insertRows(session, { table, columns: ['plan', 'part', 'body'] }, rows);
}
