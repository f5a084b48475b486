import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Clock, createRandomSource, inputError, type Store } from '@dynamo/core';
import type { Configuration, MysqlConfiguration } from '../configuration/configuration.ts';
import { readSecret } from '../configuration/read-secret.ts';
import { openMysqlStore } from '../store/mysql/open-mysql-store.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';

/** Reading leaves the store as it is; writing takes the writer's lease first; following may take it later. */
export type StoreAccess = 'read' | 'write' | 'follow';

export interface OpenStoreOptions {
  readonly access: StoreAccess;
  readonly clock: Clock;
  /** `worker` for a server, whose event loop must go on while the database works; a command has no need of it. */
  readonly thread?: 'same' | 'worker';
  /** Shown to whoever is refused the lease meanwhile. */
  readonly holder?: string;
}

export async function openStore({ database }: Configuration, options: OpenStoreOptions): Promise<Store> {
  const { thread = 'same', holder = 'dynamo', access, clock } = options;
  if (database.kind === 'sqlite') {
    if (access === 'follow') throw inputError({ what: 'SQLite is for one server: it cannot follow another' });
    return openSqliteStore({ file: database.file, thread, holder, access, clock });
  }
  return openMysqlStore({ ...(await mysqlOptions(database)), holder, access, clock });
}

async function mysqlOptions({
  passwordFile,
  tls,
  leaseSilenceSeconds,
  connectTimeoutSeconds,
  answerTimeoutSeconds,
  kind: _kind,
  ...rest
}: MysqlConfiguration) {
  return {
    ...rest,
    password: passwordFile === null ? '' : await readSecret(passwordFile, "the database's password"),
    tls: tls === null ? null : { ca: tls.caFile === null ? null : await readAuthority(tls.caFile) },
    leaseSilenceMs: leaseSilenceSeconds * 1000,
    connectTimeoutMs: connectTimeoutSeconds * 1000,
    answerTimeoutMs: answerTimeoutSeconds * 1000,
    // Two processes that got in each other's way must not do so again.
    random: createRandomSource(randomUUID()),
  };
}

function readAuthority(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw inputError({ what: 'the certificate cannot be read', where: { file }, hint: cause.message }, cause);
  });
}
