import type {
  Claim,
  ClaimEnd,
  OperationId,
  OperationOutcome,
  OperationState,
  OperationStatus,
  OperationStore,
  PastOperation,
  Version,
} from '@dynamo/core';
import { chunksOf, insertRows, type RowShape, type Session } from './bulk.ts';
import type { OperationTable } from './database.ts';
import type { SqlStoreBase } from './store-base.ts';

const attemptShape: RowShape<'attempts'> = {
  table: 'attempts',
  columns: ['operation_id', 'subject', 'time', 'ok', 'detail'],
};

/** Each claim is a compare-and-set of its own on the number of claims so far, which is half of its token. */
export function sqlOperationStore(base: SqlStoreBase): OperationStore {
  const { read, write } = base;
  return {
    claim: ({ owner, limit, now, leaseSeconds, kinds }) =>
      base.attempt('claim operations', () =>
        write.db.transaction().execute(async (db) => {
          const candidates = await findDue({ ...write, db }, now, limit, kinds);
          const deadline = now + leaseSeconds;
          const claims: Claim[] = [];
          for (const row of candidates) {
            const { numUpdatedRows } = await db
              .updateTable('operations')
              .set({ state: 'claimed', claims: row.claims + 1, claim_owner: owner, deadline })
              .where('id', '=', row.id)
              .where('claims', '=', row.claims)
              .where('state', '=', row.state)
              .where('deadline', '=', row.deadline)
              .executeTakeFirstOrThrow();
            if (numUpdatedRows !== 1n) continue;
            claims.push(claimOf({ ...row, state: 'claimed', claims: row.claims + 1, deadline }));
          }
          return claims;
        }),
      ),

    renew: (tokens, now, leaseSeconds) =>
      base.attempt('renew claims', () =>
        write.db.transaction().execute(async (db) => {
          const deadline = now + leaseSeconds;
          const claims: Claim[] = [];
          for (const chunk of chunksOf(tokens.map(parseToken))) {
            const rows = await db
              .selectFrom('operations')
              .selectAll()
              .where(
                'id',
                'in',
                chunk.map(({ id }) => id),
              )
              .where('state', '=', 'claimed')
              .execute();
            for (const row of rows) {
              if (!chunk.some((token) => token.id === row.id && token.claims === row.claims)) continue;
              const { numUpdatedRows } = await db
                .updateTable('operations')
                .set({ deadline })
                .where('id', '=', row.id)
                .where('claims', '=', row.claims)
                .where('state', '=', 'claimed')
                .executeTakeFirstOrThrow();
              if (numUpdatedRows === 1n) claims.push(claimOf({ ...row, deadline }));
            }
          }
          return claims;
        }),
      ),

    settle: (attempts, ends) =>
      base.attempt('settle claims', () =>
        write.db.transaction().execute(async (db) => {
          const session = { ...write, db };
          const rows = attempts.map(({ operation, subject, time, ok, detail }) => [
            operation,
            subject,
            time,
            ok ? 1 : 0,
            detail,
          ]);
          await insertRows(session, attemptShape, rows);
          for (const end of ends) await endClaim(session, end);
        }),
      ),

    attempts: (operation) =>
      base.attempt('read attempts', async () => {
        const query = read.db.selectFrom('attempts').selectAll().where('operation_id', '=', operation);
        const rows = await query.orderBy('time').orderBy('id').execute();
        return rows.map(({ subject, time, ok, detail }) => ({ operation, subject, time, ok: ok === 1, detail }));
      }),

    list: ({ state, site, dataset, after, limit } = {}) =>
      base.attempt('list operations', async () => {
        let query = read.db.selectFrom('operations').selectAll();
        query = state === undefined ? query.where('state', '!=', 'closed') : query.where('state', '=', state);
        if (site !== undefined) query = query.where('site', '=', site);
        if (dataset !== undefined) query = query.where('dataset', '=', dataset);
        if (after !== undefined) query = query.where('id', '>', after);
        if (limit !== undefined) query = query.limit(limit);
        return (await query.orderBy('id').execute()).map(statusOf);
      }),

    counts: () =>
      base.attempt('count operations', async () => {
        const rows = await read.db
          .selectFrom('operations')
          .select(({ fn }) => ['state', fn.countAll<number>().as('n')])
          .where('state', 'in', ['queued', 'claimed', 'held'])
          .groupBy('state')
          .execute();
        const counts = { queued: 0, claimed: 0, held: 0 };
        for (const { state, n } of rows) counts[state as OperationState] = Number(n);
        return counts;
      }),

    past: ({ dataset, block, site, limit }) =>
      base.attempt('list past operations', async () => {
        let query = read.db.selectFrom('operations').selectAll().where('dataset', '=', dataset);
        if (block !== undefined) query = query.where('block', '=', block);
        if (site !== undefined) query = query.where('site', '=', site);
        if (limit !== undefined) query = query.limit(limit);
        return (await query.orderBy('id', 'desc').execute()).map(pastOf);
      }),

    release: (ids) =>
      base.attempt('release operations', async () => {
        let released = 0;
        for (const chunk of chunksOf(ids)) {
          const { numUpdatedRows } = await write.db
            .updateTable('operations')
            .set({ state: 'queued', not_before: 0 })
            .where('id', 'in', chunk)
            .where('state', 'in', ['queued', 'held'])
            .executeTakeFirstOrThrow();
          released += Number(numUpdatedRows);
        }
        return released;
      }),
  };
}

