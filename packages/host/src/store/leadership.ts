/** What several servers on one database ask of it: who leads, whether that one is alive, and who else is there. */
import type { Store } from '@dynamo/core';
import type { LeaseHolder } from './lease.ts';

/** The writer's lease as it is now. */
export interface LeaseSight {
  readonly epoch: number;
  /** Moves while the holder is alive. */
  readonly beat: number;
  /** Null: nobody has it. */
  readonly holder: LeaseHolder | null;
}

/** A server as it told of itself last. Times are seconds since 1970, by its own clock: for people. */
export interface ServerRecord {
  /** Of this start of the process. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** How others reach it. */
  readonly url: string;
  readonly role: 'leader' | 'follower';
  /** Of the lease, as it saw it last. */
  readonly epoch: number;
  readonly version: number;
  /** Milliseconds since it last had all of the log; null: it never did. */
  readonly behindMs: number | null;
  readonly startedAt: number;
  readonly seenAt: number;
}

export interface ServerList {
  tell(server: ServerRecord): Promise<void>;
  forget(id: string): Promise<void>;
  /** Those that have not told that they end, the dead among them: see `servers-seen.ts`. */
  list(): Promise<readonly ServerRecord[]>;
}

export interface Leadership {
  /** A leader whose heart-beat stands still for so long is replaced. */
  readonly silenceMs: number;
  look(): Promise<LeaseSight>;
  /** Makes this process the writer in place of whoever has, or had, that epoch: rejects with `lost-lease` if another was faster. */
  take(from: number): Promise<number>;
  readonly servers: ServerList;
}

/** A store that several servers may have open. */
export interface SharedStore extends Store {
  readonly leadership: Leadership;
}

/** The leader first, then by name. Who led in an epoch that has passed is a follower, whatever it said last. */
export function inEpoch(servers: readonly ServerRecord[], epoch: number): readonly ServerRecord[] {
  const leads = (server: ServerRecord): boolean => server.role === 'leader' && server.epoch === epoch;
  return servers
    .map((server): ServerRecord => ({ ...server, role: leads(server) ? 'leader' : 'follower' }))
    .sort((a, b) => Number(leads(b)) - Number(leads(a)) || (a.url < b.url ? -1 : 1));
}

/** Null: one server at a time has this store. */
export function leadershipOf(store: Store): Leadership | null {
  return 'leadership' in store ? (store as SharedStore).leadership : null;
}
