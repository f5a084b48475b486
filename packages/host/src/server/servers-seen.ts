/** Which servers are alive: those whose row has moved lately, by this server's own monotonic clock. */
import type { ServerRecord } from '../store/leadership.ts';

export interface Seen {
  readonly alive: readonly ServerRecord[];
  readonly silent: readonly ServerRecord[];
}

export class ServersSeen {
  readonly #silenceMs: number;
  readonly #moved = new Map<string, { readonly seenAt: number; readonly atMs: number }>();

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** The rows as they are at `nowMs`; times in them are other machines', and only looked at for whether they move. */
  look(servers: readonly ServerRecord[], nowMs: number): Seen {
    const ids = new Set(servers.map(({ id }) => id));
    for (const id of this.#moved.keys()) if (!ids.has(id)) this.#moved.delete(id);
    const [alive, silent]: [ServerRecord[], ServerRecord[]] = [[], []];
    for (const server of servers) {
      const { id, seenAt } = server;
      const before = this.#moved.get(id);
      if (before === undefined || before.seenAt !== seenAt) this.#moved.set(id, { seenAt, atMs: nowMs });
      const isSilent = before?.seenAt === seenAt && nowMs - before.atMs >= this.#silenceMs;
      (isSilent ? silent : alive).push(server);
    }
    return { alive, silent };
  }
}