/** The oldest that may be claimed now. */
async function findDue(
  { db }: Session,
  now: number,
  limit: number,
  kinds: readonly string[] | undefined,
): Promise<readonly OperationTable[]> {
  const ofKinds = () => {
    const all = db.selectFrom('operations').selectAll().orderBy('id').limit(limit);
    return kinds === undefined ? all : all.where('kind', 'in', kinds);
  };
  // Two queries, since an `or` of them would not go by the index.
  const queued = await ofKinds().where('state', '=', 'queued').where('not_before', '<=', now).execute();
  const expired = await ofKinds().where('state', '=', 'claimed').where('deadline', '<=', now).execute();
  return [...queued, ...expired].sort((a, b) => a.id - b.id).slice(0, limit);
}

/** An end without an error gives the claim back untried. */
async function endClaim({ db }: Session, { token, to }: ClaimEnd): Promise<void> {
  const { id, claims } = parseToken(token);
  const tried = to.error !== '';
  await db
    .updateTable('operations')
    .set((column) => ({
      state: to.state,
      claim_owner: null,
      deadline: 0,
      ...(to.state === 'queued' ? { not_before: to.notBefore } : {}),
      ...(tried ? { attempts: column('attempts', '+', 1), last_error: to.error } : {}),
    }))
    .where('id', '=', id)
    .where('claims', '=', claims)
    .where('state', '=', 'claimed')
    .execute();
}

function parseToken(token: string): { readonly id: number; readonly claims: number } {
  const [id, claims] = token.split('.');
  return { id: Number(id), claims: Number(claims) };
}

function claimOf(row: OperationTable): Claim {
  return { operation: statusOf(row), token: `${row.id}.${row.claims}`, deadline: row.deadline };
}

function pastOf(row: OperationTable): PastOperation {
  const { id, target, openedAt, reason } = statusOf(row);
  const outcome = row.outcome as OperationOutcome | null;
  const end = outcome === null ? null : { outcome, detail: row.detail ?? '', version: row.closed_version as Version };
  return { id, target, openedAt, reason, end };
}

function statusOf(row: OperationTable): OperationStatus {
  const { dataset, block, site, path, kind, reason_source, reason_text, reason_reference } = row;
  const target = path === null ? { kind, dataset, block, site } : { kind, site, path };
  const reference = reason_reference === null ? {} : { reference: reason_reference };
  return {
    id: row.id as OperationId,
    target: target as OperationStatus['target'],
    openedAt: row.opened_at,
    reason: { source: reason_source, text: reason_text, ...reference },
    state: row.state as OperationState,
    attempts: row.attempts,
    notBefore: row.not_before,
    lastError: row.last_error,
  };
}
