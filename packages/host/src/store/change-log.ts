/** The log of commits: the text of a change set, packed and cut into rows of bounded size. */

import type { Commit } from '@dynamo/core';
import {
  CHANGE_SET_FORMAT,
  type CommittedChange,
  DynamoError,
  parseChangeSet,
  serialiseChangeSet,
  type Version,
} from '@dynamo/core';
import { insertRows, type Session } from './bulk.ts';
import { countersOf } from './counters.ts';
import { type Encoding, PART_BYTES, pack, unpack } from './packed-text.ts';

export interface LogEntry {
  readonly version: number;
  readonly epoch: number;
  readonly cycle: number | null;
  readonly commit: Commit;
}

export async function appendToLog(session: Session, { version, epoch, cycle, commit }: LogEntry): Promise<void> {
  const { body, encoding } = await pack(serialiseChangeSet(commit.changes));
  const { authorship, counters, id, changes } = commit;
  await session.db
    .insertInto('changes')
    .values({
      version,
      epoch,
      cycle,
      time: authorship.time,
      user_name: authorship.user,
      application: authorship.application,
      commit_id: id,
      format: CHANGE_SET_FORMAT,
      encoding,
      change_count: changes.changes.length,
      next_file: counters.nextFile,
      next_operation: counters.nextOperation,
      next_lock: counters.nextLock,
      next_request: counters.nextRequest,
    })
    .execute();
  await writeParts(session, 'change_parts', version, body);
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
    const text = await unpack(
      parts.map(({ body }) => body),
      row.encoding as Encoding,
    );
    yield {
      version: version as Version,
      id: row.commit_id,
      authorship: { application: row.application, user: row.user_name, time: row.time },
      changes: parseChangeSet(text),
      counters: countersOf(row),
    };
  }
}

/** Rows of up to a MiB each. */
export async function writeParts(
  session: Session,
  table: 'change_parts' | 'history_parts' | 'plan_parts',
  key: number,
  body: Uint8Array,
): Promise<void> {
  const rows: (readonly [number, number, Uint8Array])[] = [];
  for (let start = 0; start < body.length; start += PART_BYTES) {
    rows.push([key, rows.length, body.subarray(start, start + PART_BYTES)]);
  }
  if (table === 'change_parts') await insertRows(session, { table, columns: ['version', 'part', 'body'] }, rows);
  else if (table === 'history_parts') await insertRows(session, { table, columns: ['cycle', 'part', 'body'] }, rows);
  else await insertRows(session, { table, columns: ['plan', 'part', 'body'] }, rows);
}
