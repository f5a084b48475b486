import { DynamoError, type RequestChange, type RequestRecord, sameRecord } from '@dynamo/core';
import { chunksOf, type RowShape, type Session, upsertRows } from './bulk.ts';
import type { RequestTable } from './database.ts';

const shape: RowShape<'requests'> = {
  table: 'requests',
  columns: ['id', 'kind', 'state', 'user_name', 'created_at', 'updated_at', 'reason', 'document'],
};

/** Throws `conflict` where a request is not as it was before the change. */
export async function putRequests(session: Session, changes: readonly RequestChange[]): Promise<void> {
  const present = new Map<number, RequestRecord>();
  for (const chunk of chunksOf(changes.map(({ after }) => after.id))) {
    const rows = await session.db.selectFrom('requests').selectAll().where('id', 'in', chunk).execute();
    for (const row of rows) present.set(row.id, requestOf(row));
  }
  for (const { before, after } of changes) {
    if (!sameRecord(present.get(after.id) ?? null, before)) {
      throw new DynamoError('conflict', `request ${after.id} has changed since`, { data: { request: after.id } });
    }
    // One commit may move a request on more than once.
    present.set(after.id, after);
  }
  await upsertRows(
    session,
    shape,
    ['id'],
    changes.map(({ after }) => rowOf(after)),
  );
}

export function requestOf(row: RequestTable): RequestRecord {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    user: row.user_name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    reason: row.reason,
    ...JSON.parse(row.document),
  } as RequestRecord;
}

function rowOf({
  id,
  kind,
  state,
  user,
  createdAt,
  updatedAt,
  reason,
  ...document
}: RequestRecord): readonly unknown[] {
  return [id, kind, state, user, createdAt, updatedAt, reason, JSON.stringify(document)];
}
