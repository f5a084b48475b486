import { isDynamoError } from '@dynamo/core';
import type { Logger } from 'pino';
import type { LeaderSight } from '../rest/leader-check.ts';
import { type RestOptions, startRestServer } from '../rest/rest-server.ts';
import type { Application } from '../services/application.ts';
import type { CycleEnd, HealthReport } from '../services/health.ts';
import type { Leadership } from '../store/leadership.ts';
import { conditionOf } from '../store/store-condition.ts';
import type { Cycle } from './cycle.ts';
import { CycleLoop } from './cycle-loop.ts';
import { type Follower, follow } from './follow.ts';
import { type StoreWatch, watchStore } from './watch-store.ts';

export interface ServerOptions {
  readonly cycles: readonly Cycle[];
  readonly rest: Pick<RestOptions, 'host' | 'port' | 'token' | 'people' | 'hosts' | 'limits'>;
  readonly log: Logger;
  /** Of several on one database, which begins by following: how others reach it, and whether it may lead. */
  readonly several?: { readonly leadership: Leadership; readonly takesOver: boolean; readonly url: string | null };
}

/** A server at work. */
export interface RunningServer {
  readonly url: string;
  health(): HealthReport;
  /** Runs what is waiting for its interval now: the cycle of that name, or all. */
  wake(name?: string): void;
  /** Takes nothing new, lets what is at work end, and resolves then. The application stays open. */
  stop(): Promise<void>;
  /** Rejects when the server can no longer do its work, with the reason; it is to be stopped then. */
  readonly failed: Promise<never>;
}

/** Answers requests and runs the cycles until it is stopped. Whoever made the application closes it after that. */
export async function startServer(application: Application, options: ServerOptions): Promise<RunningServer> {
  const { clock, inventory, scheduler } = application;
  const { log } = options;
  const startedAt = clock.nowSeconds();
  const failure = Promise.withResolvers<never>();
  // Who does not ask is not told; the log is.
  failure.promise.catch(() => undefined);
  let state: 'working' | 'stopping' | 'failed' = 'working';
  let loops: readonly CycleLoop[] = [];
  let follower: Follower | undefined;
  let watch: StoreWatch | undefined;

  let failed = '';
  const fail = (error: unknown): void => {
    if (state === 'failed') return;
    state = 'failed';
    failed = error instanceof Error ? error.message : String(error);
    log.fatal({ err: error }, 'the server cannot go on');
    failure.reject(error);
  };
  const onEnd = (cycle: Cycle, { outcome, seconds, summary }: CycleEnd, error: unknown): void => {
    if (outcome === 'failed') log.error({ cycle: cycle.name, seconds, err: error }, 'a cycle failed');
    else log.info({ cycle: cycle.name, seconds, outcome }, summary);
    if (isDynamoError(error, 'lost-lease')) fail(error);
  };
  const health = (): HealthReport => {
    const cycles = loops.map((loop) => loop.health);
    const faults = cycles.flatMap(({ name, last }) => (last?.outcome === 'failed' ? [`${name}: ${last.summary}`] : []));
    const several = follower?.report() ?? null;
    const trouble = watch?.trouble() ?? several?.fault ?? null;
    if (trouble !== null) faults.push(`database: ${trouble}`);
    const working = faults.length === 0 ? 'ok' : 'degraded';
    return {
      status: state === 'working' ? working : state,
      faults: state === 'failed' ? [failed, ...faults] : faults,
      version: inventory.version,
      startedAt,
      openViews: inventory.openViews,
      cycles,
      scheduler: scheduler.counters,
      fileCache: application.fileCache?.counters ?? null,
      several,
    };
  };

  const lead = (): void => {
    if (state === 'working') loops = options.cycles.map((cycle) => new CycleLoop(cycle, { clock, onEnd }));
  };
  const leaderOf = (): LeaderSight => {
    const several = follower?.report();
    return several === undefined
      ? { leads: options.several === undefined, url: null }
      : { leads: several.role === 'leader', url: several.leader };
  };
  const rest = await startRestServer(application, { ...options.rest, log, health, leaderOf, onLostLease: fail });
  const condition = conditionOf(application.store);
  if (condition !== null) {
    const onWorking = (): void => {
      for (const loop of loops) if (loop.health.last?.outcome === 'failed') loop.wake();
    };
    watch = watchStore({ condition, clock, log, onWorking });
  }
  if (options.several === undefined) lead();
  else {
    const { leadership, takesOver, url } = options.several;
    const own = { url: url ?? rest.url, onLeading: lead, onEnded: fail };
    follower = follow({ leadership, takesOver, inventory, clock, log, ...own });
  }
  log.info({ url: rest.url, version: inventory.version, several: options.several !== undefined }, 'serving');
  return {
    url: rest.url,
    health,
    wake(name) {
      for (const loop of loops) if (name === undefined || loop.health.name === name) loop.wake();
    },
    async stop() {
      if (state === 'working') state = 'stopping';
      log.info('stopping: what is at work ends first');
      await Promise.all([rest.close(), watch?.stop(), follower?.stop(), ...loops.map((loop) => loop.stop())]);
      log.info({ version: inventory.version }, 'stopped');
    },
    failed: failure.promise,
  };
}
