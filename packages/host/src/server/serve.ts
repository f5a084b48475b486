import { ApplicationPool, type Clock } from '@dynamo/core';
import { openApplication } from '../composition/open-application.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { NOBODY, readPeople } from '../rest/access/people-file.ts';
import { readOrCreateToken } from '../rest/access/token-file.ts';
import type { Application } from '../services/application.ts';
import { createLog } from './create-log.ts';
import { InventoryCare } from './inventory-care.ts';
import { type RunningServer, startServer } from './server.ts';
import { FILE_OPERATIONS, standardCycles } from './standard-cycles.ts';

export interface ServeOptions {
  readonly clock: Clock;
  /** Aborted: stop in good order. */
  readonly signal: AbortSignal;
  /** Told when requests are answered. */
  readonly onReady?: (server: RunningServer) => void;
}

/**
 * Takes the writer's lease (one of several follows, and takes it when it is its turn), serves until the signal is aborted, and gives the lease back. What is being committed then
 * is committed; nothing new is begun. Rejects with `lost-lease` where another process writes already, or has become the
 * writer; whatever fails in a cycle or a request does not end it.
 */
export async function serve(configuration: Configuration, { clock, signal, onReady }: ServeOptions): Promise<void> {
  const { host, port, tokenFile, peopleFile, hosts, several, takeOver: takesOver, url } = configuration.server;
  const log = createLog(configuration.log);
  const token = await readOrCreateToken(tokenFile);
  const people = peopleFile === null ? NOBODY : await readPeople(peopleFile);
  const onListenerError = (error: unknown, eventName: string): void => {
    log.error({ err: error, eventName }, 'a listener failed');
  };
  await using opened = await openApplication(configuration, {
    ...{
      access: several ? 'follow' : 'write',
      thread: 'worker',
      holder: 'dynamo serve',
      clock,
      signal,
      onListenerError,
      onWarning: (message) => log.warn(message),
    },
  });
  await using threads = new ApplicationPool(opened.inventory, { threads: PLANNER_THREADS, onListenerError });
  const application: Application = { ...opened, threads };
  const care = new InventoryCare(application.inventory, configuration.warmStart);
  const cycles = [...standardCycles(application, log), care.cycle];
  const { leadership } = application;
  const server = await startServer(application, {
    ...{ cycles, rest: { host, port, token, people, hosts }, log },
    ...(several && leadership ? { several: { leadership, takesOver, url } } : {}),
  });
  const stopWaking = application.inventory.events.on('committed', ({ operations }) => {
    if (operations.length > 0) server.wake(FILE_OPERATIONS);
  });
  try {
    onReady?.(server);
    await Promise.race([aborted(signal), server.failed]);
  } finally {
    stopWaking();
    await server.stop();
    await care.save().catch((error: unknown) => log.warn({ err: error }, 'the warm-start file was not written'));
  }
}

/** Planners are few, and each takes a processor. */
const PLANNER_THREADS = 2;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
