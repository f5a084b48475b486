import { upsertRows } from './bulk.ts';
import type { ServerTable } from './database.ts';
import type { ServerList, ServerRecord } from './leadership.ts';
import type { SqlStoreBase } from './store-base.ts';

const COLUMNS = ['id', 'host', 'pid', 'url', 'role', 'version', 'started_at', 'seen_at'] as const;

export function sqlServerList({ read, write, attempt }: SqlStoreBase): ServerList {
  return {
    tell: ({ id, host, pid, url, role, version, startedAt, seenAt }) =>
      attempt('tell of this server', () =>
        upsertRows(
          write,
          { table: 'servers', columns: COLUMNS },
          ['id'],
          [[id, host, pid, url, role, version, startedAt, seenAt]],
        ),
      ),
    forget: (id) =>
      attempt('tell that this server ends', async () => {
        await write.db.deleteFrom('servers').where('id', '=', id).execute();
      }),
    list: (seenSince) =>
      attempt('list the servers', async () => {
        const rows = await read.db.selectFrom('servers').selectAll().where('seen_at', '>=', seenSince).execute();
        return rows.map(serverOf).sort((a, b) => rank(a) - rank(b) || (a.url < b.url ? -1 : 1));
      }),
  };
}

function serverOf({ id, host, pid, url, role, version, started_at, seen_at }: ServerTable): ServerRecord {
  const known = role === 'leader' ? 'leader' : 'follower';
  return { id, host, pid, url, role: known, version, startedAt: started_at, seenAt: seen_at };
}

function rank({ role }: ServerRecord): number {
  return role === 'leader' ? 0 : 1;
}
