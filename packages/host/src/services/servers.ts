import { inEpoch, type ServerRecord } from '../store/leadership.ts';
import type { LeaseHolder } from '../store/lease.ts';
import type { Application } from './application.ts';

export interface ServersReport {
  /** Of the writer's lease. */
  readonly epoch: number;
  /** Who has it; null: nobody. */
  readonly holder: LeaseHolder | null;
  /** The leader first. One that died is among them until the leader has missed it for half a minute. */
  readonly servers: readonly ServerRecord[];
}

/** Null for a store that one server has to itself. */
export async function listServers({ leadership }: Pick<Application, 'leadership'>): Promise<ServersReport | null> {
  if (leadership === undefined || leadership === null) return null;
  const { epoch, holder } = await leadership.look();
  return { epoch, holder, servers: inEpoch(await leadership.servers.list(), epoch) };
}
