import { inputError, type Store } from '@dynamo/core';
import type { Configuration } from '../configuration/configuration.ts';
import { defaultConfiguration, readConfiguration } from '../configuration/read-configuration.ts';
import type { Application } from '../services/application.ts';
import type { Dynamo } from '../services/dynamo.ts';
import { localDynamo } from '../services/local-dynamo.ts';
import { remoteDynamo } from './client.ts';
import type { CommandContext } from './command-context.ts';
import type { ConnectionOptions } from './common-options.ts';

/** Reading leaves the store as it is; writing takes the writer's lease first. */
export type StoreAccess = 'read' | 'write';

/** The configuration that the command names, or the environment, or none. */
export function configurationFor(context: CommandContext, options: ConnectionOptions): Promise<Configuration> {
  const file = options.config ?? context.environment.configFile;
  return file === null ? Promise.resolve(defaultConfiguration(process.cwd())) : readConfiguration(file);
}

/** Lends what the command is to work on: the server that is named, or the local store. */
export async function withDynamo<T>(
  context: CommandContext,
  options: ConnectionOptions,
  access: StoreAccess,
  work: (dynamo: Dynamo) => Promise<T>,
): Promise<T> {
  const server = options.server ?? context.environment.server;
  if (server === null) {
    return withApplication(context, options, access, (application) =>
      work(localDynamo(application, { signal: context.signal, user: context.environment.user })),
    );
  }
  const configuration = await configurationFor(context, options);
  const tokenFile = options.tokenFile ?? context.environment.tokenFile ?? configuration.server.tokenFile;
  return work(await remoteDynamo({ server, tokenFile, user: context.environment.user, signal: context.signal }));
}

/** Lends the local store and all that works on it. */
export async function withApplication<T>(
  context: CommandContext,
  options: ConnectionOptions,
  access: StoreAccess,
  work: (application: Application) => Promise<T>,
): Promise<T> {
  refuseServer(context, options);
  const configuration = await configurationFor(context, options);
  // Only now: the composition root and the database need time to load, and many commands never come here.
  const { openApplication } = await import('../composition/open-application.ts');
  await using application = await openApplication(configuration, {
    access,
    clock: context.clock,
    holder: context.running,
    signal: context.signal,
    onListenerError: (error, eventName) => context.terminal.warn(`dynamo: a listener of ${eventName} failed: ${error}`),
  });
  return await work(application);
}

/** Lends the store alone, the writer's if not said otherwise, without the inventory in memory. */
export async function withStore<T>(
  context: CommandContext,
  options: ConnectionOptions,
  work: (store: Store, configuration: Configuration) => Promise<T>,
  access: StoreAccess = 'write',
): Promise<T> {
  refuseServer(context, options);
  const configuration = await configurationFor(context, options);
  const { openStore } = await import('../composition/open-store.ts');
  const { clock, running } = context;
  await using store = await openStore(configuration, { access, clock, holder: running });
  return await work(store, configuration);
}

function refuseServer(context: CommandContext, options: ConnectionOptions): void {
  const server = options.server ?? context.environment.server;
  if (server !== null) {
    throw inputError({
      what: `this command works on the local store, not on the server ${server}`,
      hint: 'run it on the machine of the store, without --server and DYNAMO_SERVER',
    });
  }
}
