import { type Session, upsertRows } from './bulk.ts';
import type { ServerTable } from './database.ts';
import type { ServerList, ServerRecord } from './leadership.ts';
import type { SqlStoreBase } from './store-base.ts';

const COLUMNS = ['id', 'host', 'pid', 'url', 'role', 'epoch', 'version', 'behind_ms', 'started_at', 'seen_at'] as const;

export function sqlServerList(session: Session, attempt: SqlStoreBase['attempt']): ServerList {
  return {
    tell: ({ id, host, pid, url, role, epoch, version, behindMs, startedAt, seenAt }) =>
      attempt('tell of this server', () =>
        upsertRows(
          session,
          { table: 'servers', columns: COLUMNS },
          ['id'],
          [[id, host, pid, url, role, epoch, version, behindMs, startedAt, seenAt]],
        ),
      ),
    forget: (id) =>
      attempt('tell that this server ends', async () => {
        await session.db.deleteFrom('servers').where('id', '=', id).execute();
      }),
    list: () =>
      attempt('list the servers', async () => {
        const rows = await session.db.selectFrom('servers').selectAll().execute();
        return rows.map(serverOf);
      }),
  };
}

function serverOf({
  id,
  host,
  pid,
  url,
  role,
  epoch,
  version,
  behind_ms,
  started_at,
  seen_at,
}: ServerTable): ServerRecord {
  const known = role === 'leader' ? 'leader' : 'follower';
  return {
    id,
    host,
    pid,
    url,
    role: known,
    epoch,
    version,
    behindMs: behind_ms,
    startedAt: started_at,
    seenAt: seen_at,
  };
}
