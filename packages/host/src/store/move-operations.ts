import {
  type Commit,
  DynamoError,
  joinKey,
  type OperationChange,
  type OperationRecord,
  operationTargetKey,
  TimeSlice,
} from '@dynamo/core';
import { chunksOf, insertRows, type RowShape, type Session } from './bulk.ts';
import { digestOf } from './digest.ts';

const shape: RowShape<'operations'> = {
  table: 'operations',
  columns: [
    'id',
    'kind',
    'dataset',
    'block',
    'site',
    'path',
    'target_digest',
    'opened_at',
    'reason_source',
    'reason_text',
    'reason_reference',
    'state',
    'attempts',
    'not_before',
    'last_error',
    'claims',
    'claim_owner',
    'deadline',
  ],
};

/** Closings mean operations that were open before this commit. */
export async function moveOperations(
  session: Session,
  { operations, authorship }: Commit,
  version: number,
): Promise<void> {
  if (operations.length === 0) return;
  await closeOperations(session, operations, version);
  const opened = operations.filter((change) => change.kind === 'open').map(({ operation }) => operation);
  const busyUntil = await deadlinesOfCancelled(session, opened, authorship.time);
  await insertOperations(session, opened, busyUntil);
}

/** Queued, due at once or when what is in `busyUntil` for their target has passed. */
export async function insertOperations(
  session: Session,
  operations: readonly OperationRecord[],
  busyUntil: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  await insertRows(
    session,
    shape,
    operations.values().map((operation) => rowOf(operation, busyUntil)),
  );
}

type Closing = Exclude<OperationChange, { readonly kind: 'open' }>;

async function closeOperations(session: Session, changes: readonly OperationChange[], version: number): Promise<void> {
  const closings = changes.filter((change): change is Closing => change.kind !== 'open');
  const byReplica = await openOnReplicas(session, closings);
  // One statement for all that end in the same way.
  const sameEnd = new Map<string, { readonly closing: Closing; readonly ids: number[] }>();
  const slice = new TimeSlice();
  for (const [i, closing] of closings.entries()) {
    if (slice.isOverAt(i)) await slice.next();
    const id = closing.kind === 'close' ? closing.id : byReplica.get(replicaKey(closing));
    if (id === undefined) throw notOpen(closing);
    const end = joinKey(closing.outcome, closing.detail);
    const group = sameEnd.get(end) ?? { closing, ids: [] };
    group.ids.push(id);
    sameEnd.set(end, group);
  }
  for (const { closing, ids } of sameEnd.values()) {
    for (const chunk of chunksOf(ids)) {
      const { numUpdatedRows } = await session.db
        .updateTable('operations')
        .set({ state: 'closed', outcome: closing.outcome, detail: closing.detail, closed_version: version })
        .where('id', 'in', chunk)
        .where('state', '!=', 'closed')
        .executeTakeFirstOrThrow();
      if (numUpdatedRows !== BigInt(chunk.length)) throw notOpen(closing);
    }
  }
}

type ReplicaClosing = Extract<OperationChange, { readonly kind: 'close-replica' }>;

async function openOnReplicas(session: Session, closings: readonly Closing[]): Promise<ReadonlyMap<string, number>> {
  const keys = closings
    .values()
    .filter((closing) => closing.kind === 'close-replica')
    .map(replicaKey);
  const ids = new Map<string, number>();
  for (const chunk of chunksOf(keys)) {
    const rows = await session.db
      .selectFrom('operations')
      .select(['id', 'dataset', 'block', 'site'])
      .where('target_digest', 'in', chunk.map(digestOf))
      .where('state', '!=', 'closed')
      .execute();
    for (const { id, dataset, block, site } of rows) ids.set(joinKey(dataset ?? '', block ?? '', site), id);
  }
  return ids;
}

/** Where a claim on a cancelled operation may still act: the latest moment of it, by target. */
async function deadlinesOfCancelled(
  session: Session,
  opened: readonly OperationRecord[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const deadlines = new Map<string, number>();
  for (const chunk of chunksOf(opened.values().map(({ target }) => operationTargetKey(target)))) {
    const rows = await session.db
      .selectFrom('operations')
      .select(['dataset', 'block', 'site', 'path', 'deadline'])
      .where('target_digest', 'in', chunk.map(digestOf))
      .where('outcome', '=', 'cancelled')
      .where('deadline', '>', now)
      .execute();
    for (const { dataset, block, site, path, deadline } of rows) {
      const key = path === null ? joinKey(dataset ?? '', block ?? '', site) : joinKey(site, path);
      deadlines.set(key, Math.max(deadline, deadlines.get(key) ?? 0));
    }
  }
  return deadlines;
}

function rowOf(
  { id, target, openedAt, reason }: OperationRecord,
  busyUntil: ReadonlyMap<string, number>,
): readonly unknown[] {
  const onPath = target.kind === 'delete-path';
  const key = operationTargetKey(target);
  return [
    id,
    target.kind,
    onPath ? null : target.dataset,
    onPath ? null : target.block,
    target.site,
    onPath ? target.path : null,
    digestOf(key),
    openedAt,
    reason.source,
    reason.text,
    reason.reference ?? null,
    'queued',
    0,
    busyUntil.get(key) ?? 0,
    '',
    0,
    null,
    0,
  ];
}

function replicaKey({ dataset, block, site }: ReplicaClosing): string {
  return joinKey(dataset, block, site);
}

function notOpen(closing: Closing): DynamoError<'conflict'> {
  return new DynamoError('conflict', `the operation to be closed is not open: ${JSON.stringify(closing)}`, {
    data: { closing },
  });
}
