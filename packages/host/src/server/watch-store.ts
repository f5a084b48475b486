/** Says in the log when the database stops and begins to work, and tries whether it does again. */
import type { Clock } from '@dynamo/core';
import type { Logger } from 'pino';
import type { StoreCondition } from '../store/store-condition.ts';

export interface WatchStoreOptions {
  readonly condition: StoreCondition;
  readonly clock: Clock;
  readonly log: Logger;
  /** The database works again: what it did not do may be done now. */
  readonly onWorking: () => void;
}

export interface StoreWatch {
  /** In one line; null: the database works, as far as is known. */
  trouble(): string | null;
  stop(): Promise<void>;
}

const LOOK_MS = 1000;
/** A probe costs a mebibyte. */
const LOOKS_PER_PROBE = 3;

export function watchStore({ condition, clock, log, onWorking }: WatchStoreOptions): StoreWatch {
  const stop = new AbortController();
  let said: string | null = null;

  const look = async (probes: boolean): Promise<void> => {
    const trouble = condition.trouble();
    if (trouble !== said && trouble !== null)
      log.warn({ trouble }, 'the database does not work: questions are answered from memory');
    said = trouble;
    if (trouble === null || !probes) return;
    try {
      await condition.probe();
    } catch {
      // What is wrong is in the condition.
      return;
    }
    said = null;
    log.info('the database works again');
    onWorking();
  };
  const watching = (async () => {
    for (let looks = 1; !stop.signal.aborted; looks += 1) {
      await clock.sleep(LOOK_MS, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) await look(looks % LOOKS_PER_PROBE === 0);
    }
  })();
  return {
    trouble: () => condition.trouble(),
    async stop() {
      stop.abort();
      await watching;
    },
  };
}
