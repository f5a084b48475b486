import { DynamoError } from '@dynamo/core';
import { Migrator } from 'kysely/migration';
import type { Session } from './bulk.ts';
import { TABLE_NAMES } from './database.ts';
import { migrationsFor } from './migrations/migrations.ts';

/** Brings the tables up to date: forward only. */
export async function migrate(session: Session, where: string): Promise<void> {
  const applied = await appliedMigrations(session);
  refuseNewer(session, applied);
  const provider = { getMigrations: async () => migrationsFor(session.differences) };
  const { error } = await new Migrator({ db: session.db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
  await assertComplete(session, where);
}

/** For those that only read: throws unless the tables are what this version of Dynamo knows. */
export async function assertMigrated(session: Session, where: string): Promise<void> {
  const applied = await appliedMigrations(session);
  refuseNewer(session, applied);
  if (applied.length === 0)
    throw new DynamoError('not-found', `${where} holds no Dynamo store: load or inject something first`);
  const missing = Object.keys(migrationsFor(session.differences)).filter((name) => !applied.includes(name));
  if (missing.length > 0) {
    throw new DynamoError(
      'refused',
      `${where} is of an older version of Dynamo (${missing.join(', ')} missing): start the server once to bring it up to date`,
    );
  }
  await assertComplete(session, where);
}

async function assertComplete({ db }: Session, where: string): Promise<void> {
  const present = new Set((await db.introspection.getTables()).map(({ name }) => name));
  const missing = TABLE_NAMES.filter((name) => !present.has(name));
  if (missing.length === 0) return;
  const what = missing.length === 1 ? `the table ${missing[0]} is` : `the tables ${missing.join(', ')} are`;
  throw new DynamoError('corrupt', `${where} is damaged: ${what} missing: restore the store from a dump or a backup`, {
    data: { missing },
  });
}

function refuseNewer({ differences }: Session, applied: readonly string[]): void {
  const known = migrationsFor(differences);
  const unknown = applied.filter((name) => !(name in known));
  if (unknown.length === 0) return;
  throw new DynamoError(
    'refused',
    `the store's tables are newer than this version of Dynamo, which does not know ${unknown.join(', ')}: install a newer one`,
    { data: { unknown } },
  );
}

type MigrationTable = { kysely_migration: { name: string } };

async function appliedMigrations({ db }: Session): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const rows = await db.withTables<MigrationTable>().selectFrom('kysely_migration').select('name').execute();
  return rows.map(({ name }) => name).sort();
}
