/** One of several servers on a database: it follows the log, and leads when it is its turn. The I/O around the machine. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import process from 'node:process';
import { type Clock, DynamoError, type Inventory } from '@dynamo/core';
import type { Logger } from 'pino';
import type { SeveralServers } from '../services/health.ts';
import { inEpoch, type Leadership, type ServerRecord } from '../store/leadership.ts';
import { isDatabaseTrouble } from '../store/store-base.ts';
import { FOLLOWING, type LeadershipState, nextLeadership } from './leadership-machine.ts';
import { ServersSeen } from './servers-seen.ts';

export interface FollowOptions {
  readonly leadership: Leadership;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly takesOver: boolean;
  /** How others reach this server. */
  readonly url: string;
  /** Memory is what the log says, and nobody else may write any more. */
  readonly onLeading: (epoch: number) => void;
  /** Another has become the writer, or what was followed does not fit: this server can do nothing right any more. */
  readonly onEnded: (error: unknown) => void;
}

export interface Follower {
  report(): SeveralServers;
  /** Resolves when it does no more. The lease goes with the store. */
  stop(): Promise<void>;
}

const TICK_MS = 500;
const TELL_MS = 2000;
/** A server that has not told of itself for so long is not listed, and the leader strikes it off. */
const FORGET_MS = 30_000;

export function follow(options: FollowOptions): Follower {
  const following = new Following(options);
  return { report: () => following.report(), stop: () => following.stop() };
}

class Following {
  readonly #options: FollowOptions;
  readonly #id = randomUUID();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  readonly #startedAt: number;
  #state: LeadershipState = FOLLOWING;
  #epoch = 0;
  #caughtUpMs: number | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;
  readonly #seen = new ServersSeen(FORGET_MS);
  #servers: readonly ServerRecord[] = [];
  #fault: string | null = null;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#startedAt = options.clock.nowSeconds();
    this.#ended = this.#loop();
  }

  report(): SeveralServers {
    const leads = this.#state.kind === 'leading';
    const { url } = this.#options;
    const behindMs = this.#behindMs();
    const servers = inEpoch(this.#servers, this.#epoch);
    return {
      role: leads ? 'leader' : 'follower',
      epoch: this.#epoch,
      leader: leads ? url : (servers.find(({ role }) => role === 'leader')?.url ?? null),
      behindSeconds: behindMs === null ? null : Math.round(behindMs / 100) / 10,
      fault: this.#fault,
      servers,
    };
  }

  #behindMs(): number | null {
    if (this.#state.kind === 'leading') return 0;
    return this.#caughtUpMs === null ? null : Math.round(this.#options.clock.monotonicMs() - this.#caughtUpMs);
  }

  async stop(): Promise<void> {
    this.#stop.abort(new DynamoError('closed', 'the server is stopping'));
    await this.#ended;
    await this.#options.leadership.servers.forget(this.#id).catch(() => undefined);
  }

  async #loop(): Promise<void> {
    const { clock, leadership, onEnded } = this.#options;
    const tickMs = Math.min(TICK_MS, leadership.silenceMs / 10);
    while (!this.#stop.signal.aborted && this.#state.kind !== 'ended') {
      try {
        await this.#tick();
      } catch (error) {
        onEnded(error);
        return;
      }
      await clock.sleep(tickMs, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Rejects with what cannot be mended by trying again. */
  async #tick(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      await this.#look();
      if (clock.monotonicMs() - this.#toldMs >= TELL_MS) await this.#tell();
      if (this.#fault !== null) log.info('the database answers again');
      this.#fault = null;
    } catch (error) {
      if (!isPassing(error)) throw error;
      const { message } = error as Error;
      if (this.#fault !== message) log.warn({ err: error }, 'the database does not answer');
      this.#fault = message;
    }
  }

  async #look(): Promise<void> {
    const { leadership, clock, log, inventory, takesOver } = this.#options;
    const rules = { silenceMs: leadership.silenceMs, takesOver };
    const askedMs = clock.monotonicMs();
    const sight = await leadership.look();
    this.#epoch = sight.epoch;
    this.#state = nextLeadership(this.#state, { kind: 'saw', sight, askedMs, atMs: clock.monotonicMs() }, rules);
    if (this.#state.kind === 'following') {
      await inventory.catchUp({ signal: this.#stop.signal });
      this.#caughtUpMs = clock.monotonicMs();
    } else if (this.#state.kind === 'taking') {
      await this.#take(this.#state.from, sight.holder?.holder ?? 'nobody');
    } else if (this.#state.kind === 'ended') {
      const what = `another server has taken the lead (epoch ${sight.epoch}, ours was ${this.#state.epoch})`;
      throw new DynamoError('lost-lease', `${what}: start this one again, and it will follow`);
    }
    log.trace({ epoch: sight.epoch, beat: sight.beat }, 'looked at the lease');
  }

  async #take(from: number, holder: string): Promise<void> {
    const { leadership, clock, log, inventory, takesOver, onLeading } = this.#options;
    const rules = { silenceMs: leadership.silenceMs, takesOver };
    let epoch: number;
    try {
      epoch = await leadership.take(from);
    } catch (error) {
      this.#state = nextLeadership(this.#state, { kind: 'failed', atMs: clock.monotonicMs() }, rules);
      if (isDatabaseTrouble(error)) throw error;
      log.info({ err: error }, 'the lead went to another server');
      return;
    }
    // From here on nobody else commits: what is in the log now is all there is.
    await catchUpWhatever(inventory, clock, this.#stop.signal);
    this.#epoch = epoch;
    this.#state = nextLeadership(this.#state, { kind: 'took', epoch }, rules);
    this.#toldMs = Number.NEGATIVE_INFINITY;
    log.info({ epoch, version: inventory.version, after: holder }, 'leading');
    onLeading(epoch);
  }

  async #tell(): Promise<void> {
    const { leadership, clock, url, inventory } = this.#options;
    const leads = this.#state.kind === 'leading';
    await leadership.servers.tell({
      ...{ id: this.#id, host: hostname(), pid: process.pid, url, role: leads ? 'leader' : 'follower' },
      ...{ epoch: this.#epoch, version: inventory.version, behindMs: this.#behindMs() },
      ...{ startedAt: this.#startedAt, seenAt: clock.nowSeconds() },
    });
    const { alive, silent } = this.#seen.look(await leadership.servers.list(), clock.monotonicMs());
    this.#servers = alive;
    if (leads) for (const { id } of silent) await leadership.servers.forget(id);
    this.#toldMs = clock.monotonicMs();
  }
}

const PATIENCE = 20;

/** The lead is taken already: a database that stumbles now is asked again. */
async function catchUpWhatever(inventory: Inventory, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await inventory.catchUp({ signal });
      return;
    } catch (error) {
      if (tries >= PATIENCE || !isPassing(error) || signal.aborted) throw error;
      await clock.sleep(TICK_MS, { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  if (isDatabaseTrouble(error)) return true;
  return error instanceof DynamoError && ['unavailable', 'aborted', 'closed'].includes(error.code);
}
