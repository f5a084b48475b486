import type { ServerRecord } from '../store/leadership.ts';
import type { LeaseHolder } from '../store/lease.ts';
import type { Application } from './application.ts';

export interface ServersReport {
  /** Of the writer's lease. */
  readonly epoch: number;
  /** Who has it; null: nobody. */
  readonly holder: LeaseHolder | null;
  /** Those that were seen within the last half minute, the leader first. */
  readonly servers: readonly ServerRecord[];
}

const SEEN_SECONDS = 30;

/** Null for a store that one server has to itself. */
export async function listServers({
  leadership,
  clock,
}: Pick<Application, 'leadership' | 'clock'>): Promise<ServersReport | null> {
  if (leadership === undefined || leadership === null) return null;
  const { epoch, holder } = await leadership.look();
  return { epoch, holder, servers: await leadership.servers.list(clock.nowSeconds() - SEEN_SECONDS) };
}
